package report_test

import (
	"sync"
	"testing"
)

// The same form sent twice is one report and the same code; other answers with
// it change nothing, and the page says so.
func TestSentTwice(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	check := b.postMultipart("/report", b.fill().with("step", "check"), upload{"a.txt", "text/plain", "a"}).
		is(200).form()
	first := b.post("/report", check.with("step", "file")).is(200).hasNot("Šo veidlapu Jūs jau nosūtījāt")
	again := b.post("/report", check.with("step", "file")).is(200).has("Šo veidlapu Jūs jau nosūtījāt", "otrreiz")
	differs := b.post("/report", check.with("description", "Kaut kas cits").with("step", "file")).is(200).
		has("Iepriekš nosūtītās atbildes bija citas")
	if first.code() != again.code() || first.code() != differs.code() || d.cases() != 1 {
		t.Errorf("codes differ or %d cases", d.cases())
	}
	b.enter(first.code()).is(303)
	b.get("/case").has(told).hasNot("Kaut kas cits")
}

// Sixteen times at once: one case, sixteen pages with its code.
func TestSentSixteenTimesAtOnce(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	check := b.postMultipart("/report", b.fill().with("step", "check"), upload{"a.txt", "text/plain", "a"}).
		is(200).form()
	codes := make([]string, 16)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() { codes[i] = d.browser().post("/report", check.with("step", "file")).code() })
	}
	all.Wait()
	for _, code := range codes {
		if code == "" || code != codes[0] {
			t.Fatal("not all pages show the same code")
		}
	}
	if d.cases() != 1 || d.drafts() != 0 {
		t.Errorf("%d cases, %d bytes of drafts", d.cases(), d.drafts())
	}
}
