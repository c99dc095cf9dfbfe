package casework_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// excludes asks for an exclusion and wants it to happen at once, or to wait.
func (w *world) excludes(who string, f filed, member string, waits bool) {
	w.t.Helper()
	taken, err := w.cw.Exclude(ctx, w.stated(who, f), f.Number, derive.New(), member, "SECRET cause")
	if err != nil || taken.Proposed != waits {
		w.t.Fatalf("%s excludes %s: waits %v, %v", who, member, taken.Proposed, err)
	}
}

// seconds are the ids of who may approve, as the page before the button says.
func (w *world) seconds(who string, f filed, member string) (holders, comes []string) {
	w.t.Helper()
	l, err := w.cw.Exclusion(w.look(who, f), member)
	must(w.t, err)
	if !l.NeedsTwo {
		w.t.Errorf("%s: one person is said to be enough", member)
	}
	for _, m := range l.Approvers {
		holders = append(holders, m.ID)
	}
	for _, m := range l.NewApprover {
		comes = append(comes, m.ID)
	}
	return holders, comes
}

// The chair takes the keepers of a vault away one by one. The first, who does not
// hold the case, goes at once; from then on each takes somebody else's approval,
// and nothing is lost while it waits.
func TestSharesAreNotTakenByOne(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	w.stated("resp", f)
	chair := w.stated("chair", f)
	w.excludes("chair", f, "up_resp", false)
	if n := w.count(`select count(*) from vault_share`); n != 2 {
		t.Fatalf("%d keepers", n)
	}
	for _, m := range w.cw.Excludable(w.open(chair, f)) {
		taken, err := w.cw.Exclude(ctx, chair, f.Number, derive.New(), m.ID, "because")
		if err == nil && !taken.Proposed && m.ID == "resp" {
			t.Errorf("%s is gone by one person's word", m.ID)
		}
	}
	o := w.open(chair, f)
	if !o.Vault.Openable() || len(o.Vault.Holders) != 2 || !slices.Contains(w.holders(f), "resp") {
		t.Fatalf("keepers %v, openable %v", o.Vault.Holders, o.Vault.Openable())
	}
	w.sound()
}

// A keeper who is no leader of the case and does not hold it is one of the last
// two: shares are counted by people.
func TestLastKeepers(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	w.stated("resp", f)
	// resp and up_resp keep shares
	must2(t)(w.cw.Recuse(ctx, w.stated("chair", f), f.Number, derive.New(), "own word, at once"))
	if n := w.count(`select count(*) from vault_share`); n != 2 || slices.Contains(w.holders(f), "chair") {
		t.Fatalf("%d keepers; the chair's own stepping aside is not to wait", n)
	}
	left := slices.DeleteFunc([]string{"up_resp", "up_chair"}, func(id string) bool {
		return w.count(`select count(*) from vault_share where member_id = '`+id+`'`) == 0
	})
	if len(left) != 1 || slices.Contains(w.holders(f), left[0]) {
		t.Fatalf("keepers besides resp: %v; held by %v", left, w.holders(f))
	}
	w.excludes("resp", f, left[0], true)
	if n := w.count(`select count(*) from vault_share`); n != 2 {
		t.Errorf("%d keepers while it waits", n)
	}
}

// A person with two ids keeps one share's worth of the vault: two ids are no two
// keepers.
func TestKeepersArePeople(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	w.stated("resp", f)
	w.stated("chair", f)
	w.appointNamed("resp2", "N resp", "up", appoint.RoleResponsible, "chair", "member")
	w.excludes("chair", f, "up_resp", false) // resp and chair are left: two people
	w.appointNamed("chair2", "N chair", "up", appoint.RoleMember, "resp", "member")
	if _, err := w.cw.Exclude(ctx, w.as("chair"), f.Number, derive.New(), "chair2",
		"x"); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("the chair excludes the own other id: %v", err)
	}
	w.excludes("chair", f, "resp2", true) // another id of who leads the case
	if o := w.look("resp", f); o.Open == nil || !o.Open.Concerns {
		t.Error("not said to be about the person's other id")
	}
	must2(t)(w.cw.Assign(ctx, w.as("chair"), f.Number, derive.New(), []string{"up_chair"}, "decides"))
	must(t, w.decides("up_chair", f, true))
	if h := w.holders(f); slices.Contains(h, "resp") || slices.Contains(h, "resp2") {
		t.Errorf("held by %v", h)
	}
	if n := w.count(`select count(*) from vault_share where member_id like 'resp%'`); n != 0 {
		t.Errorf("%d shares of who was excluded", n)
	}
	w.sound()
}

