package report_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"svilpe/internal/locale"
	"svilpe/internal/store"
)

const wondered = "Sentinela jautājums: vai man par to ziņot?"

// short is the form of a consultation, from the door on the start page.
func (b *browser) short() form {
	b.t.Helper()
	f := b.get("/report?track=consultation").is(200).form()
	return b.post("/report", f.with("institution", "home").with("step", "institution")).is(200).form()
}

func (d *door) consultations() (n int) {
	must(d.t, d.store.Read(context.Background(), func(tx *store.ReadTx) (err error) {
		n, err = tx.CountConsultations("home", "2026-01-01", "2026-12-31")
		return err
	}))
	return n
}

// A consultation from the door to its erasure, without scripts: no case comes of
// it, and the form asks nothing that it does not need.
func TestConsultingATrustPerson(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	b.get("/").is(200).has(`href="/report?track=consultation"`)
	choice := b.get("/report?track=consultation").is(200)
	form := b.post("/report", choice.form().with("institution", "home/school").with("step", "institution")).is(200)
	form.has("Emma Bērza", `name="description"`, `name="language"`, `name="excluded_handlers"`,
		"Konsultācija ar uzticības personu")
	form.hasNot(`name="category"`, `name="attachments"`, `name="identity_name"`, `name="senior_involved"`, "Anna Ozola")
	b.post("/report", form.form().with("step", "check")).is(422).
		has("Konsultācija ar uzticības personu", `href="#description"`).hasNot(`name="category"`)

	full := form.form().with("description", wondered)
	b.post("/report", full.with("excluded_handlers", "emma").with("step", "check")).is(422).has(wondered)
	check := b.post("/report", full.with("step", "check")).is(200).
		has(wondered, "<li>Emma Bērza", "Nosūtīt uzticības personai").
		hasNot("Berta Liepa", "Pielikumi", "Pārkāpuma veids")
	if d.consultations() != 0 {
		t.Fatal("the check page stored it")
	}
	sent := b.post("/report", check.form().with("step", "file")).is(200).has("Jautājums ir nosūtīts")
	again := b.post("/report", check.form().with("step", "file")).is(200)
	if again.code() != sent.code() || d.consultations() != 1 || d.cases() != 0 {
		t.Errorf("%d consultations, %d cases, codes %s and %s", d.consultations(), d.cases(), sent.code(), again.code())
	}

	b.post("/status", b.get("/status").is(200).form().with("code", "7KQ4M-X2R9T-7KQ4M-X2R9T-7KQ4M-X2R9T")).is(422)
	if to := b.enter(sent.code()).is(303).header.Get("Location"); to != "/case" {
		t.Errorf("sent to %s", to)
	}
	if to := b.get("/case").is(303).header.Get("Location"); to != "/consultation" {
		t.Errorf("the case page leads to %s", to)
	}
	for _, path := range []string{"/case/withdraw", "/case/identity", "/case/new-code", "/case/retaliation"} {
		b.get(path).is(404)
	}
	mine := b.get("/consultation").is(200).has(wondered, "Emma Bērza", "Vai ziņosiet?").hasNot("/case/new-code")
	b.post("/consultation/messages", mine.form().with("text", "")).is(422).has(`href="#text"`)
	next := mine.form().with("text", "Un vēl kas.")
	b.post("/consultation/messages", next).is(303)
	b.post("/consultation/messages", next).is(303)
	consultation := b.get("/consultation").is(200).has("Un vēl kas.")
	if strings.Count(consultation.body, `<li class="message`) != 2 {
		t.Error("the same form twice is two texts")
	}

	// The text goes with who must enter the code again, and into nothing else.
	b.clock.turn(3 * time.Hour)
	b.lapse()
	ended := b.post("/consultation/messages", consultation.form().with("text", "Kept words.")).
		is(401).has("Kept words.")
	b.post("/status", ended.form().with("code", sent.code())).is(200).
		has("Kept words.", `action="/consultation/messages"`)

	b.post("/consultation/end", b.get("/consultation/end").is(200).has("30 dienām").form().with("how", "later")).is(303)
	over := b.get("/consultation").is(200).has("Konsultācija ir beigusies", "2026. gada 22. decembris").
		hasNot(`action="/consultation/messages"`)
	b.post("/consultation/messages", next.with("draft", strings.Repeat("A", 43))).is(422).
		has("Teksts nav nosūtīts", "Un vēl kas.")
	_ = over
	b.post("/consultation/end", b.get("/consultation/end").is(200).form().with("how", "now")).is(200).
		has("Konsultācija ir izdzēsta")
	b.get("/consultation").is(303)
	b.enter(sent.code()).is(422)
	if d.consultations() != 1 || d.cases() != 0 {
		t.Error("it is counted otherwise than as one consultation")
	}
	if d.logged.Len() != 0 {
		t.Errorf("the reporters' door logged:\n%s", d.logged)
	}
}

