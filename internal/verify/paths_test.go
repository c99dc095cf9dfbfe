package verify_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
)

const schemaText = `select group_concat(type || name || tbl_name || coalesce(sql, ''), ';') from (select * from ` +
	`sqlite_master order by name)`

// lie makes an index anew without the rows of a condition, and edits the schema so
// that it looks whole: who goes by it does not find those rows, and the text of the
// schema says nothing. Somebody with the file can do it, beside a running program too.
func lie(t *testing.T, w *world, index, table, columns, hidden string) {
	t.Helper()
	db := w.Raw()
	db.SetMaxOpenConns(1)
	before := w.Text(schemaText)
	sql := w.Text(`select coalesce(sql, '') from sqlite_master where name = ?`, index)
	queries := []string{
		`drop index ` + index, sql + ` where not (` + hidden + `)`, `pragma writable_schema = on`,
		`update sqlite_master set sql = '` + sql + `' where name = '` + index + `'`,
	}
	if sql == "" { // of a constraint: it cannot be dropped, but its root can be another's
		queries = []string{
			`create index liar on ` + table + ` (` + columns + `) where not (` + hidden + `)`,
			`pragma writable_schema = on`,
			`update sqlite_master set rootpage = (select rootpage from sqlite_master where name = 'liar') where ` +
				`name = '` + index + `'`,
			`delete from sqlite_master where name = 'liar'`,
		}
	}
	queries = append(queries, fmt.Sprintf(`pragma schema_version = %d`, w.Count(`pragma schema_version`)+10),
		`pragma writable_schema = off`)
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	must(t, db.Close())
	if w.Text(schemaText) != before {
		t.Fatal("the lie shows in the schema: the test shows nothing")
	}
	first, _, _ := strings.Cut(columns, ", ")
	n := w.Count(`select count(*) from ` + table + ` indexed by ` + index + ` where ` + first +
		` >= '' and (` + hidden + `)`)
	if all := w.Count(`select count(*) from ` + table + ` not indexed where ` + hidden); n != 0 || all == 0 {
		t.Fatalf("%d of %d rows are found by the index: the test shows nothing", n, all)
	}
}

// everywhere runs a story beside a running program, one that had read the case and one
// that had not, on the second and the third of three on one database, and beside a
// stopped one, which starts behind it.
func everywhere(t *testing.T, story func(*testing.T, *world, filed, func())) {
	from, cases := populated(t)
	for _, name := range []string{
		"running", "that has read the case", "the second of three", "the third of three", "stopped",
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			if name == "that has read the case" {
				_, err := w.CaseFile(cases[0].ID, false)
				must(t, err)
			}
			if strings.HasSuffix(name, "of three") {
				second, third := w.Another(), w.Another()
				w.Write("opened", ethics.CaseStream(cases[0].ID), storetest.Nothing) // the others follow it
				for _, s := range []*store.Store{second, third} {
					must(t, s.Read(t.Context(), func(tx *store.ReadTx) error {
						_, err := tx.CaseFile(cases[0].ID, false)
						return err
					}))
				}
				if w.S = second; name == "the third of three" {
					w.S = third
				}
			}
			start := func() {}
			if name == "stopped" {
				w.Stop()
				start = w.Open
			}
			story(t, w, cases[0], start)
		})
	}
}

// unsound wants a verification to name the index, and one that opens nothing too.
func unsound(t *testing.T, w *world) {
	t.Helper()
	w.Names("schema", "", "")
	s, err := store.Inspect(context.Background(), w.Dir, w.Log.Verifier())
	must(t, err)
	defer func() { must(t, s.Close()) }()
	v, err := verify.Run(context.Background(), s, verify.Options{Founders: &w.Founders})
	if err != nil || v.First() == nil {
		t.Errorf("inspected: %v %v", v.Damages, err)
	}
}

// TestAnIndexThatHidesEntries: a case without its entries, or with its first ones
// alone, is not there or a younger one for whoever goes by the index. It is refused,
// and named; the other cases are read.
func TestAnIndexThatHidesEntries(t *testing.T) {
	for name, hidden := range map[string]string{"all of them": "", "the newest": " and number > 0"} {
		t.Run(name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, w *world, f filed, start func()) {
				other := w.Text(`select id from cases where id <> ?`, f.ID)
				lie(t, w, "entry_stream", "entry", "stream, number", `stream = '`+ofCase(f.ID)+`'`+hidden)
				if hidden != "" {
					w.Exec(`delete from measure where case_id = ?`, f.ID) // as it was after its first entry
				}
				start()
				for _, reporter := range []bool{true, false} {
					if _, err := w.CaseFile(f.ID, reporter); !errors.Is(err, ethics.ErrUntrusted) ||
						!errors.Is(err, audit.ErrTampered) {
						t.Errorf("read: %v", err)
					}
				}
				err := w.S.Read(context.Background(), func(tx *store.ReadTx) error {
					_, err := tx.Case(f.ID)
					return err
				})
				if !errors.Is(err, ethics.ErrUntrusted) {
					t.Errorf("its row is believed: %v", err)
				}
				err = w.Tries("noted", ofCase(f.ID), func(tx *store.Tx) error {
					return tx.AddEvents(f.ID, ethics.Event{Name: "closed", Day: today})
				})
				if !errors.Is(err, ethics.ErrUntrusted) {
					t.Errorf("written to: %v", err)
				}
				if _, err := w.CaseFile(other, false); err != nil {
					t.Errorf("another case: %v", err)
				}
				unsound(t, w)
			})
		})
	}
}

