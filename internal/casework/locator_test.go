package casework_test

import (
	"errors"
	"testing"

	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
)

// TestACodeLeadsNowhereElse: whoever exchanges, with an editor, what two codes find
// leads each reporter before the other's case or consultation. Nothing of it is shown and
// nothing is written there, by a running program or by one that was started since.
func TestACodeLeadsNowhereElse(t *testing.T) {
	for _, table := range []string{"cases", "consultation"} {
		for _, restarted := range []bool{false, true} {
			w := trusted(t)
			var codes []filed
			for range 2 {
				f := w.file()
				if table == "consultation" {
					f.Filed, _ = w.asked(asks())
				}
				codes = append(codes, f)
			}
			w.exchanged(table)
			if restarted {
				w.restart()
			}
			rows := w.count(
				`select (select count(*) from envelope) + (select count(*) from consultation_text) + (select ` +
					`count(*) from case_status)`)
			for _, f := range codes {
				v := w.visit(f)
				if v.Consultation != (table == "consultation") {
					t.Error("led elsewhere than the row says: the test shows nothing")
				}
				w.leadsNowhere(v)
			}
			if n := w.count(
				`select (select count(*) from envelope) + (select count(*) from consultation_text) + (select ` +
					`count(*) from case_status)`); n != rows {
				t.Errorf("%s: %d rows were written", table, n-rows)
			}
		}
	}
}

// exchanged exchanges the locators of a table's two newest rows.
func (w *world) exchanged(table string) {
	w.t.Helper()
	db := w.raw()
	var last, one, other []byte
	var rows [2]int
	must(w.t, db.QueryRow(`select max(rowid), max(rowid) - 1 from `+table).Scan(&rows[0], &rows[1]))
	locator := func(row int) (b []byte) {
		must(w.t, db.QueryRow(`select locator from `+table+` where rowid = ?`, row).Scan(&b))
		return b
	}
	one, other, last = locator(rows[0]), locator(rows[1]), make([]byte, 32)
	w.exec(`update `+table+` set locator = ? where rowid = ?`, last, rows[0])
	w.exec(`update `+table+` set locator = ? where rowid = ?`, one, rows[1])
	w.exec(`update `+table+` set locator = ? where rowid = ?`, other, rows[0])
}

func (w *world) leadsNowhere(v dialogue.Visit) {
	w.t.Helper()
	acts := map[string]func() error{
		"read":     func() error { _, err := w.dia.View(ctx, v); return err },
		"write":    func() error { _, err := w.dia.Send(ctx, v, derive.New(), "to another's case", nil); return err },
		"withdraw": func() error { _, err := w.dia.Withdraw(ctx, v, derive.New(), "x"); return err },
		"new code": func() error { _, err := w.dia.NewCode(ctx, v, derive.New()); return err },
		"details":  func() error { _, err := w.dia.Identity(ctx, v); return err },
	}
	if v.Consultation {
		acts = map[string]func() error{
			"read":  func() error { _, err := w.dia.Consultation(ctx, v); return err },
			"write": func() error { _, err := w.dia.Say(ctx, v, derive.New(), "to another's talk"); return err },
			"end":   func() error { return w.dia.EndConsultation(ctx, v) },
			"erase": func() error { return w.dia.EraseConsultation(ctx, v) },
		}
	}
	for name, act := range acts {
		if err := act(); !errors.Is(err, ethics.ErrUntrusted) {
			w.t.Errorf("%s: %v", name, err)
		}
	}
}
