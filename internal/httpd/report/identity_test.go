package report_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"svilpe/internal/store"
)

const (
	named   = "Zane Sentinele-Vārdniece"
	reached = "zane.sentinele@example.org, 29999999"
)

// TestANameGoesApart: on the whistleblower's track name and contacts are asked
// and required, stand apart on the check page with those who would keep them, are
// not taken for a give-away, are not in the report that comes back with the code,
// and are replaced and withdrawn there.
func TestANameGoesApart(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	form := b.fill().with("track", "whistleblower").with("work_relation", "employed").with("if_not_recognised", "ethics").
		with("confirm_true", "yes").with("confirm_privacy", "yes")
	b.postMultipart("/report", form.with("step", "check")).is(422).has(`href="#identity_name"`, `href="#identity_contact"`)
	form = form.with("identity_name", named).with("identity_contact", reached).with("identity_disclosure_consent", "authority")
	check := b.postMultipart("/report", form.with("step", "check")).is(200)
	check.has(named, reached, "Šīs ziņas glabājam atsevišķi", "Anna Ozola", "Berta Liepa", "Fricis Vītols", "Neatradām ne e-pasta adreses")
	code := b.post("/report", check.form().with("step", "file")).is(200).code()

	b.enter(code).is(303)
	b.get("/case").is(200).has(told, "Jūsu personas dati: nomainīt vai atsaukt").hasNot(named, reached)
	ask := b.get("/case/identity").is(200).has("Mēs glabājam Jūsu personas datus atsevišķi").hasNot(named, reached, "identity_personal_code")
	b.post("/case/identity", ask.form().with("identity_name", "")).is(422).has("identity_name")
	b.post("/case/identity", ask.form().with("identity_name", "Cits Vārds").with("identity_contact", "cits@example.org").with("step", "give")).is(303)
	b.get("/case").is(200).has("Jūs nomainījāt ziņas par sevi").hasNot("Cits Vārds")
	again := b.get("/case/identity").is(200).form()
	again = again.with("step", "withdraw")
	b.post("/case/identity", again).is(303)
	b.get("/case").is(200).has("Jūs atsaucāt ziņas par sevi", "Norādīt, kas Jūs esat")
	if n := d.count(`select count(*) from vault`) + d.count(`select count(*) from vault_share`); n != 0 {
		t.Errorf("%d rows of the vault are left", n)
	}
}

// TestAnonymousAsksNoName: what was typed into fields of another track goes
// nowhere, and the code of an anonymous case can ask for protection later.
func TestAnonymousAsksNoName(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	form := b.fill().with("identity_name", named).with("identity_contact", reached)
	check := b.postMultipart("/report", form.with("step", "check")).is(200).hasNot("<dd>"+named, "Šīs ziņas glabājam atsevišķi")
	code := b.post("/report", check.form().with("step", "file")).is(200).code()
	if n := d.count(`select count(*) from vault`); n != 0 {
		t.Fatal("an anonymous report has a vault")
	}
	b.enter(code).is(303)
	ask := b.get("/case/identity").is(200).has("Mēs nezinām, kas Jūs esat").form().
		with("step", "give").with("identity_name", named).with("identity_contact", reached)
	b.post("/case/identity", ask).is(422).has(`href="#recognise"`, named)
	b.post("/case/identity", ask.with("recognise", "yes")).is(422).has(`href="#if_not_recognised"`, named)
	b.post("/case/identity", ask.with("recognise", "yes").with("if_not_recognised", "ethics")).is(303)
	b.get("/case").is(200).has("Jūs lūdzāt atzīt ziņojumu par trauksmes cēlēja ziņojumu").hasNot(named)
	if n := d.count(`select count(*) from cases where track = 'whistleblower'`); n != 1 {
		t.Error("the track did not change")
	}
}

// TestNoNameWhereTwoCannotKeepIt: the form of an institution where two people
// cannot be found offers no name and says why; whoever asks for it all the same
// is refused, and nothing is stored.
func TestNoNameWhereTwoCannotKeepIt(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	form := b.fill().with("track", "whistleblower").with("identity_name", named).with("identity_contact", reached).
		with("work_relation", "employed").with("if_not_recognised", "ethics").with("confirm_true", "yes").with("confirm_privacy", "yes").
		with("excluded_handlers", "anna", "berta", "fricis")
	b.postMultipart("/report", form.with("step", "check")).is(422).has(`href="#excluded_handlers"`)
	if d.cases() != 0 {
		t.Error("stored")
	}
}

// count asks the file itself.
func (d *door) count(query string) (n int) {
	d.t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(d.dir, "data", store.File))
	must(d.t, err)
	defer func() { _ = db.Close() }()
	must(d.t, db.QueryRow(query).Scan(&n))
	return n
}
