package verify_test

import (
	"errors"
	"fmt"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// exchange rewrites an index so that it finds, under the keys of two rows, the other
// one. The tables are left, and so is the text of the schema.
func exchange(t *testing.T, w *world, index, table, column string, ids [2]string) {
	t.Helper()
	db := w.Raw()
	db.SetMaxOpenConns(1)
	before := w.Text(schemaText)
	other := `(select ` + column + ` from ` + table + ` where id = '%s')`
	key, place := [2]string{}, [2]int{}
	for n, id := range ids {
		key[n] = w.Text(`select quote(` + fmt.Sprintf(other, id) + `)`)
		place[n] = w.Count(`select rowid from `+table+` where id = ?`, id)
	}
	swapped := fmt.Sprintf(`(case %s when %s then %s when %s then %s else %s end)`, column, key[0],
		key[1], key[1], key[0], column)
	for _, q := range []string{
		`create index liar on ` + table + ` ` + swapped, `pragma writable_schema = on`,
		`update sqlite_master set rootpage = (select rootpage from sqlite_master where name = 'liar') where name = '` +
			index + `'`,
		`delete from sqlite_master where name = 'liar'`,
		fmt.Sprintf(`pragma schema_version = %d`, w.Count(`pragma schema_version`)+10), `pragma writable_schema = off`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	must(t, db.Close())
	if w.Text(schemaText) != before {
		t.Fatal("the lie shows in the schema: the test shows nothing")
	}
	if n := w.Count(`select rowid from ` + table + ` indexed by ` + index + ` where ` + column +
		` = ` + key[0]); n != place[1] {
		t.Fatalf("row %d is found, not %d: the test shows nothing", n, place[1])
	}
}

// TestAnIndexThatFindsAnother: who looks for a case by its number, by the locator of
// its code or by its id is never given another case, whole as that one is.
func TestAnIndexThatFindsAnother(t *testing.T) {
	for name, x := range map[string]struct {
		index, column string
		find          func(*store.ReadTx, filed) (ethics.Case, error)
	}{
		"its number": {"sqlite_autoindex_cases_2", "number", func(tx *store.ReadTx, f filed) (ethics.Case, error) {
			return tx.CaseByNumber(f.Number)
		}},
		"its code": {"sqlite_autoindex_cases_3", "locator", func(tx *store.ReadTx, f filed) (ethics.Case, error) {
			return tx.CaseByLocator(storetest.LocatorOf(f.ID))
		}},
		"its id": {"sqlite_autoindex_cases_1", "id", func(tx *store.ReadTx, f filed) (ethics.Case, error) {
			return tx.Case(f.ID)
		}},
		"its id, whole": {"sqlite_autoindex_cases_1", "id", func(tx *store.ReadTx, f filed) (ethics.Case, error) {
			c, err := tx.CaseFile(f.ID, false)
			return c.Case, err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, w *world, f filed, start func()) {
				other := w.Text(`select id from cases where id <> ?`, f.ID)
				exchange(t, w, x.index, "cases", x.column, [2]string{f.ID, other})
				start()
				err := w.S.Read(t.Context(), func(tx *store.ReadTx) error {
					c, err := x.find(tx, f)
					if err == nil {
						t.Errorf("found %s, which is another: %v", c.ID, c.ID == other)
					}
					return err
				})
				if !errors.Is(err, ethics.ErrUntrusted) {
					t.Errorf("not told: %v", err)
				}
				unsound(t, w)
			})
		})
	}
}

// TestAnIndexThatFindsAnotherConsultation: so it is with consultations.
func TestAnIndexThatFindsAnotherConsultation(t *testing.T) {
	for name, x := range map[string]struct {
		index, column string
		find          func(*store.ReadTx) (store.Consultation, error)
	}{
		"its number": {"sqlite_autoindex_consultation_2", "number", func(tx *store.ReadTx) (store.Consultation, error) {
			return tx.ConsultationByNumber(storetest.Consultation().Number)
		}},
		"its id": {"sqlite_autoindex_consultation_1", "id", func(tx *store.ReadTx) (store.Consultation, error) {
			return tx.Consultation("talk")
		}},
		"its id, whole": {"sqlite_autoindex_consultation_1", "id", func(tx *store.ReadTx) (store.Consultation, error) {
			f, err := tx.ConsultationFile("talk")
			return f.Consultation, err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			for _, id := range []string{"talk", "talk2"} {
				c := storetest.Consultation()
				c.ID, c.Number = id, "K-2026-"+id
				text := storetest.ConsultationText(0, ethics.ActorReporter)
				text.Consultation, text.ID = id, "said"+id
				if id == "talk" {
					c.Number = storetest.Consultation().Number
				}
				st := storetest.AskedIn(t, id)
				w.Write(record.KindConsultation, ethics.ConsultationStream(id), func(tx *store.Tx) error {
					return tx.AddConsultation(c, []byte(id), text, st)
				})
			}
			w.Sound()
			exchange(t, w, x.index, "consultation", x.column, [2]string{"talk", "talk2"})
			for range 2 {
				err := w.S.Read(t.Context(), func(tx *store.ReadTx) error {
					c, err := x.find(tx)
					if err == nil {
						t.Errorf("found %s", c.ID)
					}
					return err
				})
				if !errors.Is(err, ethics.ErrUntrusted) {
					t.Errorf("not told: %v", err)
				}
				w.Stop()
				w.Open()
			}
			unsound(t, w)
		})
	}
}

// TestTheNumberStays: a reporter and the commission know a case by its number. The
// operator, who exchanges it with a true entry, makes it another case's for nobody.
func TestTheNumberStays(t *testing.T) {
	from, cases := populated(t)
	t.Run("a case", func(t *testing.T) {
		w := from.Copy(t)
		id := cases[0].ID
		old := record.Case{Case: cases[0].Case, Locator: []byte(w.Text(`select locator from cases where id = ?`, id))}
		must(t, w.S.Raw(t.Context(), func(raw *store.Raw) error {
			f, err := raw.CaseFile(id)
			old.Case = f.Case
			return err
		}))
		now := old
		now.Number = "2026-77777"
		w.Operates(ethics.CaseStream(id), audit.Body{Kind: "noted", Actor: "anna"},
			storetest.Renews(record.Cases, &old, &now))
		if _, err := w.CaseFile(id, true); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("read: %v", err)
		}
		w.Damaged("case", id)
	})
	t.Run("a consultation", func(t *testing.T) {
		w := from.Copy(t)
		old := storetest.Consultation()
		old.Locator = []byte("talk")
		now := old
		now.Number = "K-2026-77777"
		w.Operates(ethics.ConsultationStream(old.ID), audit.Body{Kind: record.KindConsultation, Actor: "tija"},
			storetest.Renews(record.Consultations, &old, &now))
		err := w.S.Read(t.Context(), func(tx *store.ReadTx) error { _, err := tx.ConsultationFile(old.ID); return err })
		if !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("read: %v", err)
		}
		w.Damaged("talk", old.ID)
	})
}
