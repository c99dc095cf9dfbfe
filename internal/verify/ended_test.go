package verify_test

import (
	"strconv"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

// TestWhatStaysIsNotEnded: who holds the log key takes a row away with a true entry
// that ends it, under whatever act. What stays for ever stays: verification names
// the stream, and nobody reads it as if nothing had been.
func TestWhatStaysIsNotEnded(t *testing.T) {
	from, cases := populated(t)
	for _, act := range []audit.EntryKind{"noted", record.KindRemoved, record.KindSealedOff, record.KindErased} {
		for name, take := range map[string]func(*world) audit.Entry{
			"a statement": func(w *world) audit.Entry {
				return ended(t, w, act, record.Statements, `delete from statement where id = ?`)
			},
			"a lesson": func(w *world) audit.Entry {
				return ended(t, w, act, record.Lessons, `delete from lesson where id = ?`)
			},
			"a gift": func(w *world) audit.Entry {
				return ended(t, w, act, record.Gifts, `delete from gift where id = ?`)
			},
			"a member": func(w *world) audit.Entry {
				return ended(t, w, act, record.Members, `delete from member where id = ?`)
			},
			"a policy": func(w *world) audit.Entry {
				return ended(t, w, act, record.Policies, `delete from policy where version = ?`)
			},
		} {
			t.Run(string(act)+" "+name, func(t *testing.T) {
				w := from.Copy(t)
				take(w)
				if v := w.Verify(verify.Options{Founders: &w.Founders}); v.Faults() == 0 {
					t.Error("verification calls it sound")
				}
			})
		}
	}
	t.Run("an envelope sealed off", func(t *testing.T) {
		w := from.Copy(t)
		ended(t, w, record.KindSealedOff, record.Envelopes, `delete from envelope where id = ?`)
		if v := w.Verify(verify.Options{Founders: &w.Founders}); v.Faults() == 0 {
			t.Error("verification calls it sound")
		}
	})
	t.Run("a case sealed off, and never erased", func(t *testing.T) {
		w := from.Copy(t)
		var row record.Row
		must(t, w.S.Raw(t.Context(), func(raw *store.Raw) error {
			f, err := raw.CaseFile(cases[0].ID)
			row = record.Cases.Row(&record.Case{Case: f.Case, Locator: f.Locator})
			return err
		}))
		b := audit.Body{
			Kind: record.KindSealedOff, Actor: "anna",
			Facts:   []audit.Fact{{Name: record.FactInstitution, Value: []byte("home")}},
			Changes: []audit.Change{{Label: row.Label, Op: audit.Ended, Old: row.Digest}},
		}
		w.Append(ethics.CaseStream(cases[0].ID), b)
		w.Exec(`delete from cases where id = ?`, cases[0].ID)
		if v := w.Verify(verify.Options{Founders: &w.Founders}); v.Faults() == 0 {
			t.Error("verification calls it sound")
		}
	})
}

// ended ends the last row of a kind.
func ended[R any](t *testing.T, w *world, act audit.EntryKind, k *record.Kind[R], query string) audit.Entry {
	t.Helper()
	var r *R
	must(t, w.S.Raw(t.Context(), func(raw *store.Raw) error {
		return raw.Rows(k, "", func(x any) error { r = x.(*R); return nil })
	}))
	n := k.Row(r)
	e := w.Append(k.Stream(r),
		audit.Body{
			Kind: act, Actor: ethics.ActorSystem,
			Changes: []audit.Change{{Label: n.Label, Op: audit.Ended, Old: n.Digest}},
		})
	w.Exec(query, k.Key(r))
	return e
}

// TestNobodyTakesARenewedGrantAlone: who writes the log ends a grant under a later
// key, as if a colleague had removed its member. It is named as the first one would be.
func TestNobodyTakesARenewedGrantAlone(t *testing.T) {
	from, _ := populated(t)
	for _, renewed := range []bool{false, true} {
		w := from.Copy(t)
		var g *record.Grant
		must(t, w.S.Raw(t.Context(), func(raw *store.Raw) error {
			return raw.Rows(record.Grants, "", func(x any) error { g = x.(*record.Grant); return nil })
		}))
		if renewed {
			again := *g
			again.ID, again.Via, again.Epoch = uuid.NewString(), record.ViaRenewed, g.Epoch+1
			storetest.Insert(t, w.Dir, w.Log, record.Grants, &again)
			g = &again
		}
		row := record.Grants.Row(g)
		e := w.Append(ethics.CaseStream(g.Case), audit.Body{
			Kind: record.KindRemoved, Actor: "anna",
			Changes: []audit.Change{{Label: row.Label, Op: audit.Ended, Old: row.Digest}},
		})
		w.Exec(`delete from case_grant where id = ?`, g.ID)
		w.Names("entry", strconv.FormatInt(e.Index, 10), "takes grants away")
	}
}
