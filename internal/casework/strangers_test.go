package casework_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

var gift = ethics.Gift{Who: "Anna, lietvede", What: "book", Value: "10", From: "publisher", When: day, Done: "kept"}

// gifts declares n gifts, some a day from a day on, and gives their numbers.
func (w *world) gifts(institution string, n int, days ...string) []string {
	w.t.Helper()
	resp, err := w.people["resp"].MemberIdentity()
	must(w.t, err)
	var rows []store.Gift
	var numbers []string
	for i := range n {
		key := derive.New().ReporterSigner()
		g := store.Gift{
			ID: uuid.NewString(), Institution: institution, Number: fmt.Sprintf("D-2026-%05d", (i*7919)%100003),
			Day: days[i*len(days)/n], Verifier: key.Public().(ed25519.PublicKey),
		}
		by, gift := seal.Author{ID: ethics.ActorReporter, Key: key}, gift
		gift.Institution = institution
		g.Sealed, err = seal.Gift(seal.Place{
			Installation: install, Stream: ethics.GiftStream(g.ID), Day: g.Day, Policy: policy.Version,
		}, g.ID, gift, by, []string{resp.Recipient().String()})
		must(w.t, err)
		rows, numbers = append(rows, g), append(numbers, g.Number)
	}
	// Each has a stream, and so an entry, of its own. Days never fall.
	for start := 0; start < n; {
		end := start
		for end < n && rows[end].Day == rows[start].Day {
			end++
		}
		var all sync.WaitGroup
		for some := range slices.Chunk(rows[start:end], (end-start)/64+1) {
			all.Go(func() {
				for _, g := range some {
					e := store.Entry{
						ID: g.ID, Day: g.Day, Kind: record.KindDeclared, Actor: "x", Stream: ethics.GiftStream(g.ID),
					}
					if err := w.s.Write(ctx, e, func(tx *store.Tx) error { return tx.AddGift(g) }); err != nil {
						w.t.Error(err)
					}
				}
			})
		}
		all.Wait()
		start = end
	}
	return numbers
}

// walk reads a register from its beginning to its end, page by page, and back.
func (w *world) walk(year string) []string {
	w.t.Helper()
	who := w.as("resp")
	var numbers []string
	var backwards [][]string
	want := gift
	want.Institution = "home"
	for at := (store.GiftKey{}); ; {
		p, err := w.cw.Gifts(ctx, who, year, at)
		must(w.t, err)
		if len(p.Rows) > casework.PageSize || p.Before != len(numbers) || (p.Newer == nil) != (len(numbers) == 0) {
			w.t.Fatalf("page of %d rows, %d before it, after %d", len(p.Rows), p.Before, len(numbers))
		}
		var page []string
		for _, d := range p.Rows {
			if d.Gift != want {
				w.t.Fatalf("%s cannot be read", d.Number)
			}
			page = append(page, d.Number)
		}
		numbers, backwards = append(numbers, page...), append(backwards, page)
		if p.Older == nil {
			if p.Total != len(numbers) {
				w.t.Errorf("%d are said to be there, %d were", p.Total, len(numbers))
			}
			break
		}
		at = *p.Older
		if len(backwards) > 3 {
			continue
		}
		back, err := w.cw.Gifts(ctx, who, year, *mustNewer(w, who, year, at))
		must(w.t, err)
		for i, d := range back.Rows {
			if d.Number != page[i] {
				w.t.Fatalf("back leads to %s, not to %s", d.Number, page[i])
			}
		}
	}
	return numbers
}

func mustNewer(w *world, who *appoint.Acting, year string, at store.GiftKey) *store.GiftKey {
	w.t.Helper()
	p, err := w.cw.Gifts(ctx, who, year, at)
	must(w.t, err)
	if p.Newer == nil {
		w.t.Fatal("no way back")
	}
	return p.Newer
}

