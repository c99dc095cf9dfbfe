package casework_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// The person stepped aside meanwhile: there is nothing left to approve, and the
// proposal does not stand in the way for ever. So too when the proposer left.
func TestStaleTaking(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.three()
	w.excludes("chair", f, "resp", true)
	must2(t)(w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(), "own word"))
	if slices.Contains(w.holders(f), "resp") {
		t.Fatal("stepping aside waits for the proposal")
	}
	if err := w.decides("member", f, true); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("approved: %v", err)
	}
	must(t, w.decides("member", f, false))

	g := w.three()
	w.excludes("chair", g, "resp", true)
	must2(t)(w.cw.Recuse(ctx, w.as("chair"), g.Number, derive.New(), "own word"))
	if err := w.decides("member", g, true); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("approved after the proposer left: %v", err)
	}
	must(t, w.decides("member", g, false))
	if !slices.Contains(w.holders(g), "resp") {
		t.Error("taken")
	}
	w.sound()
}

// A removal that says two people took it is shown only where two did: a chair or
// responsible person proposed those very words, and another, who is not the one it
// is about, approved them and took it.
func TestForgedTaking(t *testing.T) {
	w := founded(t)
	f := w.three()
	w.excludes("chair", f, "resp", true)
	p := w.look("member", f).Open.ID
	taken := func(change func(*ethics.Removal)) ethics.Removal {
		r := ethics.Removal{Why: ethics.WhyExcluded, Members: []string{"resp"}, Reason: "SECRET cause", Proposal: p}
		if change != nil {
			change(&r)
		}
		return r
	}
	approves := func(who, proposal string) {
		w.put(f, ethics.KindApproval, ethics.Approval{Proposal: proposal, Digest: w.sealed(proposal), Approved: true},
			w.by(who), false)
	}
	try := func(name, by string, r ethics.Removal, want bool) {
		t.Helper()
		id := w.put(f, ethics.KindRemoval, r, w.by(by), false)
		if i := w.thread("chair", f)[id]; i.Untrusted == want {
			t.Errorf("%s: taken for true: %v", name, !i.Untrusted)
		}
	}
	try("no approval", "member", taken(nil), false)
	try("by a member alone", "member", ethics.Removal{Why: ethics.WhyExcluded, Members: []string{"chair"}}, false)
	for _, who := range []string{"chair", "resp", "member"} {
		approves(who, p)
	}
	try("approved by the proposer", "chair", taken(nil), false)
	try("approved by whom it is about", "resp", taken(nil), false)
	try("of somebody else", "member", taken(func(r *ethics.Removal) { r.Members = []string{"chair"} }), false)
	try("for something else", "member", taken(func(r *ethics.Removal) { r.Why = ethics.WhyEscalated }), false)
	try("in other words", "member", taken(func(r *ethics.Removal) { r.Reason = "other" }), false)
	try("no such proposal", "member", taken(func(r *ethics.Removal) { r.Proposal = f.id }), false)
	mine := w.put(f, ethics.KindProposal,
		ethics.Proposal{Step: "exclude_colleague", Reason: "SECRET cause", Removal: &ethics.Removal{
			Why: ethics.WhyExcluded, Members: []string{"resp"},
		}}, w.by("member"), false)
	approves("chair", mine)
	try("proposed by a member", "chair", taken(func(r *ethics.Removal) { r.Proposal = mine }), false)
	try("by two", "member", taken(nil), true)
}

// A row that promises an exclusion and a text that proposes something else, or the
// other way round, cannot be trusted.
func TestRowAndProposalDiffer(t *testing.T) {
	w := founded(t)
	w.appoint("second", "home", appoint.RoleResponsible, "", "resp", "chair")
	for step, body := range map[ethics.Act]ethics.Proposal{
		"exclude_colleague": {Step: "mute", From: "received", To: "received", Reason: "x"},
		"mute": {
			Step: "exclude_colleague", From: "received", To: "received", Reason: "x",
			Removal: &ethics.Removal{Why: ethics.WhyExcluded, Members: []string{"resp"}},
		},
	} {
		f := w.three()
		id := w.put(f, ethics.KindProposal, body, w.by("chair"), false)
		w.write("proposed", f.id, func(tx *store.Tx) error {
			return tx.AddProposal(store.Proposal{
				ID: id, Case: f.id, Step: step, Proposer: "chair", State: "open", Day: day,
			})
		})
		if err := w.decides("second", f, true); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", step, err)
		}
	}
}

