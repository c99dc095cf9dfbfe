package member_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/intake"
)

// ask begins a consultation.
func (d *desk) ask(excluded ...string) intake.Filed {
	d.t.Helper()
	f, err := d.intake.Consult(context.Background(), derive.New(), ethics.Report{
		Track: "consultation", Institution: d.site, Language: "ru", Excluded: excluded,
		Answers: map[string][]string{"description": {"Vai man ziņot <b>tagad</b>?"}},
	})
	must(d.t, err)
	return f
}

// TestConsultationsAreCounted: a class of numbers by quarter that has ended and
// institution, an erased one still in it; to nobody but those who are told counts.
// The quarter that runs is not told to anybody.
func TestConsultationsAreCounted(t *testing.T) {
	d := open(t, []string{appoint.RoleTrust}, []string{appoint.RoleAuditor}, []string{appoint.RoleHead})
	const caption = "Konsultācijas ar uzticības personām"
	cells := func(name string) {
		t.Helper()
		b := d.signedIn(name)
		b.want(b.get("/desk"), 200, caption, `data-head="2026. gada 3. ceturksnis">mazāk par 5<`,
			`data-head="2026. gada 2. ceturksnis">mazāk par 5<`,
			"pēdējā diena: 2026. gada 31. decembris")
		b.never("2026. gada 4. ceturksnis")
	}
	cells("Anna")
	f := d.ask()
	for _, name := range []string{"Anna", "Fred", "Gita"} {
		cells(name)
	}
	for _, name := range []string{"Berta", "Carl", "Dora", "Emma"} {
		b := d.signedIn(name)
		b.get("/desk")
		b.never(caption)
	}
	must(t, d.consultation.EraseConsultation(context.Background(), d.visit(f)))
	for range 4 {
		d.ask()
	}
	cells("Anna")
	d.turn(60 * 24 * time.Hour) // to January
	b := d.signedIn("Anna")
	b.want(b.get("/desk"), 200, `data-head="2026. gada 4. ceturksnis">5–9<`,
		`data-head="2026. gada 3. ceturksnis">mazāk par 5<`)
	b.never("2027. gada 1. ceturksnis")
}

// TestConsultationsOnTheDesk: a trust person answers, notes and ends; nobody else
// sees that there is anything.
func TestConsultationsOnTheDesk(t *testing.T) {
	d := open(t, []string{appoint.RoleTrust}, []string{appoint.RoleTrust}, []string{appoint.RoleAuditor},
		[]string{appoint.RoleHead})
	emma := d.signedIn("Emma")
	emma.want(emma.get("/desk/consultations"), 200, "Konsultāciju pašlaik nav")
	f := d.ask(d.people["Fred"].id)
	one := "/desk/consultations/" + f.Number
	emma.want(emma.get("/desk/consultations"), 200, f.Number, "Jauna")
	emma.want(emma.get(one), 200, "Vai man ziņot", "Krievu", "Emma Liepa", "Fred Liepa", `lang="ru"`)

	draft := url.Values{"draft": {derive.New().Text()}}
	with := func(name, value string) url.Values { return url.Values{"draft": draft["draft"], name: {value}} }
	emma.want(emma.post(one+"/messages", with("text", "")), 422, `href="#text"`)
	emma.want(emma.post(one+"/messages", with("text", "Jā, ziņojiet.")), 303)
	emma.want(emma.post(one+"/messages", with("text", "Jā, ziņojiet.")), 303)
	emma.want(emma.post(one+"/notes", with("note", "")), 422, `href="#note"`)
	emma.want(emma.post(one+"/notes", with("note", "Piezvanīt rīt.")), 303)
	emma.want(emma.get(one), 200, "Jā, ziņojiet.", "Piezvanīt rīt.", "tikai uzticības personām")
	if n := strings.Count(emma.page, `<li class="message`); n != 3 {
		t.Errorf("%d texts", n)
	}
	emma.want(emma.get("/desk/consultations"), 200, "Atbildēta")
	v, err := d.consultation.Consultation(context.Background(), d.visit(f))
	must(t, err)
	if len(v.Messages) != 2 || v.Messages[1].Text != "Jā, ziņojiet." {
		t.Errorf("the reporter has %d texts", len(v.Messages))
	}

	for _, name := range []string{"Fred", "Anna", "Berta", "Carl", "Dora", "Gita", "Hugo"} {
		b := d.signedIn(name)
		_, unknown := b.get("/desk/consultations/K-2026-00000"), b.page
		if w := b.get(one); w.Code != 404 || b.page != unknown {
			t.Errorf("%s: %d", name, w.Code)
		}
		for _, path := range []string{one + "/messages", one + "/notes", one + "/end"} {
			b.want(b.post(path,
				url.Values{"draft": {derive.New().Text()}, "text": {"x"}, "note": {"x"}, "over": {"yes"}}), 404)
		}
		pages := []string{"/desk", "/desk/help"}
		if name != "Dora" && name != "Hugo" && name != "Fred" {
			pages = append(pages, "/desk/cases?q="+f.Number)
		}
		for _, path := range append(pages, "/desk/consultations") {
			b.get(path)
			b.never(f.Number)
		}
		b.want(b.get("/desk/cases/"+f.Number), 404)
	}
	emma.want(emma.get("/desk/cases/"+f.Number), 404)

	emma.want(emma.post(one+"/end", url.Values{}), 422, `href="#over"`)
	emma.want(emma.post(one+"/end", url.Values{"over": {"yes"}}), 303)
	emma.want(emma.get(one), 200, "Beigusies", "2026. gada 2. decembris")
	emma.want(emma.post(one+"/messages", with("text", "Vēl.")), 303) // the form that was sent before
	emma.want(emma.post(one+"/messages", url.Values{"draft": {derive.New().Text()}, "text": {"Vēl."}}), 422,
		"Konsultācija jau ir beigusies", "Vēl.")
	emma.want(emma.get("/desk/consultations"), 200, "Beigusies")
	if strings.Contains(d.logged.String(), f.Number) || strings.Contains(d.logged.String(), "ziņo") {
		t.Errorf("logged:\n%s", d.logged)
	}
}
