package report_test

import (
	"context"
	"testing"
	"time"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
)

// takes has a member take a step in the only case.
func (d *door) takes(id string, a casework.Act) {
	d.t.Helper()
	w, who := d.acting(id)
	must(d.t, w.State(context.Background(), who, d.number(), derive.New()))
	a.Reason = "iemesls"
	_, err := w.Take(context.Background(), who, d.number(), derive.New(), a)
	must(d.t, err)
}

// press is a form that is one button.
func press(pairs ...string) form {
	f := form{{"draft", derive.New().Text()}, {"lang", "lv"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f = append(f, field{pairs[i], pairs[i+1]})
	}
	return f
}

// Somebody retaliates: the page is there in every state, keeps what was typed
// when the visit ends, and the case says what was written.
func TestRetaliationIsWritten(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	code := b.file()
	b.enter(code)
	b.get("/case").is(200).has(`href="/case/retaliation"`)
	b.get("/case/retaliation").is(200).has("Kas ir noticis?")
	b.post("/case/retaliation", press("text", " ")).is(422)
	ended := d.browser()
	ended.post("/case/retaliation", press("text", "Mani pārcēla uz pagrabu.")).is(401).
		has("Mani pārcēla uz pagrabu.", `value="retaliation"`)
	b.post("/case/retaliation", press("text", "Mani pārcēla uz pagrabu.")).is(303)
	b.get("/case").is(200).has("Jūs rakstījāt par atriebību", "Mani pārcēla uz pagrabu.")
	b.get("/case/retaliation").is(200).has("atbilde vēl nav saņemta")
}

// Mediation is asked on the case page, answered there, and ended there.
func TestMediationIsAnswered(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	b.enter(b.file())
	b.get("/case").is(200).hasNot("/case/mediation")
	b.post("/case/mediation", press("answer", "yes")).is(422)
	d.takes("anna", casework.Act{Step: "acknowledge", Message: "labdien"})
	d.takes("anna", casework.Act{Step: "accept", Statements: map[string][]string{"competence": {"ethics_commission"}}})
	d.takes("berta", casework.Act{Step: "ask_mediation", Message: "Vai piekrītat sarunām?"})
	b.get("/case").is(200).has("Vai piekrītat mediācijai?", "Nepiekrītu")
	b.post("/case/mediation", press("answer", "maybe")).is(400)
	b.post("/case/mediation", press("answer", "end")).is(422)
	b.post("/case/mediation", press("answer", "yes")).is(303)
	b.get("/case").is(200).has("Jūs piekritāt mediācijai", "varat pārdomāt")
	d.takes("berta", casework.Act{Step: "offer_mediation", Message: "Sākam."})
	b.get("/case").is(200).has("Notiek mediācija", "Pārtraukt mediāciju")
	b.post("/case/mediation", press("answer", "end")).is(303)
	b.get("/case").is(200).has("Jūs pārtraucāt mediāciju").hasNot("/case/mediation")
}

// A month after the end the page asks how the reporter is, once.
func TestCheckInOnThePage(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	code := b.file()
	b.enter(code)
	b.post("/case/withdraw", b.get("/case/withdraw").is(200).form()).is(303)
	b.get("/case").is(200).hasNot("/case/check-in")
	d.clock.turn(35 * 24 * time.Hour)
	b = d.browser()
	b.enter(code)
	b.get("/case").is(200).has("Kā Jums klājas?")
	b.post("/case/check-in", press("answer", "fine")).is(303)
	b.get("/case").is(200).has("ka nekas nav noticis").hasNot("/case/check-in")
}
