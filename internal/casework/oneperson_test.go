package casework_test

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// In these stories one person has two ids, as everybody had who forgot a password.

// refusedStatement wants the roster to refuse what these signed, on a day.
func refusedStatement[T appoint.Content](
	t *testing.T, w *world, h appoint.Head, on string, content T, signers ...string,
) {
	t.Helper()
	r, err := w.in.Roster(ctx)
	must(t, err)
	st := signed(w, h, content, signers...)
	st.Day = on
	if _, err := r.With(st); !errors.Is(err, appoint.ErrSignatures) {
		t.Errorf("%s signed by %v on %s: %v", h.Kind, signers, on, err)
	}
}

// offered is an appointment that nobody has signed yet.
func (w *world) offered(id, role string) appoint.Appointment {
	w.t.Helper()
	w.people[id] = derive.New()
	ident, err := w.people[id].MemberIdentity()
	must(w.t, err)
	return appoint.Appointment{
		Member: id, Name: "N " + id, Institution: "home", Roles: []string{role}, From: day,
		Recipient: ident.Recipient().String(), Verifier: w.people[id].MemberSigner().Public().(ed25519.PublicKey),
	}
}

func (w *world) head(kind, prepared string) appoint.Head {
	w.t.Helper()
	r, err := w.in.Roster(ctx)
	must(w.t, err)
	return r.Head(kind, uuid.NewString(), prepared)
}

// One person appoints nobody alone: new reports would be sealed to whom they like.
func TestOnePersonAppointsNobody(t *testing.T) {
	twice(t, onePersonAppointsNobody)
}

func onePersonAppointsNobody(t *testing.T, again func(*world)) {
	w := founded(t)
	w.appointNamed("member2", "N member", "home", appoint.RoleMember, "resp", "chair")
	again(w)
	refusedStatement(t, w, w.head(appoint.KindAppointment, day), day,
		w.offered("stranger", appoint.RoleResponsible), "member", "member2")
	own := w.offered("member3", appoint.RoleContact)
	own.Name = "N  MEMBER"
	refusedStatement(t, w, w.head(appoint.KindAppointment, day), day, own, "member", "resp")
	state(w, appoint.KindAppointment, own, "chair", "resp") // by two others it is no harm
	w.sound()
}

// Two whose terms are over, and the operator who writes what they sign: the day in
// a statement is nobody's proof of when it was stored.
func TestFormerMembersAppointNobody(t *testing.T) {
	w := founded(t)
	w.appoint("old1", "home", appoint.RoleMember, day, "resp", "chair")
	w.appoint("old2", "home", appoint.RoleMember, day, "resp", "chair")
	later := "2027-12-28"
	refusedStatement(t, w, w.head(appoint.KindAppointment, later), later,
		w.offered("stranger", appoint.RoleResponsible), "old1", "old2")
	r, err := w.in.Roster(ctx)
	must(t, err)
	st := signed(w, w.head(appoint.KindAppointment, day),
		w.offered("stranger", appoint.RoleResponsible), "old1", "old2")
	st.Day = later
	if _, err := r.With(st); !errors.Is(err, appoint.ErrLate) {
		t.Errorf("an old statement stored 400 days later: %v", err)
	}
	refusedStatement(t, w, w.head(appoint.KindAppointment, day), "2026-11-24",
		w.offered("stranger", appoint.RoleResponsible), "old1", "old2")
}

// One person is one vote, and neither drafts and approves nor proposes and approves.
func TestOnePersonVotesOnce(t *testing.T) {
	twice(t, onePersonVotesOnce)
}

func onePersonVotesOnce(t *testing.T, again func(*world)) {
	w := founded(t)
	f := w.drafted()
	before := w.look("chair", f).Facts.Votes
	w.another(f)
	again(w)
	must(t, w.vote("member", f, "for", ""))
	again(w)
	must(t, w.vote("member2", f, "for", ""))
	again(w)
	o := w.look("chair", f)
	if o.Facts.Votes.For != 1 || o.Facts.Votes.Voters != before.Voters {
		t.Errorf("two ids of one person are counted: %+v", o.Facts.Votes)
	}
	if !o.Voted(*o.Draft, "member") || !o.Voted(*o.Draft, "member2") || o.Voted(*o.Draft, "chair") {
		t.Error("who has voted under one id is asked under the other, or somebody else is not")
	}
	must(t, w.vote("member2", f, "against", "")) // a later vote takes the place of the first
	if v := w.look("chair", f).Facts.Votes; v.For != 0 || v.Against != 1 {
		t.Errorf("the later vote of one person: %+v", v)
	}
	w.sound()
}

