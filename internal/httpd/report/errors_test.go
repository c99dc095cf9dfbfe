package report_test

import (
	"strings"
	"testing"
)

// A field error loses nothing: every answer, the draft and the received files
// stand in the form again, and what is wrong stands beside its field.
func TestFieldErrorsKeepEverything(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	sent := b.fill().with("description", " ").with("where", `3. "kabinets" <b>&`).
		with("excluded_handlers", "carl", "anna").
		with("affected", "colleagues", "society").with("retaliation_status", "fear").
		with("public_harm", "Rinda\nOtra rinda").with("step", "check")
	p := b.postMultipart("/report", sent, upload{"līgums.pdf", "application/pdf", "abc"}).is(422)
	p.has("Lūdzu, uzrakstiet, kas notika.", `href="#description"`, "līgums.pdf")
	back := p.form()
	for _, name := range []string{
		"draft", "track", "category", "where", "institution", "retaliation_status", "public_harm",
	} {
		if back.get(name) != sent.get(name) {
			t.Errorf("%s: %q, want %q", name, back.get(name), sent.get(name))
		}
	}
	for _, value := range []string{"carl", "anna", "colleagues", "society"} {
		if !strings.Contains(p.body, `value="`+value+`" checked`) {
			t.Errorf("%s is not ticked any more", value)
		}
	}
	if d.cases() != 0 || d.drafts() == 0 || back.get("keep") == "" {
		t.Errorf("%d cases, %d bytes of drafts, keep %q", d.cases(), d.drafts(), back.get("keep"))
	}
	// The file goes on with the form, without being sent again.
	check := b.postMultipart("/report", back.with("description", told).with("step", "check")).is(200).has("līgums.pdf")
	b.post("/report", check.form().with("step", "file")).is(200)
	if d.drafts() != 0 {
		t.Error("the kept file was not filed")
	}
}

// A change of language is the same form in other words.
func TestLanguageChangeKeepsEverything(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	sent := b.fill().with("where", "Skolā").with("lang_switch", "ru")
	p := b.postMultipart("/report", sent, upload{"a.txt", "text/plain", "a"}).is(200).
		has("Ваше сообщение", told, "Skolā", "a.txt")
	check := b.postMultipart("/report", p.form().with("step", "check")).is(200).has("Проверьте сообщение")
	again := b.post("/report", check.form().with("lang_switch", "kk")).is(200).
		has("Хабарламаны тексеріңіз", told, "a.txt")
	code := b.post("/report", again.form().with("step", "file")).is(200).has("Сіздің іс кодыңыз").code()
	b.enter(code).is(303)
	b.get("/case").is(200).has("Хабарламаңыз қабылданды (2026 ж. 22 қараша)")
	// The other way of asking for a language gives the same message in it.
	b.get("/?lang=en")
	b.get("/case").is(200).has("We received your report on 22 November 2026")
}

// The check page leads back to the form and to another institution, and nothing
// is lost on the way.
func TestGoingBackLosesNothing(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	check := b.postMultipart("/report", b.fill().with("when", "Vakar").with("step", "check"),
		upload{"a.txt", "text/plain", "a"}).is(200)
	edit := b.post("/report", check.form().with("step", "edit")).is(200).has(told, "Vakar", "a.txt")
	place := b.postMultipart("/report", edit.form().with("step", "place")).is(200)
	if place.form().get("institution") != "home/school" {
		t.Error("the choice made before is not selected")
	}
	there := b.post("/report", place.form().with("institution", "alt").with("step", "institution")).is(200).
		has(told, "Vakar", "a.txt")
	if there.form().get("institution") != "alt" {
		t.Errorf("institution %q", there.form().get("institution"))
	}
	b.postMultipart("/report", there.form().with("step", "check")).is(200).
		has("Fricis Vītols", "Liepu novada pašvaldība")
}

// What depends on an answer that was taken back is not filed.
func TestAnswersThatAreNotAskedForAreDropped(t *testing.T) {
	b := open(t, 2).browser()
	b.postMultipart("/report", b.fill().with("collection_amount", "50 eiro").with("step", "check")).
		is(200).hasNot("<dd>50 eiro")
	b.postMultipart("/report", b.fill().with("category", "illegal_collections").with("collection_amount", "50 eiro").
		with("step", "check")).is(200).has("<dd>50 eiro")
}

// Exclusions that leave nobody are said at that field, with the ways outside.
func TestExcludingEverybody(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	all := b.fill().with("excluded_handlers", "anna", "berta", "carl", "fred", "gita")
	p := b.postMultipart("/report", all.with("step", "check")).is(422)
	p.has("paliek mazāk nekā divi", `href="#excluded_handlers"`, "Korupcijas novēršanas", told)
	// Nor is it filed past the check page.
	b.postMultipart("/report", all.with("step", "file")).is(422).has("paliek mazāk nekā divi")
	if d.cases() != 0 {
		t.Error("a case that nobody can open was filed")
	}
}