// TestAnIndexThatHidesTheRoster: nobody's appointment is undone by it.
func TestAnIndexThatHidesTheRoster(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	lie(t, w, "entry_stream", "entry", "stream, number", `stream = 'roster' and number > 0`)
	w.Exec(`delete from statement where n > 0`)
	w.S.SetFounders(w.Founders)
	err := w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		_, err := tx.Roster()
		return err
	})
	if !errors.Is(err, audit.ErrTampered) {
		t.Errorf("%v", err)
	}
	unsound(t, w)
}

// TestIndexesThatHideRows: rows of a case that nobody finds are missed where the case
// is read, or its lists are shorter than the log says.
func TestIndexesThatHideRows(t *testing.T) {
	refused := func(t *testing.T, w *world, f filed) {
		if _, err := w.CaseFile(f.ID, false); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("read: %v", err)
		}
	}
	for _, x := range []struct {
		name, index, table, columns, hidden string
		seen                                func(*testing.T, *world, filed)
	}{
		{
			"a grant", "case_grant_case", "case_grant", "case_id, member_id, epoch",
			`case_id = '%s' and member_id = 'berta'`, refused,
		},
		{"its epochs", "sqlite_autoindex_case_epoch_1", "case_epoch", "case_id, epoch", `case_id = '%s'`, refused},
		{"an event", "sqlite_autoindex_case_event_1", "case_event", "case_id, n", `case_id = '%s' and n = 1`, refused},
		{"its shares", "vault_share_case", "vault_share", "case_id", `case_id = '%s'`, refused},
		{"an envelope", "sqlite_autoindex_envelope_2", "envelope", "case_id, sequence",
			`case_id = '%s' and sequence = 1`, func(t *testing.T, w *world, f filed) {
				for _, reporter := range []bool{true, false} {
					if f, err := w.CaseFile(f.ID, reporter); err != nil || f.Missing != 1 || len(f.Envelopes) != 1 {
						t.Errorf("missing %d, %v", f.Missing, err)
					}
				}
			}},
		{"a member's case", "case_grant_member", "case_grant", "member_id, case_id",
			`case_id = '%s' and member_id = 'berta'`, func(t *testing.T, w *world, _ filed) {
				w.Read(func(tx *store.ReadTx) error {
					list, err := tx.MemberCases("berta", store.Filter{}, store.Key{}, 10)
					n, err2 := tx.Counter(record.Held("berta"))
					if len(list) == 2 || n != 2 {
						t.Errorf("%d listed, the log has %d", len(list), n)
					}
					return errors.Join(err, err2)
				})
			}},
		{"its number", "sqlite_autoindex_cases_2", "cases", "number", `id = '%s'`,
			func(t *testing.T, w *world, f filed) {
				w.Read(func(tx *store.ReadTx) error {
					if c, err := tx.CaseByNumber(f.Number); !errors.Is(err, ethics.ErrNotFound) {
						t.Errorf("found %s, %v: the test shows nothing", c.ID, err)
					}
					if n, err := tx.Counter(record.CasesOf("home")); n != 2 || err != nil {
						t.Errorf("the log has %d cases, %v", n, err)
					}
					return nil
				})
				if _, err := w.CaseFile(f.ID, false); err != nil {
					t.Errorf("read by its id: %v", err)
				}
			}},
	} {
		t.Run(x.name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, w *world, f filed, start func()) {
				lie(t, w, x.index, x.table, x.columns, fmt.Sprintf(x.hidden, f.ID))
				start()
				x.seen(t, w, f)
				unsound(t, w)
			})
		})
	}
}

// TestVerifyNeedsNoIntegrityCheck: whatever SQLite says of itself, hidden rows are
// named by what the pass over all entries found, and by counting.
func TestVerifyNeedsNoIntegrityCheck(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	for name, x := range map[string]struct{ index, table, columns, hidden, kind, row, why string }{
		"entries": {"entry_stream", "entry", "stream, number", `stream = 'case/` + id +
			`'`, "schema", "entry_stream", "gives 0 entries"},
		"envelopes": {"sqlite_autoindex_envelope_2", "envelope", "case_id, sequence", `case_id = '` + id +
			`'`, "envelope", "", whyMissing},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			lie(t, w, x.index, x.table, x.columns, x.hidden)
			w.Names(x.kind, x.row, x.why)
		})
	}
	t.Run("a row that was added and hidden", func(t *testing.T) {
		w := from.Copy(t)
		w.Exec(`insert into envelope values (?, 2, 'e', 'message', 'anna', 0, 1, '2026-11-22', x'00')`, id)
		lie(t, w, "sqlite_autoindex_envelope_2", "envelope", "case_id, sequence", `id = 'e'`)
		w.Names("envelope", "envelope", "the table has 5 rows, the log 4")
	})
}
