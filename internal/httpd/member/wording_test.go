package member_test

import (
	"net/url"
	"strings"
	"testing"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// While erasing is forbidden the case page says so among its cautions, and since
// when; before and afterwards it does not.
func TestALegalHoldIsSeenOnTheCase(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	anna, berta := d.signedIn("Anna"), d.signedIn("Berta")
	anna.state(number)
	berta.state(number)
	path := "/desk/cases/" + number
	two := func(act string) {
		t.Helper()
		anna.want(anna.step(number, act, url.Values{"reason": {"Prasa tiesa."}}), 303)
		berta.get(path)
		berta.want(berta.post(decision(berta, path),
			url.Values{"draft": {derive.New().Text()}, "verdict": {"approve"}}), 303)
	}
	anna.get(path)
	anna.never("Dzēšana aizliegta kopš")
	two("legal_hold_set")
	anna.want(anna.get(path), 200, "<li>Dzēšana aizliegta kopš 02.11.2026.</li>")
	two("legal_hold_lift")
	anna.get(path)
	anna.never("Dzēšana aizliegta kopš")
}

// Before a draft the page of the decision says who writes it, and when.
func TestTheDecisionSaysWhoWritesTheDraft(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	anna := d.signedIn("Anna")
	anna.state(number)
	investigation, _ := d.policy.State("investigation")
	anna.want(anna.get("/desk/cases/"+number+"/decision"), 200,
		"Lēmuma projekta vēl nav. Projektu iesniedz, kad lieta ir stāvoklī „"+
			investigation.Name.In("lv")+"”: Berta Liepa (")
}

// The register speaks of who declared, not to them; and the filter of the case
// list says what it asks.
func TestTheDeskReadsOfOthers(t *testing.T) {
	d := open(t)
	for _, done := range ethics.GiftDone {
		_, err := d.intake.DeclareGift(t.Context(), derive.New(), d.site,
			ethics.Gift{
				Who: "Zane Kalna", What: "Grāmata", Value: "15 eiro", From: "Izdevniecība",
				When: "2026-11-01", Done: done,
			})
		must(t, err)
	}
	anna := d.signedIn("Anna")
	anna.want(anna.get("/desk/gifts"), 200, "<dt>Deklarētājs</dt><dd>Zane Kalna</dd>", "<dt>Devējs</dt>",
		"Atteicās pieņemt", "Atdeva atpakaļ", "Nodeva iestādei", "Paturēja, jo likums to atļauj")
	for lang, never := range map[string][]string{
		"lv": {"Jūsu vārds", "Paturēju", "Atteicos"}, "en": {"Your name", "I kept", "I refused"},
		"ru": {"Ваши имя", "оставил(а)", "отказался"}, "kk": {"Аты-жөніңіз", "Мен одан", "Мен оны"},
	} {
		page := anna.get("/desk/gifts?lang=" + lang).Body.String()
		for _, text := range never {
			if strings.Contains(page, text) {
				t.Errorf("%s: the reader is taken for the giver: %q", lang, text)
			}
		}
	}
	anna.want(anna.get("/desk/cases?lang=lv"), 200, "Kā lieta nonāca pie Jums", "Uzticēja kolēģis")
}
