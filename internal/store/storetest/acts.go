package storetest

import (
	"context"
	"crypto/rand"

	"github.com/google/uuid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// Entry is one of the reporter's, in a stream.
func Entry(kind audit.EntryKind, stream string) store.Entry {
	return store.Entry{ID: uuid.NewString(), Day: Today, Kind: kind, Actor: ethics.ActorReporter, Stream: stream}
}

// Write changes the record, or ends the test.
func (w *World) Write(kind audit.EntryKind, stream string, fn func(*store.Tx) error) {
	w.T.Helper()
	Must(w.T, w.Tries(kind, stream, fn))
}

// Tries changes the record, if it may.
func (w *World) Tries(kind audit.EntryKind, stream string, fn func(*store.Tx) error) error {
	return w.S.Write(context.Background(), Entry(kind, stream), fn)
}

// Read reads, or ends the test.
func (w *World) Read(fn func(*store.ReadTx) error) {
	w.T.Helper()
	Must(w.T, w.S.Read(context.Background(), fn))
}

// CaseFile reads a case.
func (w *World) CaseFile(id string, reporter bool) (f store.CaseFile, err error) {
	err = w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		f, err = tx.CaseFile(id, reporter)
		return err
	})
	return f, err
}

// Head is the signed head that the program stands under.
func (w *World) Head() (head audit.Head) {
	w.T.Helper()
	w.Read(func(tx *store.ReadTx) (err error) {
		head, _, err = tx.Head()
		return err
	})
	return head
}

// Size is how many entries the log has.
func (w *World) Size() int64 { return w.Head().Size }

// Close closes a day.
func (w *World) Close(day ethics.Day) {
	w.T.Helper()
	Must(w.T, w.S.MakeCheckpoint(context.Background(), day))
}

// Noise is random bytes.
func Noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// Nothing is a write that changes no row.
func Nothing(*store.Tx) error { return nil }
