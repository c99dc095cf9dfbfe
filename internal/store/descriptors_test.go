package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// TestDescriptorsEqualTheSchema: what a kind says of its table is so: its columns,
// those that are copies, the primary key. A column that no descriptor names would be
// covered by no digest.
func TestDescriptorsEqualTheSchema(t *testing.T) {
	w := setUp(t)
	db := w.Raw()
	for _, d := range record.All {
		i := d.About()
		have := w.Column(`select name from pragma_table_info(?) order by name`, i.Table)
		want := slices.Sorted(slices.Values(append(slices.Clone(i.Columns), i.Copies...)))
		if !slices.Equal(have, want) {
			t.Errorf("%s has columns %q, its descriptor %q", i.Table, have, want)
		}
		if len(slices.Compact(want)) != len(have) {
			t.Errorf("%s: a column twice", i.Table)
		}
		if n := len(d.Scan(d.New())); n != len(i.Columns) {
			t.Errorf("%s: %d fields for %d columns", i.Table, n, len(i.Columns))
		}
		key := w.Column(`select name from pragma_table_info(?) where pk > 0 order by pk`, i.Table)
		if i.Table == "installation" {
			key, i = nil, &record.Info{} // one row, which the schema calls 1
		}
		if !slices.Equal(key, i.Columns[:i.Keys]) {
			t.Errorf("%s has the primary key %q, its descriptor %q", i.Table, key, i.Columns[:i.Keys])
		}
	}
	for _, d := range record.All {
		i := d.About()
		where := []string{"1 = 1"}
		for _, c := range []string{i.Case, i.Object, i.Where} {
			if c != "" {
				where = append(where, c)
			}
		}
		q := `select ` + strings.Join(i.Columns, ", ") + ` from ` + i.Table + ` where ` +
			strings.Join(where, " and ") + ` order by ` + i.Order
		if _, err := db.Prepare(q); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
	record := storetest.RecordTables()
	for _, table := range w.Column(`select name from sqlite_master where type = 'table'`) {
		other := strings.HasPrefix(table, "tmp_") || strings.HasPrefix(table, "sqlite_") || table == "goose_db_version"
		if slices.Contains(record, table) == other {
			t.Errorf("%s: neither record nor scratch", table)
		}
	}
}

// TestEraseKnowsEveryTable: where a row of a case can stand, none is left but those
// that must outlive it.
func TestEraseKnowsEveryTable(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	id := cases[0].ID // has changed its code
	w.Write("step", ofCase(id), func(tx *store.Tx) error {
		c, err := tx.Case(id)
		return errors.Join(err, tx.AddMeasures(id, today), tx.PutCase(c))
	})
	must(t, w.S.Scratch(t.Context(), func(tx *store.ScratchTx) error {
		return tx.AddCaseSession(store.CaseSession{Hash: []byte("visit"), Case: id, Sealed: []byte{1}})
	}))
	e := w.Erasure(cases[0], "anna", "audra")
	must(t, w.Approve(e))
	tables := w.Column(
		`select m.name from sqlite_master m join pragma_table_info(m.name) c on c.name = 'case_id' where m.type = ` +
			`'table'`)
	if len(tables) < 15 {
		t.Fatalf("only %q have rows of cases: is the test blind?", tables)
	}
	left := []string{"erasure", "tombstone"}
	for _, table := range tables {
		if n := w.Count(`select count(*) from `+table+` where case_id = ?`,
			id); (n > 0) == slices.Contains(left, table) {
			t.Errorf("%d rows in %s before: write one here, so that it is seen to go", n, table)
		}
	}
	must(t, w.Erase(e))
	for _, table := range tables {
		if n := w.Count(`select count(*) from `+table+` where case_id = ?`,
			id); (n > 0) != slices.Contains(left, table) {
			t.Errorf("%d rows in %s afterwards", n, table)
		}
	}
	if w.Count(`select count(*) from cases where id = ?`, id)+
		w.Count(`select count(*) from chunk where file_id = ?`, cases[0].Stored.ID) != 0 {
		t.Error("the case's own row or its chunks are left")
	}
	for _, d := range record.All {
		if i := d.About(); i.Case == "" && i.May(ethics.CaseStream("x")) && !slices.Contains(left, i.Table) {
			t.Errorf("%s may stand in a case's stream, and does not say which column names the case", i.Table)
		}
	}
	w.Sound()
}
