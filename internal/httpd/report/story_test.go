package report_test

import (
	"strings"
	"testing"
)

const told = "Direktors Z. Sentinelis pieprasīja aploksni par vietu skolā."

// fill is the form of the municipality with the four required answers.
func (b *browser) fill() form {
	b.t.Helper()
	first := b.get("/report").is(200)
	f := first.form()
	if !strings.Contains(first.body, `value="form"`) {
		f = b.post("/report", f.with("institution", "home/school").with("step", "institution")).is(200).form()
	}
	return f.with("track", "anonymous").with("category", "bribery_corruption").with("description", told)
}

// file hands a report in and gives its code.
func (b *browser) file(files ...upload) string {
	b.t.Helper()
	check := b.postMultipart("/report", b.fill().with("step", "check"), files...).is(200)
	return b.post("/report", check.form().with("step", "file")).is(200).code()
}

func (b *browser) enter(code string) page {
	b.t.Helper()
	return b.post("/status", b.get("/status").is(200).form().with("code", code))
}

// A reporter in Latvian, without scripts: files a report with two files, keeps
// the code, comes back, reads, answers with a file, and withdraws.
func TestTheWholeStory(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	b.get("/").is(200).has("Ziņot", "Man ir lietas kods", "Emma Bērza", "6700 0000", "7 dienu laikā")

	choice := b.get("/report").is(200).has("Ozolu vidusskola", "Liepu novada pašvaldība").hasNot("Anna Ozola")
	form := b.post("/report", choice.form().with("institution", "home/school").with("step", "institution")).is(200)
	form.has("Anna Ozola, Atbildīgā persona", "Fricis Vītols, Atbildīgā persona (Liepu novada pašvaldība)")

	filled := form.form().with("track", "anonymous").with("category", "bribery_corruption").with("description", told).
		with("excluded_handlers", "anna").with("when", "Pavasarī").with("step", "check")
	check := b.postMultipart("/report", filled, upload{"līgums.pdf", "application/pdf", "%PDF sentinel"},
		upload{"foto.jpg", "image/jpeg", strings.Repeat("x", 70000)}).is(200)
	check.has(told, "līgums.pdf", "foto.jpg", "Pavasarī", "Ozolu vidusskola", "Berta Liepa", "Fricis Vītols").
		hasNot("<li>Anna Ozola")
	if d.cases() != 0 {
		t.Fatal("the check page stored a case")
	}

	code := b.post("/report", check.form().with("step", "file")).is(200).has("30. novembris")
	if d.cases() != 1 || d.drafts() != 0 {
		t.Fatalf("%d cases, %d bytes of drafts", d.cases(), d.drafts())
	}

	entered := b.enter(strings.ToLower(code.code())).is(303)
	if entered.header.Get("Location") != "/case" {
		t.Errorf("sent to %q", entered.header.Get("Location"))
	}
	mine := b.get("/case").is(200).has(told, "līgums.pdf", "Automātiska ziņa", "Saņemts", "2026. gada 30. novembris")
	mine.hasNot("/case/files/", "<details class=\"section\" open")

	b.postMultipart("/case/messages", mine.form().with("text", "Vēl kaut kas."), upload{"vēl.txt", "text/plain", "z"}).
		is(303)
	b.get("/case").is(200).has("Vēl kaut kas.", "vēl.txt")

	ask := b.get("/case/withdraw").is(200)
	b.post("/case/withdraw", ask.form().with("text", "")).is(303)
	b.get("/case").is(200).has("Atsaukts").hasNot("/case/withdraw")

	left := b.get("/leave").is(303)
	if left.header.Get("Location") != "https://example.org/neutral" ||
		left.header.Get("Clear-Site-Data") != `"storage"` || len(b.cookies) != 0 {
		t.Errorf("left with %v and cookies %v", left.header, b.cookies)
	}
	b.get("/case").is(303)
	if d.logged.Len() != 0 {
		t.Errorf("the reporters' door logged:\n%s", d.logged)
	}
}
