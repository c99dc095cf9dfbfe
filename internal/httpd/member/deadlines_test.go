package member_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// The auditor sees whom to ask: a case whose deadline was missed and in which
// nobody works, by number, state and days; not what it is about, and no way in.
func TestTheAuditorSeesWhatLiesStill(t *testing.T) {
	d := open(t, []string{appoint.RoleAuditor})
	number := d.file(nil).Number
	audit := d.signedIn("Emma")
	audit.want(audit.get("/desk"), 200, "Neviens termiņš nav nokavēts")
	d.turn(13 * 24 * time.Hour)
	audit = d.signedIn("Emma")
	audit.want(audit.get("/desk"), 200, number, "Nokavēts termiņš", "Saņemšanas apstiprinājums",
		"nokavēts par 6 dienām")
	audit.never("Ilgi nekas nav darīts")
	d.turn(24 * time.Hour)
	audit, anna := d.signedIn("Emma"), d.signedIn("Anna")
	audit.want(audit.get("/desk"), 200, number, "Ilgi nekas nav darīts", "14 dienas nekas nav darīts", "02.11.2026.")
	audit.never("radinieks", "/desk/cases/"+number, d.policy.Categories[0].Name.In("lv"))
	audit.want(audit.get("/desk/cases?due=idle"), 200, number)
	anna.want(anna.get("/desk"), 200, number)
	anna.never("Par ko jājautā izskatītājiem")
	anna.want(anna.get("/desk/cases?due=idle"), 200, number)
	anna.state(number)
	anna.want(anna.step(number, "acknowledge", url.Values{}), 303)
	audit.want(audit.get("/desk"), 200, "Neviens termiņš nav nokavēts")
	anna.get("/desk/cases?due=idle")
	anna.never(number)
}

// A measure that is late counts as a deadline: the auditor sees whose, and so does
// the case list; today of who holds the case names it once.
func TestALateMeasureIsSeen(t *testing.T) {
	d := open(t, []string{appoint.RoleAuditor})
	number := d.file(nil).Number
	var c ethics.Case
	must(t, d.store.Read(t.Context(), func(tx *store.ReadTx) (err error) {
		c, err = tx.CaseByNumber(number)
		return err
	}))
	must(t, d.store.Write(t.Context(), store.Entry{
		ID: uuid.NewString(), Day: "2026-11-02", Kind: "step", Actor: "x", Stream: ethics.CaseStream(c.ID),
	}, func(tx *store.Tx) error {
		return errors.Join(tx.AddMeasures(c.ID, "2026-11-04"), tx.PutCase(c))
	}))
	d.turn(4 * 24 * time.Hour)
	audit, anna := d.signedIn("Emma"), d.signedIn("Anna")
	audit.want(audit.get("/desk"), 200, number, "Nokavēts termiņš", "04.11.2026. Pasākums", "nokavēts par 2 dienām")
	for _, b := range []*browser{audit, anna} {
		b.want(b.get("/desk/cases?due=overdue"), 200, number, "04.11.2026. Pasākums", "nokavēts par 2 dienām")
	}
	anna.want(anna.get("/desk"), 200, "Pasākums", "nokavēts par 2 dienām")
	if n := strings.Count(anna.page, "nokavēts par 2 dienām"); n != 1 {
		t.Errorf("today names it %d times", n)
	}
}

// A case on whose deadline one is warned stands apart from those of the week, and
// a case that is late on nothing but lies still has a group of its own.
func TestWarnedAndIdleStandApart(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	d.turn(4 * 24 * time.Hour)
	anna := d.signedIn("Anna")
	anna.want(anna.get("/desk"), 200, number, "Termiņš tūlīt beigsies", "termiņš pēc 3 dienām")
	anna.never("Termiņš tuvojas")
	anna.state(number)
	anna.want(anna.step(number, "acknowledge", url.Values{}), 303)
	d.turn(14 * 24 * time.Hour)
	anna = d.signedIn("Anna")
	anna.want(anna.get("/desk"), 200, number, "Ilgi nekas nav darīts")
	anna.never("Steidzamu darbu šodien nav", "Pārējās lietas")
}

// Who extends the time for a reply sees from which day to which before it happens.
func TestTheFormSaysTheNewDay(t *testing.T) {
	d := open(t)
	number := d.file(func(r *ethics.Report) { r.Track = "ethics" }).Number
	anna := d.signedIn("Anna")
	anna.state(number)
	anna.want(anna.get("/desk/cases/"+number), 200, "/steps/extend")
	anna.want(anna.get("/desk/cases/"+number+"/steps/extend"), 200, "Atbilde uz iesniegumu", "→ 2027. gada")
	if strings.Count(anna.page, "→") != 1 {
		t.Error("more days move than one")
	}
	anna.want(anna.step(number, "extend",
		url.Values{"reason": {"Daudz liecinieku."}, "message": {"Atbildēsim vēlāk."}}), 303)
	anna.get("/desk/cases/" + number)
	anna.never("/steps/extend")
}
