package report_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

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
	form := b.fill().with("track", "whistleblower").with("work_relation", "employed").
		with("if_not_recognised", "ethics").
		with("confirm_true", "yes").with("confirm_privacy", "yes")
	b.postMultipart("/report", form.with("step", "check")).is(422).
		has(`href="#identity_name"`, `href="#identity_contact"`)
	form = form.with("identity_name", named).with("identity_contact", reached).
		with("identity_disclosure_consent", "authority")
	check := b.postMultipart("/report", form.with("step", "check")).is(200)
	check.has(named, reached, "Šīs ziņas glabājam atsevišķi", "Anna Ozola", "Berta Liepa", "Fricis Vītols",
		"Neatradām ne e-pasta adreses")
	code := b.post("/report", check.form().with("step", "file")).is(200).code()

	b.enter(code).is(303)
	b.get("/case").is(200).has(told, "Jūsu personas dati: nomainīt vai atsaukt").hasNot(named, reached)
	ask := b.get("/case/identity").is(200).has("Mēs glabājam Jūsu personas datus atsevišķi").
		hasNot(named, reached, "identity_personal_code")
	b.post("/case/identity", ask.form().with("identity_name", "")).is(422).has("identity_name")
	b.post("/case/identity", ask.form().with("identity_name", "Cits Vārds").
		with("identity_contact", "cits@example.org").with("step", "give")).is(303)
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
	check := b.postMultipart("/report", form.with("step", "check")).is(200).
		hasNot("<dd>"+named, "Šīs ziņas glabājam atsevišķi")
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
		with("work_relation", "employed").with("if_not_recognised", "ethics").with("confirm_true", "yes").
		with("confirm_privacy", "yes").
		with("excluded_handlers", "anna", "berta", "fricis")
	b.postMultipart("/report", form.with("step", "check")).is(422).has(`href="#excluded_handlers"`)
	if d.cases() != 0 {
		t.Error("stored")
	}
}

// TestDetailsComeBackAfterTheVisit: a visit that ends while they are typed loses
// nothing. They travel in the pages, unseen and never in the database, and come
// back into the case that they were written in alone.
func TestDetailsComeBackAfterTheVisit(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	code := b.file()
	b.enter(code).is(303)
	typed := b.get("/case/identity").is(200).form().with("step", "give").with("identity_name", named).
		with("identity_contact", reached).
		with("identity_disclosure_consent", "authority").with("recognise", "yes").with("if_not_recognised", "ethics")
	d.clock.turn(3 * time.Hour)
	d.lapse()
	ended := b.post("/case/identity", typed).is(401).
		has("Jūsu apmeklējums ir beidzies", "nav zudis", `type="hidden" name="identity_name" value="`+named)
	ended.hasNot("<textarea")
	if d.holds(named) {
		t.Fatal("typed details are stored in clear")
	}
	wrong := b.post("/status", ended.form().with("code", "7KQ4M")).is(422).has(named)
	switched := b.post("/status", wrong.form().with("lang_switch", "ru")).is(200).has(named)
	other := d.browser()
	apart := other.post("/status", switched.form().with("code", other.file())).is(200).has(named, reached)
	if apart.form().get("identity_name") != "" {
		t.Error("put into another case's form")
	}
	back := b.post("/status", switched.form().with("code", code)).is(200).has(`action="/case/identity"`).form()
	for _, name := range []string{
		"draft", "identity_name", "identity_contact", "identity_disclosure_consent", "recognise", "if_not_recognised",
	} {
		if back.get(name) != typed.get(name) || back.get(name) == "" {
			t.Errorf("%s came back as %q", name, back.get(name))
		}
	}
	b.post("/case/identity", back.with("step", "give")).is(303)
	if n := d.count(`select count(*) from vault`); n != 1 || d.holds(named) {
		t.Errorf("%d vaults, or a name in clear", n)
	}
}

// holds tells whether any file of the data folder has this text.
func (d *door) holds(text string) bool {
	d.t.Helper()
	paths, err := filepath.Glob(filepath.Join(d.dir, "data", "*"))
	must(d.t, err)
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		must(d.t, err)
		if bytes.Contains(raw, []byte(text)) {
			return true
		}
	}
	return false
}

// TestErasedDetailsAreSaid: when the program has erased the details, the page
// says so, and the day; the case opens as before.
func TestErasedDetailsAreSaid(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	form := b.fill().with("track", "whistleblower").with("work_relation", "employed").
		with("if_not_recognised", "ethics").
		with("confirm_true", "yes").with("confirm_privacy", "yes").with("identity_name", named).
		with("identity_contact", reached).
		with("identity_disclosure_consent", "authority")
	code := b.post("/report", b.postMultipart("/report", form.with("step", "check")).is(200).form().
		with("step", "file")).is(200).code()
	b.enter(code).is(303)
	b.post("/case/withdraw", b.get("/case/withdraw").is(200).form()).is(303)
	w, _ := d.acting("anna")
	d.clock.turn(300 * 24 * time.Hour)
	must(t, w.EraseIdentities(context.Background()))
	b.enter(code).is(303)
	b.get("/case/identity").is(200).has("Mēs glabājam Jūsu personas datus")
	d.clock.turn(67 * 24 * time.Hour)
	must(t, w.EraseIdentities(context.Background()))
	b.enter(code).is(303)
	b.get("/case/identity").is(200).has("Jūsu personas dati ir izdzēsti", "glabāšanas laiks beidzās").
		hasNot("Izdzēst ziņas par mani", "Mēs nezinām")
	b.get("/case").is(200).has(told, "Jūsu personas dati ir izdzēsti")
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
