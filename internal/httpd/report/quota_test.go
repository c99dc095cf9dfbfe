package report_test

import "testing"

// TestADayIsFull: who comes when the day has taken as many declarations as it takes
// is told calmly what to do, in each language, with every word still there; the next
// day takes it with one press. Reports are taken all the while.
func TestADayIsFull(t *testing.T) {
	d := open(t, 2)
	d.intake.Limits.NewADay = 1
	b := d.browser()
	typed := func() form {
		return b.get("/gifts").is(200).form().with("institution", "home").with("who", "Jānis <Kalns>").
			with("what", "Sentinela grāmata").
			with("value", "15 eiro").with("from", "Izdevniecība").with("when", "2026-11-20").with("done", "handed_over")
	}
	first := typed()
	number := b.post("/gifts", first).is(200)
	b.post("/gifts", first).is(200).has("Deklarācija saņemta") // sent twice is no second one
	refused := b.post("/gifts", typed()).is(429).
		has("Šodien deklarācijas vairs nepieņem.", "Nāciet rīt", "Ziņojumus par pārkāpumiem pieņem kā vienmēr.")
	for _, p := range []page{refused, b.post("/gifts", refused.form().with("lang_switch", "ru")).is(200)} {
		for name, value := range map[string]string{
			"institution": "home", "who": "Jānis <Kalns>", "what": "Sentinela grāmata", "value": "15 eiro",
			"from": "Izdevniecība", "when": "2026-11-20", "done": "handed_over",
		} {
			if got := p.form().get(name); got != value {
				t.Errorf("%s is %q afterwards", name, got)
			}
		}
	}
	for lang, words := range map[string]string{
		"lv": "Nāciet rīt", "en": "Come tomorrow", "ru": "Приходите завтра", "kk": "Ертең келіңіз",
	} {
		b.post("/gifts", refused.form().with("lang", lang)).is(429).has(words, "Sentinela grāmata")
	}
	b.post("/gifts", refused.form().with("institution", "alt")).is(200) // another institution's day is its own
	b.file()
	b.file()
	if d.cases() != 2 {
		t.Errorf("%d reports", d.cases())
	}
	d.clock.turn(24 * 60 * 60 * 1e9)
	again := b.post("/gifts", refused.form()).is(200).has("Deklarācija saņemta")
	if again.body == number.body {
		t.Error("it has the number of another")
	}
}

// TestADayIsFullOfConsultations: the same for consultations; one that exists goes on, and
// what was typed can become a report.
func TestADayIsFullOfConsultations(t *testing.T) {
	d := open(t, 2)
	d.intake.Limits.NewADay = 1
	b := d.browser()
	ask := func() form {
		return b.post("/report", b.short().with("description", wondered).with("step", "check")).is(200).form()
	}
	first := ask()
	code := b.post("/report", first.with("step", "file")).is(200).code()
	refused := b.post("/report", ask().with("step", "file")).is(429).
		has("Šodien jaunas konsultācijas vairs nesāk.", "Nāciet rīt", wondered, "Nosūtīt uzticības personai")
	for lang, words := range map[string]string{"en": "Come tomorrow", "ru": "Приходите завтра", "kk": "Ертең келіңіз"} {
		b.post("/report", refused.form().with("lang", lang).with("step", "file")).is(429).has(words, wondered)
	}
	if d.consultations() != 1 {
		t.Fatalf("%d consultations", d.consultations())
	}
	if again := b.post("/report", first.with("step", "file")).is(200); again.code() != code {
		t.Error("the same form again has another code")
	}
	b.enter(code).is(303)
	b.post("/consultation/messages", b.get("/consultation").is(200).form().with("text", "Un vēl kas.")).is(303)
	b.get("/consultation").is(200).has("Un vēl kas.")

	form := b.post("/report", refused.form().with("step", "edit")).is(200).has(wondered)
	report := b.postMultipart("/report",
		form.form().with("track", "anonymous").with("category", "bribery_corruption").with("step", "check")).is(200)
	if report.form().get("category") == "" { // the other way's questions come first
		report = b.postMultipart("/report", report.form().with("category", "bribery_corruption").with("step", "check")).
			is(200)
	}
	b.post("/report", report.form().with("step", "file")).is(200)
	if d.cases() != 1 {
		t.Errorf("%d reports", d.cases())
	}
	d.clock.turn(24 * 60 * 60 * 1e9)
	b.post("/report", refused.form().with("step", "file")).is(200).has("Jautājums ir nosūtīts")
	if d.logged.Len() != 0 {
		t.Errorf("the reporters' door logged:\n%s", d.logged)
	}
}

// TestManySmallFiles: drafts of strangers that hold many small files close the door
// to files, and to nothing else; the next day it is open again.
func TestManySmallFiles(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	held := func() int64 { return d.drafts() }
	d.damage(`with recursive c(i) as (select 1 union all select i + 1 from c where i < 19999)
		insert into file select 'f' || i, x'00', 'received', '', '', 5, 1, x'00', x'00', '2026-11-22' from c`)
	if held() != 5*19999 {
		t.Errorf("%d bytes are held", held())
	}
	form := func() page {
		return b.post("/report", b.get("/report").is(200).form().with("institution", "home").
			with("step", "institution")).is(200)
	}
	form().has(`name="attachments"`)
	d.damage(`insert into file values ('one more', x'00', 'receiving', '', '', 0, 0, x'', x'', '2026-11-22')`)
	d.damage(`insert into chunk values ('one more', 0, x'000000')`)
	if held() != 5*19999+3 {
		t.Errorf("%d bytes are held", held())
	}
	form().hasNot(`name="attachments"`)
	f := form().form().with("track", "anonymous").with("category", "bribery_corruption").
		with("description", "Sentinela.")
	check := b.postMultipart("/report", f.with("step", "check")).is(200)
	b.post("/report", check.form().with("step", "file")).is(200)
	d.sweep()
	form().has(`name="attachments"`)
	if d.cases() != 1 {
		t.Errorf("%d reports", d.cases())
	}
}