// A file that is too large, or one too many, is named; the others stay.
func TestFilesBeyondTheBounds(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	big := strings.Repeat("x", 1<<20+1)
	most := strings.Repeat("x", 900<<10)
	p := b.postMultipart("/report", b.fill().with("step", "check"), upload{"liels.bin", "", big},
		upload{"mazs.txt", "text/plain", "a"}).is(422)
	p.has("Fails „liels.bin” nav pievienots: viens fails var būt līdz 1\u00a0MB", "mazs.txt")
	if len(p.form().with("x").all("keep")) != 1 {
		t.Error("not exactly the small file was kept")
	}
	p = b.postMultipart("/report", b.fill().with("step", "check"), upload{"1", "", most}, upload{"2", "", most},
		upload{"3", "", most}).is(422)
	p.has("Fails „3” nav pievienots: visi faili kopā var būt līdz 2\u00a0MB")
	p = b.postMultipart("/report", b.fill().with("step", "check"), upload{"1", "", "a"}, upload{"2", "", "a"},
		upload{"3", "", "a"}, upload{"4", "", "a"}, upload{"5", "", "a"}).is(422)
	p.has("Fails „5” nav pievienots: vienā reizē var būt ne vairāk kā 4 faili")
	// What is kept counts with what comes.
	p = b.postMultipart("/report", p.form().with("step", "check"), upload{"6", "", "a"}).is(422).
		has("„6” nav pievienots")
	if n := len(p.form().all("keep")); n != 4 {
		t.Errorf("%d files kept, want 4", n)
	}
}

func (f form) all(name string) []string {
	var out []string
	for _, fd := range f {
		if fd.name == name {
			out = append(out, fd.value)
		}
	}
	return out
}

// Unticked means dropped; a file that is gone is said, and the text stays.
func TestUntickedAndVanishedFiles(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	p := b.postMultipart("/report", b.fill().with("description", "").with("step", "check"),
		upload{"a.txt", "text/plain", "a"}, upload{"b.txt", "text/plain", "b"}).is(422)
	keep, both := p.form().all("keep"), d.drafts()
	p = b.postMultipart("/report", p.form().with("keep", keep[0]).with("description", told).with("step", "check")).
		is(200).has("a.txt").hasNot("b.txt")
	held := d.drafts()
	if held == 0 || held >= both {
		t.Errorf("%d bytes of drafts after unticking one, %d before", held, both)
	}
	lie := strings.Replace(p.form().get("file."+keep[0]), "1|", "70000|", 1)
	b.post("/report", p.form().with("file."+keep[0], lie).with("step", "file")).is(422).has("pie mums vairs nav")
	d.sweep()
	if d.drafts() != 0 {
		t.Errorf("%d bytes of drafts after the sweep", d.drafts())
	}
	b.post("/report", p.form().with("step", "file")).is(422).has("Faila „a.txt” pie mums vairs nav", told)
	if d.cases() != 0 {
		t.Error("filed without a file that the reporter had seen listed")
	}
}

// While drafts take too much, the form says so first, and takes the report.
func TestFilesClosed(t *testing.T) {
	d := open(t, 2)
	d.intake.Limits.DraftBytes = 0
	b := d.browser()
	form := b.fill()
	p := b.postMultipart("/report", form.with("step", "form")).is(200).
		has("Failus pašlaik nevaram pieņemt").hasNot(`type="file"`)
	b.postMultipart("/report", p.form().with("step", "check"), upload{"a.txt", "", "a"}).is(422).
		has("Failu „a.txt” pašlaik nevarējām pieņemt", told)
	check := b.postMultipart("/report", p.form().with("step", "check")).is(200)
	b.post("/report", check.form().with("step", "file")).is(200)
}

// More than one request may bring: the text and the files before it are kept.
func TestBodyBeyondTheBoundKeepsTheText(t *testing.T) {
	d := open(t, 2)
	d.intake.Limits.FileBytes, d.intake.Limits.ReportBytes, d.intake.Limits.Files = 1<<30, 1<<30, 50
	b := d.browser()
	form := b.fill()
	body, kind := form.with("step", "check").
		multipart(t, upload{"a.txt", "", "a"}, upload{"b.bin", "", strings.Repeat("x", 4<<20)})
	p := b.sendBounded("/report", kind, body, 2<<20)
	p.is(413).has(told, "a.txt", "Faili kopā bija par lieliem").hasNot("b.bin")
}