// Three ids keep shares, and two of them are one person: taking the third leaves
// one person with the vault.
func TestTwoIDsKeepOneShare(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	w.stated("chair", f)
	state(w, appoint.KindSame, appoint.Same{Members: [2]string{"chair", "resp"}}, "member", "up_resp")
	if n := w.count(`select count(*) from vault_share`); n != 3 {
		t.Fatalf("%d keepers", n)
	}
	w.excludes("chair", f, "up_resp", true)
	if n := w.count(`select count(*) from vault_share`); n != 3 {
		t.Errorf("%d keepers while it waits", n)
	}
}

// A responsible person loses a case by two people's word, never by one's, and
// neither proposer nor excluded person is the second.
func TestLeaderIsTakenByTwo(t *testing.T) {
	w := founded(t)
	f := w.three()
	if holders, comes := w.seconds("chair", f, "resp"); !slices.Equal(holders, []string{"member"}) || comes != nil {
		t.Errorf("to be approved by %v, and %v who comes", holders, comes)
	}
	draft := derive.New()
	for range 2 { // sent twice
		_, err := w.cw.Exclude(ctx, w.as("chair"), f.Number, draft, "resp", "SECRET cause")
		must(t, err)
	}
	if n := w.count(`select count(*) from proposal`); n != 1 || !slices.Contains(w.holders(f), "resp") {
		t.Fatalf("%d proposals, held by %v", n, w.holders(f))
	}
	if err := w.decides("chair", f, true); !errors.Is(err, ethics.ErrSamePerson) {
		t.Errorf("approved by the proposer: %v", err)
	}
	for _, approve := range []bool{true, false} {
		if err := w.decides("resp", f, approve); !errors.Is(err, casework.ErrConcerned) {
			t.Errorf("decided on by whom it is about (%v): %v", approve, err)
		}
	}
	// While it waits nobody bars those who may approve it, nor others.
	for _, id := range []string{"member", "chair"} {
		if _, err := w.cw.Exclude(ctx, w.as("resp"), f.Number, derive.New(), id,
			"x"); !errors.Is(err, casework.ErrWaits) {
			t.Errorf("meanwhile %s is excluded: %v", id, err)
		}
	}
	yes, open := derive.New(), w.look("member", f).Open.ID
	_, err := w.cw.Decide(ctx, w.as("member"), f.Number, open, yes, true, "")
	must(t, err)
	if again, err := w.cw.Decide(ctx, w.as("member"), f.Number, open, yes, true, ""); err != nil || !again.Again {
		t.Errorf("approved twice by the same form: %v %v", again, err)
	}
	if _, err := w.cw.Decide(ctx, w.as("member"), f.Number, open, derive.New(), true,
		""); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("approved once more: %v", err)
	}
	if h := w.holders(f); slices.Contains(h, "resp") || w.caseFile(f).Epoch != 1 {
		t.Errorf("held by %v in epoch %d", h, w.caseFile(f).Epoch)
	}
	if _, err := w.cw.Cover(ctx, w.as("resp"), f.Number); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("still open: %v", err)
	}
	o := w.look("chair", f)
	last := o.Thread[len(o.Thread)-1]
	if last.Untrusted || last.Removal == nil || last.Removal.Reason != "SECRET cause" || last.Author != "member" {
		t.Errorf("what stays written: %+v", last.Removal != nil)
	}
	if slices.ContainsFunc(w.cw.Assignable(o), func(m appoint.Member) bool { return m.ID == "resp" }) {
		t.Error("can be given the case again")
	}
	if w.damage() != nil || w.distrusted() != 0 {
		t.Errorf("%v, %d distrusted", w.damage(), w.distrusted())
	}
}

