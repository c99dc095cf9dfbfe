package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// wentBack is a story of one thing that is put back as it was: its newest entries are
// deleted with its rows, and the tree stays as it is.
type wentBack struct {
	grow   func(*world, filed)              // writes what will be taken back
	stream func(filed) string               // whose newest entry it is
	back   func(*world, filed)              // puts the rows back
	read   func(*store.ReadTx, filed) error // refuses then
}

var stories = map[string]wentBack{
	"a case": {
		grow:   func(w *world, f filed) { notes(w, f, "newest") },
		stream: func(f filed) string { return ofCase(f.ID) },
		back:   func(w *world, f filed) { unnotes(w, f, "newest") },
		read: func(tx *store.ReadTx, f filed) error {
			_, err := tx.CaseFile(f.ID, true)
			return err
		},
	},
	"a member's credentials": {
		grow: func(w *world, _ filed) {
			m := testMember("anna")
			m.Secret = []byte("sealed under the new password")
			w.Write(record.KindCredentials, ofMember("anna"), func(tx *store.Tx) error { return tx.PutMember(m) })
		},
		stream: func(filed) string { return ofMember("anna") },
		back: func(w *world, _ filed) {
			w.Exec(`update member set sealed_secret = ? where id = 'anna'`, testMember("anna").Secret)
		},
		read: func(tx *store.ReadTx, _ filed) error {
			_, err := tx.MemberByEmail("anna@example.org")
			return err
		},
	},
	"the roster": {
		grow:   func(w *world, _ filed) { w.Appoint("gita", appoint.RoleMember) },
		stream: func(filed) string { return ethics.StreamRoster },
		back:   func(w *world, _ filed) { w.Exec(`delete from statement where n = (select max(n) from statement)`) },
		read: func(tx *store.ReadTx, _ filed) error {
			_, err := tx.Roster()
			return err
		},
	},
}

// TestOneThingThatWentBack: beside a program that runs, and for one that starts, on
// the day itself and when the day was closed since. Nothing reads what went back, and
// nothing is written behind it.
func TestOneThingThatWentBack(t *testing.T) {
	from, cases := populated(t)
	for name, x := range stories {
		for _, closed := range []bool{false, true} {
			for _, running := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, running %v, day closed %v", name, running, closed), func(t *testing.T) {
					w := from.Copy(t)
					x.grow(w, cases[0])
					if closed {
						w.Close("2026-11-23")
					}
					programs := []*store.Store{w.S}
					if running {
						third := w.Another()
						must(t, third.Read(context.Background(), func(tx *store.ReadTx) error {
							return x.read(tx, cases[0])
						}))
						programs = append(programs, w.Another(), third) // one has read nothing of it
					} else {
						w.Stop()
					}
					stream := x.stream(cases[0])
					w.Exec(`delete from entry where idx = (select max(idx) from entry where stream = ?)`, stream)
					x.back(w, cases[0])
					if !running {
						s, err := store.Open(context.Background(), w.Dir, &w.Log, w.Log.Verifier())
						if !closed {
							if !errors.Is(err, audit.ErrTampered) {
								t.Errorf("a program starts: %v", err)
							}
							s, err = store.Inspect(context.Background(), w.Dir, w.Log.Verifier())
							must(t, err)
							w.S = s
							w.Damaged("entry", "")
							must(t, s.Close())
							return
						}
						must(t, err)
						t.Cleanup(func() { _ = s.Close() })
						programs = []*store.Store{s}
					}
					for _, s := range programs {
						s.SetFounders(w.Founders)
						err := s.Read(context.Background(), func(tx *store.ReadTx) error {
							return x.read(tx, cases[0])
						})
						if !errors.Is(err, audit.ErrTampered) {
							t.Errorf("read: %v", err)
						}
						err = s.Write(context.Background(), entry(record.KindAppointed, stream), nothing)
						if !errors.Is(err, audit.ErrTampered) {
							t.Errorf("written behind it: %v", err)
						}
						w.S = s
						w.Damaged("entry", "")
					}
				})
			}
		}
	}
}

// TestTheStateWentBackToo: with the entries, what the last closing states of the
// stream is put back. It does not stand under the bucket's root, nor that under the
// closing's.
func TestTheStateWentBackToo(t *testing.T) {
	from, cases := populated(t)
	f := cases[0]
	stream := ofCase(f.ID)
	for name, roots := range map[string]string{
		"the state": "", "the state and the roots": "old", "the state and its own root": "its own",
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			old := filepath.Join(t.TempDir(), "old")
			w.Stop()
			storetest.CopyFile(t, filepath.Join(w.Dir, store.File), old)
			w.Open()
			was := w.Count(`select count from stream where stream = ?`, stream)
			stories["a case"].grow(w, f)
			w.Close("2026-11-23")
			w.Stop()
			w.Exec(`delete from entry where idx = (select max(idx) from entry where stream = ?)`, stream)
			stories["a case"].back(w, f)
			w.Define(`attach '`+old+
				`' as old; update main.stream set (count, last) = (select count, last from old.stream o where `+
				`o.stream = ?1) where stream = ?1`, stream)
			if n := w.Count(`select count from stream where stream = ?`, stream); n != was {
				t.Fatalf("the state is %d: the test shows nothing", n)
			}
			if roots == "its own" {
				storeRoots(t, w)
			}
			if roots == "old" {
				w.Define(`attach '` + old +
					`' as old; delete from main.bucket; insert into main.bucket select * from old.bucket`)
			}
			s, err := store.Open(context.Background(), w.Dir, &w.Log, w.Log.Verifier())
			if roots != "" {
				if !errors.Is(err, audit.ErrTampered) {
					t.Errorf("opened: %v", err)
				}
				return
			}
			must(t, err)
			t.Cleanup(func() { _ = s.Close() })
			w.S = s
			if _, err := w.CaseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("read: %v", err)
			}
			w.Names("map", "", "")
		})
	}
}