// TestMakeItAReport: the form opens with what was written, the report is an
// ordinary case with a code of its own, and the consultation stays.
func TestMakeItAReport(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	check := b.post("/report", b.short().with("description", wondered).with("step", "check")).is(200)
	code := b.post("/report", check.form().with("step", "file")).is(200).code()
	b.enter(code).is(303)
	consultation := b.get("/consultation").is(200)
	_, rest, _ := strings.Cut(consultation.body, `action="/report"`)
	asReport := page{t: t, status: 200, body: `<form action="/report"` + rest}.form().with("step", "form")
	form := b.post("/report", asReport).is(200).has(wondered, `name="category"`)
	check = b.postMultipart("/report",
		form.form().with("track", "anonymous").with("category", "bribery_corruption").with("step", "check")).is(200)
	other := b.post("/report", check.form().with("step", "file")).is(200).code()
	if other == code || d.cases() != 1 || d.consultations() != 1 {
		t.Errorf("%d cases, %d consultations, the same code: %v", d.cases(), d.consultations(), other == code)
	}
	b.get("/consultation").is(200).has(wondered)
	b.enter(other).is(303)
	b.get("/case").is(200).has(wondered)
	b.get("/consultation").is(404)
}

// TestAnotherWayIsChosen: the other form's questions come first, and nothing that
// was typed is lost on the way there and back.
func TestAnotherWayIsChosen(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	short := b.postMultipart("/report", b.fill().with("track", "consultation").with("step", "check"),
		upload{"f.txt", "text/plain", "x"}).is(200)
	short.has(told, "Emma Bērza", "Konsultācija ar uzticības personu").hasNot(`name="attachments"`)
	check := b.post("/report", short.form().with("step", "check")).is(200).hasNot("f.txt</span>")
	b.post("/report", check.form().with("step", "file")).is(200).has("Jautājums ir nosūtīts")
	if d.cases() != 0 {
		t.Error("a case")
	}
	back := b.post("/report", short.form().with("track", "anonymous").with("step", "check")).is(200).
		has(told, "f.txt", `name="category"`)
	check = b.postMultipart("/report", back.form().with("step", "check")).is(200).has("f.txt")
	b.post("/report", check.form().with("step", "file")).is(200)
	if d.cases() != 1 || d.drafts() != 0 {
		t.Errorf("%d cases", d.cases())
	}
}

// TestNobodyToTalkTo: the way is not offered, the page says why, and a form that
// asks for it all the same is a form without a way.
func TestNobodyToConsult(t *testing.T) {
	d := open(t, 1)
	b := d.browser()
	b.get("/").is(200).hasNot("track=consultation")
	form := b.get("/report?track=consultation").is(200).has("Ar uzticības personu te parunāt nevar").
		hasNot(`value="consultation"`)
	asked := form.form().with("track", "consultation").with("description", told)
	b.post("/report", asked.with("category", "bribery_corruption").with("step", "check")).is(422).has(`href="#track"`)
	b.post("/report", asked.with("category", "bribery_corruption").with("step", "file")).is(422)
	if d.consultations() != 0 || d.cases() != 0 {
		t.Error("something was stored")
	}
}

// Every page of a consultation in every language.
func TestConsultationPages(t *testing.T) {
	d := open(t, 2)
	for _, lang := range locale.Languages {
		b := d.browser()
		b.get("/?lang=" + lang)
		f := b.get("/report?track=consultation").is(200).form()
		form := b.post("/report", f.with("institution", "home").with("step", "institution")).is(200)
		check := b.post("/report", form.form().with("description", wondered).with("step", "check")).is(200)
		code := b.post("/report", check.form().with("step", "file")).is(200)
		b.enter(code.code())
		consultation, end := b.get("/consultation").is(200), b.get("/consultation/end").is(200)
		b.post("/consultation/end", end.form().with("how", "later"))
		for name, p := range map[string]page{
			"form": form, "check": check, "code": code, "talk": consultation, "end": end,
			"ended":  b.get("/consultation").is(200),
			"erased": b.post("/consultation/end", end.form().with("how", "now")).is(200),
		} {
			t.Run(lang+"/"+name, func(t *testing.T) { sound(t, lang, p) })
		}
	}
}