// Somebody who never opened the case steps aside after two people took it from
// another: the program reads, unseen, whom it must not give it to, and finds others.
func TestUnseenAfterTaking(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.file()
	w.excludes("resp", f, "chair", true)
	must(t, w.decides("member", f, true))
	must2(t)(w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "cousin"))
	must2(t)(w.cw.Recuse(ctx, w.as("up_chair"), f.Number, derive.New(), "cousin")) // came for the chair
	if h := w.holders(f); len(h) != 2 || !slices.Contains(h, "up_resp") {
		t.Errorf("held by %v", h)
	}
	w.sound()
}

// Passing the case on takes it from whom it is about: where that is a chair, two
// people's word. Nobody is given the case before.
func TestEscalatedByTwo(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.three()
	taken, err := w.cw.Escalate(ctx, w.as("resp"), f.Number, derive.New(), []string{"chair"}, "the chair is named")
	if err != nil || !taken.Proposed || !slices.Contains(w.holders(f), "chair") || len(w.holders(f)) != 3 {
		t.Fatalf("waits %v, %v; held by %v", taken.Proposed, err, w.holders(f))
	}
	if err := w.decides("chair", f, true); !errors.Is(err, casework.ErrConcerned) {
		t.Errorf("by whom it is about: %v", err)
	}
	must(t, w.decides("member", f, true))
	if h := w.holders(f); slices.Contains(h, "chair") || !slices.Contains(h, "up_resp") ||
		!slices.Contains(h, "up_chair") {
		t.Errorf("held by %v", h)
	}
	w.sound()

	// Oneself too: who proposed it reads it.
	b := w.three()
	must2(t)(w.cw.Escalate(ctx, w.as("resp"), b.Number, derive.New(), []string{"chair", "resp"}, "both are named"))
	if x := w.look("resp", b).Open; x.Concerns || !x.Mine || x.Content.Reason != "both are named" {
		t.Error("hidden from who wrote it")
	}

	// Only oneself is involved: one's own word, at once.
	g := w.three()
	taken, err = w.cw.Escalate(ctx, w.as("resp"), g.Number, derive.New(), []string{"resp"}, "it is about me")
	if err != nil || taken.Proposed || slices.Contains(w.holders(g), "resp") {
		t.Errorf("waits %v, %v; held by %v", taken.Proposed, err, w.holders(g))
	}
}

// The step's form does not propose it: it has one of its own, which says whom.
func TestTakingHasItsOwnForm(t *testing.T) {
	w := founded(t)
	f := w.three()
	if err := w.take("chair", f, casework.Act{Step: "exclude_colleague"}); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("proposed against nobody: %v", err)
	}
	for _, a := range w.cw.Acts(w.look("chair", f)) {
		if a.OwnForm {
			t.Errorf("%s is offered as a step", a.ID)
		}
	}
}

// The chair hands over for a responsible person whose term ends: the colleague gets
// the cases, and the leaver keeps the own key until the last day.
func TestHandedOverAndNotTaken(t *testing.T) {
	w := founded(t)
	w.appoint("late", "home", appoint.RoleResponsible, "2026-12-01", "resp", "chair")
	f := w.file()
	w.stated("chair", f)
	if !slices.Contains(w.holders(f), "late") {
		t.Fatalf("held by %v", w.holders(f))
	}
	for _, want := range []casework.Handed{{Given: 1}, {Held: 1}} {
		done, err := w.cw.HandOver(ctx, w.as("chair"), "late", "member", derive.New())
		if err != nil || done != want {
			t.Fatalf("%+v, %v", done, err)
		}
		if n := w.count(`select count(*) from envelope where kind = 'removal'`); n != 1 {
			t.Errorf("%d records", n)
		}
		if h := w.holders(f); !slices.Contains(h, "late") || !slices.Contains(h, "member") {
			t.Errorf("held by %v", h)
		}
	}
	done, err := w.cw.HandOver(ctx, w.as("late"), "late", "member", derive.New())
	if err != nil || done != (casework.Handed{Held: 1}) || slices.Contains(w.holders(f), "late") {
		t.Errorf("the own word: %+v, %v; held by %v", done, err, w.holders(f))
	}
	w.sound()
}

// One signature suspends for some days: it takes neither a voter from a decision nor
// what takes two from a leader.
func TestSuspendedIsNotTakenAway(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	must(t, w.vote("member", f, "for", ""))
	must(t, w.vote("second", f, "against", ""))
	before := w.look("chair", f).Facts.Votes
	w.suspend("second", "member")
	if after := w.look("chair", f).Facts.Votes; after != before {
		t.Errorf("votes before %+v, after one member suspended another %+v", before, after)
	}

	w = founded(t)
	w.appointNamed("resp-two", "N resp", "home", appoint.RoleMember, "member", "chair")
	f = w.three()
	w.suspend("resp", "member")
	w.excludes("chair", f, "resp-two", true)
	if !slices.Contains(w.holders(f), "resp") {
		t.Error("a leader who is suspended lost the case by one person's word")
	}
}

