package report_test

import "testing"

// TestANewCode: the reporter asks for another code. The old card opens nothing,
// with the answer of every code that opens nothing; the new one opens the case;
// the same form sent again, even after the first answer got lost and the visit
// with it, shows the same new code.
func TestANewCode(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	check := b.postMultipart("/report", b.fill().with("step", "check")).is(200)
	old := b.post("/report", check.form().with("step", "file")).is(200).code()
	b.enter("11111-22222-33333-44444-55555-66666").is(422).has("Ar šo kodu")
	b.enter(old).is(303)
	b.get("/case").is(200).has("Saņemt jaunu lietas kodu, ja kartīti kāds ir redzējis", told)
	other := d.browser()
	other.enter(old).is(303)

	form := b.get("/case/new-code").is(200).has("Vecais kods vairs neatvērs neko").form()
	lost := d.browser()
	lost.post("/case/new-code", form).is(401) // without a visit a draft is nothing yet
	page := b.post("/case/new-code", form).is(200).
		has("Jūsu jaunais lietas kods", "Vecais kods vairs neder", "Kartīte izdrukāšanai")
	code := page.code()
	if code == "" || code == old {
		t.Fatal("no new code")
	}
	for _, again := range []*browser{b, lost} {
		if again.post("/case/new-code", form).is(200).code() != code {
			t.Error("sent again it shows another code")
		}
	}
	other.get("/case").is(401).hasNot(told)
	b.get("/case").is(200).has(told)
	d.browser().enter(old).is(422).has("Ar šo kodu")
	fresh := d.browser()
	fresh.enter(code).is(303)
	fresh.get("/case").is(200).has(told)
}

// TestTheFirstFormAfterANewCode: whoever sends the form once more, perhaps from
// the browser's history, is not shown a code that opens nothing, and learns
// nothing else of the case.
func TestTheFirstFormAfterANewCode(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	filing := b.postMultipart("/report", b.fill().with("step", "check")).is(200).form().with("step", "file")
	old := b.post("/report", filing).is(200).code()
	if b.post("/report", filing).is(200).code() != old {
		t.Fatal("sent again before, it shows another code")
	}
	b.enter(old).is(303)
	code := b.post("/case/new-code", b.get("/case/new-code").is(200).form()).is(200).code()
	for _, form := range []form{filing, filing.with("description", "Kaut kas cits")} {
		d.browser().post("/report", form).is(200).has("Šo veidlapu Jūs jau nosūtījāt", "Izmantojiet jaunāko kodu").
			hasNot(`class="code"`, old[:5], code[:5], d.number(), "Kartīte", "Iepriekš nosūtītās atbildes bija citas")
	}
	if d.cases() != 1 {
		t.Error("filed twice")
	}
}