// another gives the member a second id, which gets the case too.
func (w *world) another(f filed) {
	w.t.Helper()
	w.appointNamed("member2", "N member", "home", appoint.RoleMember, "resp", "chair")
	must2(w.t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"member2"}, "lost the password"))
}

// The drafter does not approve under another id.
func TestTheDrafterDoesNotApproveAsAnother(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	w.another(f)
	w.votes(f, map[string]string{"member": "for", "second": "for", "chair": "for"})
	o := w.look("chair", f)
	must(t, w.take("chair", f, approval(o)))
	if open := w.look("member2", f).Open; !open.SameName || open.May == nil || open.Mine {
		t.Errorf("not told why: %+v", open)
	}
	if err := w.decides("member2", f, true); !errors.Is(err, policy.ErrAuthor) || !errors.Is(err, ethics.ErrSameName) {
		t.Errorf("approved by the drafter's second id: %v", err)
	}
	must(t, w.decides("second", f, true))
}

// Two holders are two people: with one person under two ids the other does not
// leave the case to them alone.
func TestTwoHoldersAreTwoPeople(t *testing.T) {
	twice(t, twoHoldersAreTwoPeople)
}

func twoHoldersAreTwoPeople(t *testing.T, again func(*world)) {
	w := founded(t)
	w.appointNamed("chair2", "N chair", "home", appoint.RoleMember, "resp", "member")
	f := w.file()
	w.stated("resp", f)
	again(w)
	must2(t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"chair2"}, "lost the password"))
	again(w)
	must2(t)(w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(), "I leave"))
	again(w)
	r, err := w.in.Roster(ctx)
	must(t, err)
	if got := w.holders(f); r.People(got...) < 2 || slices.Contains(got, "resp") {
		t.Errorf("one person holds it: %v", got)
	}
	w.sound()
}

// Where nobody else could come, the other stays: two ids are not enough.
func TestTheOtherStaysWhereOnlyOneRemains(t *testing.T) {
	w := founded(t)
	w.appointNamed("chair2", "N chair", "home", appoint.RoleMember, "resp", "member")
	f := w.file()
	w.stated("resp", f)
	w.stated("chair", f)
	must2(t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"chair2"}, "lost the password"))
	must2(t)(w.cw.Exclude(ctx, w.as("chair"), f.Number, derive.New(), "member", "named in the report"))
	if _, err := w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(),
		"I leave"); !errors.Is(err, ethics.ErrNobodyToSeal) {
		t.Errorf("left the case to one person: %v, %v", err, w.holders(f))
	}
}

// Whoever leaves a case for good leaves it under every id.
func TestLeavingUnderEveryId(t *testing.T) {
	w := founded(t)
	w.appointNamed("member2", "n MEMBER", "home", appoint.RoleMember, "resp", "chair")
	w.appointNamed("chair2", "N chair", "home", appoint.RoleMember, "resp", "member")
	f := w.file()
	w.stated("resp", f)
	w.stated("chair", f)
	must2(t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"member", "member2"}, "examine"))
	x := w.open(w.as("chair"), f)
	l, err := w.cw.Exclusion(x, "member")
	if must(t, err); slices.ContainsFunc(l.Remaining, func(m appoint.Member) bool { return m.ID == "member2" }) {
		t.Error("the page says that the second id stays")
	}
	must2(t)(w.cw.Exclude(ctx, w.as("chair"), f.Number, derive.New(), "member", "named in the report"))
	if got := w.holders(f); slices.Contains(got, "member") || slices.Contains(got, "member2") {
		t.Errorf("excluded, and holds the case: %v", got)
	}
	if slices.ContainsFunc(w.cw.Assignable(w.open(w.as("chair"), f)), func(m appoint.Member) bool {
		return m.Name == "n MEMBER"
	}) {
		t.Error("the excluded person is offered under the second id")
	}
	for _, m := range w.cw.Excludable(w.open(w.as("chair"), f)) {
		if m.Name == "N chair" {
			t.Error("can exclude the own person")
		}
	}
	w.sound()
}