// With the operator's help one leader takes the case from another, in words or without
// any: the removal is not believed, or the case is not.
func TestTakenByOneAndTheOperator(t *testing.T) {
	w := founded(t)
	f := w.three()
	id := w.takenAlone(f, "resp", true)
	if i := w.thread("member", f)[id]; !i.Untrusted {
		t.Errorf("believed: %+v", i)
	}

	w = founded(t)
	f = w.three()
	w.takenAlone(f, "resp", false)
	w.untrusted("a note", func() error {
		return second(w.cw.Note(ctx, w.as("member"), f.Number, derive.New(), "x", ""))
	})
	w.untrusted("stepping aside", func() error {
		return second(w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "x"))
	})

	w = founded(t)
	f = w.three()
	must(t,
		w.s.Write(ctx, store.Entry{
			ID: uuid.NewString(), Day: w.today(), Kind: record.KindTermEnded, Actor: ethics.ActorSystem,
			Stream: ethics.CaseStream(f.id),
		},
			func(tx *store.Tx) error { return tx.RemoveGrants(f.id, "resp") }))
	w.untrusted("a note, after the program took the case from somebody in office", func() error {
		return second(w.cw.Note(ctx, w.as("member"), f.Number, derive.New(), "x", ""))
	})
}

// An entry that bars somebody, beside which no removal says so, steers whom the case
// is given next. Nobody believes it.
func TestBarredByAnEntryAlone(t *testing.T) {
	for _, kind := range []audit.EntryKind{record.KindRemoved, "note"} {
		w := founded(t)
		w.appoint("honest", "home", appoint.RoleMember, "", "resp", "chair")
		f := w.three()
		w.stated("resp", f)
		storetest.Append(t, w.dir, w.log, ethics.CaseStream(f.id),
			audit.Body{Kind: kind, Actor: "chair", Facts: []audit.Fact{record.Bar("honest")}})
		w.untrusted("opening", func() error { return second(w.cw.Open(ctx, w.as("resp"), f.Number)) })
		w.untrusted("stepping aside", func() error {
			return second(w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(), "x"))
		})
		if w.damage() == nil {
			t.Errorf("%s: verification calls it sound", kind)
		}
	}
}

// takenAlone has the chair and the operator take the case from a colleague: the next
// epoch, the end of the grant and, with text, the removal, signed by the chair.
func (w *world) takenAlone(f filed, member string, text bool) string {
	w.t.Helper()
	c := w.caseFile(f)
	at := w.place(c)
	at.Epoch, at.Sequence = c.Epoch+1, 0
	var remain []seal.Holder
	r, err := w.in.Roster(ctx)
	must(w.t, err)
	for _, id := range c.Holders() {
		if id != member {
			m, err := r.Member(id)
			must(w.t, err)
			remain = append(remain, seal.Holder{ID: id, Recipient: m.Recipient})
		}
	}
	next, err := seal.NewEpoch(at, w.by("chair"), remain)
	must(w.t, err)
	open := store.Opening{Epoch: store.Epoch{
		Case: f.id, Number: at.Epoch, Recipient: next.Recipient, Signer: "chair",
		Signature: next.Signature, Day: at.Day,
	}}
	for _, g := range next.Grants {
		open.Grants = append(open.Grants,
			store.Grant{
				Case: f.id, Member: g.Member, ID: g.ID, Giver: "chair", Via: store.ViaRenewed, Epoch: at.Epoch,
				Day: at.Day, Sealed: g.Sealed, Signature: g.Signature,
			})
	}
	at = w.place(c)
	at.Epoch++
	e, err := seal.Envelope(at, uuid.NewString(), ethics.KindRemoval,
		ethics.Removal{Why: ethics.WhyExcluded, Members: []string{member}, Reason: "x"},
		w.by("chair"), next.Recipient, "")
	must(w.t, err)
	must(w.t,
		w.s.Write(ctx, store.Entry{
			ID: uuid.NewString(), Day: w.today(), Kind: record.KindRemoved, Actor: "chair",
			Stream: ethics.CaseStream(f.id),
		},
			func(tx *store.Tx) error {
				c, err := tx.Case(f.id)
				err = errors.Join(err, tx.RemoveGrants(f.id, member), tx.Open(&c, open))
				if text {
					tx.Bar(member)
					err = errors.Join(err, tx.AddEnvelope(&c, e))
				}
				return errors.Join(err, tx.PutCase(c))
			}))
	return e.ID
}