// Whom a proposal is about sees that one waits and reads nothing of it: not whom
// and why, and not why it was rejected. Everybody else does.
func TestConcernedReadsNothing(t *testing.T) {
	w := founded(t)
	f := w.three()
	w.excludes("chair", f, "resp", true)
	reads := func(who string) (said string) {
		o := w.look(who, f)
		if o.Open != nil && o.Open.Content != nil {
			said += o.Open.Content.Reason
		}
		for _, x := range w.cw.Record(o).Thread { // what a download says too
			if x.Proposal != nil {
				said += x.Proposal.Reason
				if x.Proposal.Removal != nil {
					said += strings.Join(x.Proposal.Removal.Members, " ")
				}
			}
			if x.Approval != nil {
				said += x.Approval.Reason
			}
		}
		return said
	}
	if said := reads("resp"); said != "" {
		t.Errorf("who is to lose the case reads %q", said)
	}
	if said := reads("member"); !strings.Contains(said, "SECRET cause") || !strings.Contains(said, "resp") {
		t.Errorf("who decides reads %q", said)
	}
	must(t, w.decides("member", f, false)) // with a reason
	if said := reads("resp"); said != "" {
		t.Errorf("after the rejection: %q", said)
	}
	if said := reads("chair"); !strings.Contains(said, "because") {
		t.Errorf("who proposed reads %q", said)
	}
	if !slices.Contains(w.holders(f), "resp") {
		t.Error("rejected, and taken")
	}
}

// Where no other holder could approve, somebody is given the case with the
// proposal: of the house, else of the alternate institution.
func TestSecondComes(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	if holders, comes := w.seconds("resp", f, "chair"); holders != nil || !slices.Equal(comes, []string{"member"}) {
		t.Errorf("to be approved by %v, and %v who comes", holders, comes)
	}
	w.excludes("resp", f, "chair", true)
	if h := w.holders(f); !slices.Equal(h, []string{"chair", "member", "resp"}) && len(h) != 3 {
		t.Fatalf("held by %v", h)
	}
	must(t, w.decides("member", f, true))
	if h := w.holders(f); slices.Contains(h, "chair") || len(h) != 2 {
		t.Errorf("held by %v", h)
	}
	w.sound()

	// The house has nobody left: the alternate institution's. Without one, nobody.
	g := w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"member"} })
	if _, err := w.cw.Exclude(ctx, w.stated("resp", g), g.Number, derive.New(), "chair",
		"x"); !errors.Is(err, ethics.ErrNobodyToSeal) {
		t.Errorf("nobody could approve: %v", err)
	}
	if l, err := w.cw.Exclusion(w.look("resp", g), "chair"); err != nil || !l.TooFew {
		t.Errorf("the page: stuck %v, %v", l.TooFew, err)
	}
	w.alternate()
	w.excludes("resp", g, "chair", true)
	if h := w.holders(g); !slices.Contains(h, "up_resp") || len(h) != 3 {
		t.Fatalf("held by %v", h)
	}
	must(t, w.decides("up_resp", g, true))
	if h := w.holders(g); slices.Contains(h, "chair") {
		t.Errorf("held by %v", h)
	}
	w.sound()
}

// Somebody who may vote is not barred by one person while a draft waits for votes,
// nor while its approval does. Before and afterwards one is enough.
func TestVoterIsTakenByTwo(t *testing.T) {
	w := founded(t)
	w.appoint("third", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.examined(w.file())
	must2(t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"third"}, "helps"))
	w.excludes("chair", f, "third", false)
	w.does("member", f, casework.Act{Step: "propose_decision", Statements: draft()})
	w.excludes("chair", f, "second", true)
	if !slices.Contains(w.holders(f), "second") {
		t.Fatal("a voter is gone by one person's word")
	}
	if err := w.decides("second", f, true); !errors.Is(err, casework.ErrConcerned) {
		t.Errorf("decided on by whom it is about: %v", err)
	}
	must(t, w.decides("resp", f, false))
	w.votes(f, map[string]string{"member": "for", "second": "for"})
	w.does("chair", f, approval(w.look("chair", f)))
	if _, err := w.cw.Exclude(ctx, w.as("resp"), f.Number, derive.New(), "second",
		"x"); !errors.Is(err, casework.ErrWaits) {
		t.Errorf("while the approval waits: %v", err)
	}
	must(t, w.decides("second", f, true))
	w.excludes("chair", f, "second", false)
	w.sound()
}
