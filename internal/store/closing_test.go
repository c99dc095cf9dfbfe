package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// mapOf is the root over how far each stream came before an entry, made of the rows
// as they stand there.
func mapOf(t *testing.T, w *world, before int64) tlog.Hash {
	t.Helper()
	rows, err := w.Raw().
		Query(`select idx, generation, day, stream, number, prev, sum from entry where idx < ? order by idx`, before)
	must(t, err)
	defer func() { _ = rows.Close() }()
	states := map[string]audit.State{}
	for rows.Next() {
		var e audit.Entry
		var prev, sum []byte
		must(t, rows.Scan(&e.Index, &e.Generation, &e.Day, &e.Stream, &e.Number, &prev, &sum))
		copy(e.Prev[:], prev)
		copy(e.Sum[:], sum)
		states[e.Stream] = audit.State{Count: states[e.Stream].Count + 1, Last: audit.LeafHash(e)}
	}
	must(t, rows.Err())
	byBucket, m := map[int][]audit.StreamState{}, audit.Map{}
	for stream, st := range states {
		b := audit.Bucket(stream)
		byBucket[b] = append(byBucket[b], audit.StreamState{Stream: stream, State: st})
	}
	for b, all := range byBucket {
		m[b] = audit.BucketRoot(all)
	}
	return m.Root()
}

// storeRoots writes the roots of all buckets as the states that stand there give them,
// and gives the root of that map.
func storeRoots(t *testing.T, w *world) tlog.Hash {
	t.Helper()
	rows, err := w.Raw().Query(`select bucket, stream, count, last from stream`)
	must(t, err)
	defer func() { _ = rows.Close() }()
	byBucket, m := map[int][]audit.StreamState{}, audit.Map{}
	for rows.Next() {
		var s audit.StreamState
		var bucket int
		var last []byte
		must(t, rows.Scan(&bucket, &s.Stream, &s.Count, &last))
		copy(s.Last[:], last)
		byBucket[bucket] = append(byBucket[bucket], s)
	}
	must(t, rows.Err())
	for b, all := range byBucket {
		m[b] = audit.BucketRoot(all)
	}
	const block = 256
	for b := range m {
		var roots []byte
		for n := range block {
			h := m.Of(b/block*block + n)
			roots = append(roots, h[:]...)
		}
		w.Exec(`update bucket set roots = ? where block = ?`, roots, b/block)
	}
	return m.Root()
}

// closing is the newest closing's entry.
func closing(t *testing.T, w *world) (e audit.Entry) {
	t.Helper()
	w.Read(func(tx *store.ReadTx) error {
		all, err := tx.Entries(ethics.StreamDays)
		if err == nil {
			e = all[len(all)-1]
		}
		return err
	})
	return e
}

// TestClosing: the last entry under a day's checkpoint names the map of everything
// before it, the counters and the checkpoint before. Whoever makes it twice changes
// nothing.
func TestClosing(t *testing.T) {
	w, _ := storetest.WithAuditor(t)
	var before []byte
	for n, day := range []ethics.Day{"2026-11-19", "2026-11-20", today} {
		w.Close(day)
		e := closing(t, w)
		root := mapOf(t, w, e.Index)
		note := []byte(w.Text(`select note from checkpoint where day = ?`, day))
		head, err := audit.OpenHead(note, w.Log.Verifier())
		must(t, err)
		switch {
		case e.Index != head.Size-1 || e.Kind != record.KindDayClosed || e.Number != int64(n) || e.Day != today:
			t.Errorf("%s: entry %+v is the last of %d", day, e, head.Size)
		case head != w.Head():
			t.Errorf("%s: the checkpoint is not the head", day)
		case !bytes.Equal(e.FactOf(record.FactMap), root[:]):
			t.Errorf("%s: the map has another root", day)
		case !bytes.Equal(e.FactOf(record.FactBefore), before):
			t.Errorf("%s: another checkpoint stands before it", day)
		case string(e.FactOf(record.FactDay)) != day:
			t.Errorf("%s: closed as %s", day, e.FactOf(record.FactDay))
		}
		counters, err := record.ParseCounters(e.FactOf(record.FactCounters))
		must(t, err)
		if want := (record.Counters{
			record.CasesOf("home"): 2 + int64(n), record.Held("anna"): 2 + int64(n), record.Held("berta"): 2 + int64(n),
		}); fmt.Sprint(counters) != fmt.Sprint(want) {
			t.Errorf("%s: counted %v, want %v", day, counters, want)
		}
		sum := sha256.Sum256(note)
		before = sum[:]
		all := `select (select count(*) from entry) || ' ' || (select count(*) from node) || ' ' || (select ` +
			`count(*) from checkpoint) || ' ' || (select hex(note) from tree_head)`
		was := w.Text(all)
		w.Close(day)
		w.Close("2026-11-18") // days are closed in order
		if w.Text(all) != was {
			t.Errorf("%s: made twice, something changed", day)
		}
		w.Sound()
		w.File()
	}
	must(t, w.S.Extends(context.Background(),
		[]byte(w.Text(`select note from checkpoint where day = ?`, "2026-11-19"))))
}

