package storetest

import (
	"context"
	"strings"

	"svilpe/internal/verify"
)

// Verify verifies.
func (w *World) Verify(o verify.Options) verify.Report {
	w.T.Helper()
	v, err := verify.Run(context.Background(), w.S, o)
	Must(w.T, err)
	return v
}

// Sound wants no damage.
func (w *World) Sound() verify.Report {
	w.T.Helper()
	v := w.Verify(verify.Options{Founders: &w.Founders})
	if d := v.First(); d != nil {
		w.T.Fatalf("damage where there is none: %v", v.Damages)
	}
	return v
}

// Damaged wants damage of this kind named first, and this row where one is given.
func (w *World) Damaged(table, row string) verify.Report {
	w.T.Helper()
	v := w.Verify(verify.Options{Founders: &w.Founders})
	d := v.First()
	if d == nil {
		w.T.Fatal("not found")
	}
	if string(d.Table) != table || row != "" && d.Row != row || d.Row == "" || d.Why == "" {
		w.T.Errorf("named %v, want %s %s first", v.Damages, table, row)
	}
	return v
}

// Names wants damage of this kind, and of this row where one is given, among what is
// named, explained in these words.
func (w *World) Names(table, row, why string) verify.Report {
	w.T.Helper()
	v := w.Verify(verify.Options{Founders: &w.Founders})
	for _, d := range v.Damages {
		if string(d.Table) == table && (row == "" || d.Row == row) && strings.Contains(string(d.Why), why) {
			return v
		}
	}
	w.T.Errorf("named %v, want %s %s: %s", v.Damages, table, row, why)
	return v
}