// Handing over takes one id's case: the person may go on under a new one.
func TestHandingOverToTheOwnNewId(t *testing.T) {
	w := founded(t)
	w.appointNamed("resp2", "N resp", "home", appoint.RoleResponsible, "member", "chair")
	f := w.file()
	w.stated("resp", f)
	done, err := w.cw.HandOver(ctx, w.as("resp"), "resp", "resp2", derive.New())
	if got := w.holders(f); err != nil || done.Given != 1 || slices.Contains(got, "resp") ||
		!slices.Contains(got, "resp2") {
		t.Errorf("%+v, %v: %v", done, err, got)
	}
	w.sound()
}

// One person with two shares of a vault opens nothing: the second share must be
// another person's.
func TestOnePersonDoesNotOpenTheVault(t *testing.T) {
	w := founded(t)
	w.appoint("chair3", "home", appoint.RoleResponsible, "", "resp", "member")
	f := w.fileThis(w.whistleblower()) // resp, chair and chair3 hold a share
	for _, id := range []string{"resp", "chair", "chair3"} {
		w.stated(id, f)
	}
	must(t, w.take("chair3", f, casework.Act{Step: "renew_vault", Reason: "x"}))
	state(w, appoint.KindSame, appoint.Same{Members: [2]string{"chair", "chair3"}}, "resp", "member")
	o := w.look("chair", f)
	if o.Open == nil || !o.Open.Mine || !o.Open.SameName {
		t.Fatalf("asked by the same person: %+v", o.Open)
	}
	if err := w.decides("chair", f, true); !errors.Is(err, ethics.ErrSamePerson) ||
		!errors.Is(err, ethics.ErrSameName) {
		t.Errorf("lent to oneself: %v", err)
	}
	must2(t)(w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(), "I leave"))
	if w.look("chair", f).Vault.Openable() {
		t.Error("two shares of one person would open it")
	}
}

// A share that was lent before others signed that both are one person is no other
// person's any more.
func TestALoanOfTheSamePersonOpensNothing(t *testing.T) {
	w := founded(t)
	w.appoint("third", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	request := w.lent(resp, chair, f, casework.Act{Step: "renew_vault", Reason: "x"})
	state(w, appoint.KindSame, appoint.Same{Members: [2]string{"chair", "resp"}}, "member", "third")
	if err := w.cw.RenewVault(ctx, w.as("resp"), f.Number, request,
		derive.New()); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("opened by one person: %v", err)
	}
}

// Who is suspended opens nothing for some days, and keeps what was sealed to them.
func TestSuspendedKeepsTheCase(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	r, err := w.in.Roster(ctx)
	must(t, err)
	m, err := r.Member("resp")
	must(t, err)
	w.tomorrow()
	st := signed(w, r.Head(appoint.KindSuspend, uuid.NewString(), "2026-11-24"),
		appoint.Suspension{Member: "resp", Appointment: m.Appointments[0].Statement, Until: "2026-11-24"}, "chair")
	e := store.Entry{
		ID: uuid.NewString(), Day: st.Day, Kind: record.StatedAs[st.Kind], Actor: "chair", Stream: ethics.StreamRoster,
	}
	must(t, w.s.Write(ctx, e, func(tx *store.Tx) error { return tx.AddStatement(st) }))
	if _, err := w.cw.Open(ctx, w.as("resp"), f.Number); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("suspended, and opens the case: %v", err)
	}
	must(t, w.s.EndAllTerms(ctx, "2026-11-24"))
	must2(t)(w.cw.Note(ctx, w.stated("chair", f), f.Number, derive.New(), "meanwhile", ""))
	if got := w.holders(f); !slices.Contains(got, "resp") {
		t.Errorf("the case was taken away: %v", got)
	}
	w.tomorrow()
	must2(t)(w.cw.Open(ctx, w.as("resp"), f.Number))
	w.sound()
}

// One person under two ids is one examiner.
func TestOnePersonIsOneExaminer(t *testing.T) {
	w := founded(t)
	w.appointNamed("member2", "N member", "home", appoint.RoleMember, "resp", "chair")
	w.appoint("other", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.file()
	w.stated("resp", f)
	must2(t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"member", "member2"}, "examine"))
	w.stated("member", f)
	w.stated("member2", f)
	if n := w.look("resp", f).Facts.Examiners; n != 1 {
		t.Errorf("%d examiners", n)
	}
	must2(t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"other"}, "examine"))
	w.stated("other", f)
	if n := w.look("resp", f).Facts.Examiners; n != 2 {
		t.Errorf("%d examiners", n)
	}
}