// TestNewestCheckpoint: another note in the place of the newest checkpoint's, an older
// row or none is not shown as the newest.
func TestNewestCheckpoint(t *testing.T) {
	for name, lie := range map[string]string{
		"": ``,
		"an older note": `update checkpoint set note = (select note from checkpoint order by day limit 1) where ` +
			`day = (select max(day) from checkpoint)`,
		"gone":         `delete from checkpoint where day = (select max(day) from checkpoint)`,
		"all gone":     `delete from checkpoint`,
		"another size": `update checkpoint set size = size + 1 where day = (select max(day) from checkpoint)`,
		"another signer": `update checkpoint set note = cast(replace(cast(note as text), 'a', 'b') as blob) where ` +
			`day = (select max(day) from checkpoint)`,
	} {
		w := founded(t)
		newest := func() error {
			return w.S.Read(t.Context(), func(tx *store.ReadTx) error { _, err := tx.LastCheckpoint(); return err })
		}
		if err := newest(); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("before the first: %v", err)
		}
		w.Close("2026-11-21")
		w.Close(today)
		w.Write("opened", ethics.StreamProgram, nothing)
		if lie != "" {
			w.Exec(lie)
		}
		err := newest()
		if refused := !errors.Is(err, ethics.ErrNotFound) && errors.Is(err, audit.ErrTampered) ||
			errors.Is(err, audit.ErrHead); refused != (lie != "") || !refused && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAClosingLaundersNothing: a stream that somebody put into the states of closed
// days, in a bucket that grew since, is in no map that is signed.
func TestAClosingLaundersNothing(t *testing.T) {
	w := founded(t)
	f := w.File()
	w.Close(today)
	w.Write("noted", ofCase(f.ID), put(f.ID))
	w.Exec(`insert into stream select bucket, 'case/ghost', 1, last from stream where stream = ?`, ofCase(f.ID))
	size := w.Size()
	if err := w.S.MakeCheckpoint(t.Context(), "2026-11-23"); !errors.Is(err, audit.ErrTampered) || w.Size() != size {
		t.Errorf("closed: %v", err)
	}
	w.Names("map", "", "")
}

// TestFalseCounters: the operator closes a day with counters that make a list look
// whole. Nobody who starts can know, the verification does.
func TestFalseCounters(t *testing.T) {
	w := founded(t)
	w.File()
	w.Close(today)
	w.Stop()
	at := w.Count(`select max(idx) from entry`)
	w.Forge(int64(at), func(b *audit.Body) {
		for n := range b.Facts {
			if b.Facts[n].Name == record.FactCounters {
				b.Facts[n].Value = record.Counters{record.CasesOf("home"): 1, record.Held("anna"): 1}.Bytes()
			}
		}
	})
	w.SignHead(w.Rebuild())
	w.Exec(`update checkpoint set note = (select note from tree_head)`)
	w.Open()
	w.Damaged("map", record.Held("berta"))
}

// TestCounters equal counted rows, across closings and a restart, whatever was added
// and taken away.
func TestCounters(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	check := func(when string) {
		t.Helper()
		w.Read(func(tx *store.ReadTx) error {
			for name, query := range map[string]string{
				record.CasesOf("home"): `select count(*) from cases`,
				record.Held("anna"):    `select count(*) from case_grant where member_id = 'anna' and via <> 'renewed'`,
				record.Held("berta"): `select count(*) from case_grant where member_id = 'berta' and via <> ` +
					`'renewed'`,
				record.GiftsOf("home"):         `select count(*) from gift`,
				record.ConsultationsOf("home"): `select count(*) from consultation`,
				record.CasesOf("none"):         `select 0`,
			} {
				if n, err := tx.Counter(name); err != nil || n != w.Count(query) {
					t.Errorf("%s: %s is %d, %v, counted %d", when, name, n, err, w.Count(query))
				}
			}
			return nil
		})
	}
	again := func(when string, day ethics.Day) {
		check(when)
		w.Close(day)
		check(when + ", day closed")
		w.Stop()
		w.Open()
		check(when + ", started again")
		w.Sound()
	}
	again("filed", "2026-11-18")
	w.Write("gift_declared", ethics.GiftStream("gift"), func(tx *store.Tx) error {
		return tx.AddGift(storetest.Gift())
	})
	w.Write(record.KindConsultation, ofConsultation, func(tx *store.Tx) error {
		return tx.AddConsultation(consultation(), []byte("talk"), talked(0, ethics.ActorReporter), storetest.Asked(t))
	})
	again("with others", "2026-11-19")
	signed := w.Opens(opening(cases[1].ID, 1, "berta", "anna"))
	e := entry(record.KindRemoved, ofCase(cases[1].ID))
	e.Actor = "berta"
	must(t, w.S.Write(t.Context(), e, func(tx *store.Tx) error {
		c, err := tx.Case(cases[1].ID)
		said := ethics.Envelope{
			Case: c.ID, ID: "removal", Sequence: c.Sequence, Kind: ethics.KindRemoval, Author: "berta", Epoch: 1,
			Day: today, Sealed: []byte("x"),
		}
		return errors.Join(err, tx.RemoveGrants(c.ID, "berta"), tx.Open(&c, signed), tx.AddEnvelope(&c, said),
			tx.PutCase(c))
	}))
	again("removed", "2026-11-20")
	x := w.Erasure(cases[0], "anna", "audra")
	must(t, w.Approve(x))
	must(t, w.Erase(x))
	again("erased", "2026-11-21")
}

// TestClosingWhileOthersWrite: no entry comes between a day's fillers and its closing,
// so that the size of a checkpoint never tells.
func TestClosingWhileOthersWrite(t *testing.T) {
	w := founded(t)
	var all sync.WaitGroup
	for n := range 90 {
		all.Go(func() {
			id := uuid.NewString()
			if err := w.Tries("filed", ofCase(id), storetest.Plain(id)); err != nil {
				t.Error(err)
			}
		})
		if n%30 == 15 {
			all.Go(func() {
				if err := w.S.MakeCheckpoint(context.Background(), fmt.Sprintf("2026-11-%d", 12+n/30)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	w.Close("2026-11-20")
	last := 0
	for _, size := range w.Column(`select size from checkpoint order by size`) {
		var n int
		_, err := fmt.Sscan(size, &n)
		must(t, err)
		if grown := n - last; grown != 64 && grown != 256 {
			t.Errorf("a day of %d entries", grown)
		}
		last = n
	}
	if v := w.Sound(); v.Cases != 90 {
		t.Errorf("%+v", v)
	}
}

// TestStartReadsTheTail: a program that starts reads what came since the last closed
// day, however long the log is. Here everything older is not even there.
func TestStartReadsTheTail(t *testing.T) {
	w := founded(t)
	f := w.File()
	for _, day := range []ethics.Day{"2026-11-19", "2026-11-20", "2026-11-21"} {
		for range 20 {
			w.Write("noted", ofCase(f.ID), put(f.ID))
		}
		w.Close(day)
	}
	g := w.File()
	w.Write("noted", ofCase(g.ID), put(g.ID))
	w.Stop()
	closed := w.Count(`select max(size) from checkpoint`)
	w.Exec(`delete from entry where idx < ? - 1`, closed)
	w.Exec(`delete from stream where stream <> 'days'`)
	w.Open()
	if n := w.S.Followed(); n != 1+2 {
		t.Errorf("%d entries are remembered, not the closing and what came since", n)
	}
	if err := noted(w.S, f.ID); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("a case without entries: %v", err)
	}
}

// TestDaysNeverFall: a group of writes is of more than one day, some of them late.
// Each entry is of its own day or of the one before it.
func TestDaysNeverFall(t *testing.T) {
	w := founded(t)
	write := func(id string, day ethics.Day) func() error {
		return func() error {
			e := entry("noted", ofMember(id))
			e.Day = day
			return w.S.Write(context.Background(), e, func(tx *store.Tx) error { return tx.PutMember(testMember(id)) })
		}
	}
	for _, err := range together(w, write("a", "2026-11-23"), write("b", "2026-11-22"), write("c", "2026-11-24"),
		write("d", "2026-11-23")) {
		must(t, err)
	}
	must(t, write("e", "2026-11-23")())
	days := w.Column(`select stream || ' ' || day from entry where idx >= ? order by idx`, storetest.FoundedEntries)
	if want := "[member/a 2026-11-23 member/b 2026-11-23 member/c 2026-11-24 member/d 2026-11-24 member/e " +
		"2026-11-24]"; fmt.Sprint(days) != want {
		t.Errorf("days %v", days)
	}
	w.Close("2026-11-23")
	if e := closing(t, w); e.Day != "2026-11-24" || string(e.FactOf(record.FactDay)) != "2026-11-23" {
		t.Errorf("closed on %s", e.Day)
	}
	w.Sound()
	other := w.Another() // reads them all
	must(t, other.Close())
	w.Stop()
	w.Open()
}