// TestEveryGiftIsReached: 4,000 declarations of strangers hide none of the others.
func TestEveryGiftIsReached(t *testing.T) {
	w := founded(t)
	want := w.gifts("home", 4000, "2026-12-31", "2027-01-01", "2027-07-15", "2028-11-22", "2028-11-23")
	w.later(731) // on the last of these days
	got := w.walk("")
	if len(got) != 4000 || !slices.Equal(sorted(got), sorted(want)) {
		t.Fatalf("%d of 4000 are reached", len(got))
	}
	if got := w.walk("2027"); len(got) != 1600 {
		t.Errorf("%d of 2027", len(got))
	}
	if got := w.walk("2019"); len(got) != 0 {
		t.Errorf("%d of a year without any", len(got))
	}
	p, err := w.cw.Gifts(ctx, w.as("resp"), "", store.GiftKey{})
	must(t, err)
	if p.From != "2026" || p.To != "2028" || p.Today != (casework.Influx{Count: 800, Full: true}) {
		t.Errorf("from %s to %s, today %+v", p.From, p.To, p.Today)
	}
	if p, err := w.cw.Gifts(ctx, w.as("resp"), "", store.GiftKey{Day: "1999-01-01", Number: "D-0"}); err != nil ||
		p.Before != 0 || len(p.Rows) != casework.PageSize {
		t.Errorf("a place behind the last: %d rows, %v", len(p.Rows), err)
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// TestQuotaOfStrangers: a day takes so many declarations and so many consultations
// for an institution. Reports, the same form sent again and a consultation that was begun are
// never refused; the next day takes more.
func TestQuotaOfStrangers(t *testing.T) {
	w := trusted(t)
	w.in.Limits.NewADay, w.cw.Limits.NewADay = 3, 3
	first := derive.New()
	number, err := w.in.DeclareGift(ctx, first, "home", gift)
	must(t, err)
	var wait sync.WaitGroup
	answers := make(chan error, 12)
	for range cap(answers) { // at once: the limit is held where it is written
		wait.Go(func() { answers <- second(w.in.DeclareGift(ctx, derive.New(), "home", gift)) })
	}
	wait.Wait()
	close(answers)
	refused := 0
	for err := range answers {
		if errors.Is(err, ethics.ErrQuota) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if n := w.count(`select count(*) from gift`); n != 3 || refused != 10 {
		t.Fatalf("%d declarations, %d refused", n, refused)
	}
	if again, err := w.in.DeclareGift(ctx, first, "home", gift); err != nil || again != number {
		t.Errorf("the same form again: %s, %v", again, err)
	}

	f, visit := w.asked(asks())
	draft := derive.New()
	must(t, second(w.in.Consult(ctx, draft, asks())))
	_, erased := w.asked(asks())
	must(t, w.dia.EraseConsultation(ctx, erased)) // makes no room for another
	if _, err := w.in.Consult(ctx, derive.New(), asks()); !errors.Is(err, ethics.ErrQuota) {
		t.Errorf("a fourth consultation: %v", err)
	}
	if again, err := w.in.Consult(ctx, draft, asks()); err != nil || !again.Again {
		t.Errorf("the same question again: %v", err)
	}
	must(t, second(w.dia.Say(ctx, visit, derive.New(), "and more")))
	must(t, second(w.cw.WriteConsultation(ctx, w.as("tija"), f.Number, derive.New(), "an answer", false)))
	for range 5 {
		w.file()
	}
	keeper, err := w.cw.Gifts(ctx, w.as("resp"), "", store.GiftKey{})
	must(t, err)
	adviser, err := w.cw.Consultations(ctx, w.as("tija"), store.ConsultationKey{})
	must(t, err)
	if !keeper.Today.Full || !adviser.Today.Full || keeper.Today.Count != 0 {
		t.Errorf("those who keep them are told %+v, %+v", keeper.Today, adviser.Today)
	}

	w.tomorrow()
	must(t, second(w.in.DeclareGift(ctx, derive.New(), "home", gift)))
	w.asked(asks())
	if p, err := w.cw.Gifts(ctx, w.as("resp"), "", store.GiftKey{}); err != nil || p.Today != (casework.Influx{}) {
		t.Errorf("the day after: %+v, %v", p.Today, err)
	}
}

// TestAnotherInstitutionTakesIt: the quota of one closes no other.
func TestAnotherInstitutionTakesIt(t *testing.T) {
	w := founded(t)
	w.alternate()
	w.in.Limits.NewADay = 1
	for _, r := range w.as("resp").Roster.Institutions() {
		if len(w.in.GiftKeepers(w.as("resp").Roster, r.ID)) == 0 {
			t.Fatalf("%s has no keeper", r.ID)
		}
		must(t, second(w.in.DeclareGift(ctx, derive.New(), r.ID, gift)))
		if _, err := w.in.DeclareGift(ctx, derive.New(), r.ID, gift); !errors.Is(err, ethics.ErrQuota) {
			t.Errorf("%s: %v", r.ID, err)
		}
	}
}

// TestEveryTalkIsReached: a flood of new consultations comes first, as new ones do,
// and hides none that waits for an answer, was answered or has ended.
func TestEveryConsultationIsReached(t *testing.T) {
	w := trusted(t)
	w.in.Limits.NewADay, w.cw.Limits.NewADay = 100, 100
	want := map[string]string{}
	for i := range 45 {
		f, visit := w.asked(asks())
		stands := casework.ConsultationNew
		switch i {
		case 3, 17:
			must(t, second(w.cw.WriteConsultation(ctx, w.as("tija"), f.Number, derive.New(), "an answer", false)))
			stands = casework.ConsultationAnswered
		case 5, 30:
			must(t, second(w.cw.WriteConsultation(ctx, w.as("tija"), f.Number, derive.New(), "an answer", false)))
			must(t, second(w.dia.Say(ctx, visit, derive.New(), "and more")))
			stands = casework.ConsultationWaits
		case 9:
			must(t, w.cw.EndConsultation(ctx, w.as("tija"), f.Number))
			stands = casework.ConsultationEnded
		}
		want[f.Number] = stands
	}
	hidden, _ := w.asked(asks("tija"))
	var order []string
	for at := (store.ConsultationKey{}); ; {
		p, err := w.cw.Consultations(ctx, w.as("tija"), at)
		must(t, err)
		if len(p.Rows) > casework.PageSize || p.Total != 45 || p.Before != len(order) {
			t.Fatalf("page of %d, %d before, %d in all", len(p.Rows), p.Before, p.Total)
		}
		for _, x := range p.Rows {
			if want[x.Number] != x.Stands || x.Number == hidden.Number {
				t.Errorf("%s stands as %s, not %s", x.Number, x.Stands, want[x.Number])
			}
			order = append(order, x.Stands)
		}
		if p.Older == nil {
			if back, err := w.cw.Consultations(ctx, w.as("tija"), *p.Newer); err != nil ||
				back.Before != 20 || len(back.Rows) != 20 {
				t.Errorf("the page before the last: %d before it, %v", back.Before, err)
			}
			break
		}
		at = *p.Older
	}
	place := func(s string) int {
		return slices.Index([]string{
			casework.ConsultationNew, casework.ConsultationWaits, casework.ConsultationAnswered,
			casework.ConsultationEnded,
		},
			s)
	}
	if len(order) != 45 || !slices.IsSortedFunc(order, func(a, b string) int { return place(a) - place(b) }) {
		t.Errorf("%d in the order %q", len(order), order)
	}
	p, err := w.cw.Consultations(ctx, w.as("tija"), store.ConsultationKey{})
	if err != nil || p.Today.Count != 46 || p.Today.Full {
		t.Errorf("today %+v, %v", p.Today, err)
	}
	w.clock = w.clock.AddDate(0, 0, 180)
	must(t, w.cw.SweepConsultations(ctx))
	if n := w.count(`select count(*) from consultation where state = 'open'`); n != 0 {
		t.Errorf("%d are not ended", n)
	}
}
