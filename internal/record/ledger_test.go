package record

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

func TestALabelIsAddedOnce(t *testing.T) {
	s := begin(t, ethics.CaseStream(theCase))
	s.refused("twice in one entry", "filed", plus("envelope:1", 1), plus("envelope:1", 1))
	s = begin(t, ethics.CaseStream(theCase))
	s.told("filed", plus("envelope:1", 1), plus("envelope:2", 2))
	s.refused("again, another", "written", plus("envelope:1", 3))
	s.refused("again, the same", "written", plus("envelope:1", 1))
	if !s.Holds(Row{"envelope:1", digest(1)}) || s.Holds(Row{"envelope:1", digest(3)}) {
		t.Error("what was added first is not what is in force")
	}
	if s.Holds(Row{"envelope:9", audit.Digest{}}) || s.Holds(Row{"envelope:3", digest(1)}) {
		t.Error("a label that nobody added is in force")
	}
}

func TestOnlyTheDigestInForceIsRenewedOrEnded(t *testing.T) {
	label := "case:" + theCase
	s := begin(t, ethics.CaseStream(theCase))
	s.refused("renewed out of nothing", "step", anew(label, 0, 2))
	s.refused("ended before it was there", "sealed_off", minus(label, 0))
	s.refused("renewed from a blank digest", "step", audit.Change{Label: label, Op: audit.Renewed, New: digest(2)})
	s.refused("ended with a blank digest", "sealed_off", audit.Change{Label: label, Op: audit.Ended})
	s.told("filed", plus(label, 1))
	s.refused("renewed from another", "step", anew(label, 9, 2))
	s.told("step", anew(label, 1, 2))
	s.told("step", anew(label, 2, 1), anew(label, 1, 3))
	s.refused("renewed from an earlier one", "step", anew(label, 2, 4))
	s.refused("ended as it was earlier", "sealed_off", minus(label, 1))
	if !s.Holds(Row{label, digest(3)}) || s.Holds(Row{label, digest(2)}) {
		t.Error("the newest is not in force")
	}
	s.told("sealed_off", minus(label, 3))
	if s.Holds(Row{label, digest(3)}) || len(s.OfKind("case")) != 0 {
		t.Error("what ended is in force")
	}
}

// TestAfterTheEndNothingBearsTheLabel: whoever can write entries cannot bring a
// grant back that was taken away.
func TestAfterTheEndNothingBearsTheLabel(t *testing.T) {
	for _, label := range []string{"case:" + theCase, "grant:" + theCase + "/" + anna +
		"/1", "envelope:1", "proposal:1"} {
		s := begin(t, ethics.CaseStream(theCase))
		s.told("begun", plus(label, 1))
		s.told(KindSealedOff, minus(label, 1))
		for name, c := range map[string]audit.Change{
			"added, the same": plus(label, 1), "added, another": plus(label, 2), "ended again": minus(label, 1),
			"renewed": anew(label, 1, 2), "renewed from nothing": {Label: label, Op: audit.Renewed, New: digest(1)},
			"ended from nothing": {Label: label, Op: audit.Ended},
		} {
			s.refused(label+" "+name, KindSealedOff, c)
			if _, live := s.Live[label]; live || !s.Ended[label] {
				t.Fatalf("%s %s: it is back", label, name)
			}
		}
		one := begin(t, ethics.CaseStream(theCase))
		one.told("begun", plus(label, 1))
		one.refused(label+" ended and added in one entry", KindSealedOff, minus(label, 1), plus(label, 1))
	}
}

// endable says which acts end which rows: what is not here stays for ever.
var endable = map[string][]audit.EntryKind{
	"grant": {"removed", "term_ended", "sealed_off"}, "renewal": {"removed", "term_ended", "sealed_off"},
	"vault": {"identified", "identity_withdrawn", "identity_opened", "vault_dealt", "identity_erased", "sealed_off"},
	"vault_share": {
		"removed", "term_ended", "identified", "identity_withdrawn", "identity_opened", "vault_dealt",
		"identity_erased", "sealed_off",
	},
	"erasure_asked": {"erasure_approved", "sealed_off"}, "said": {"consultation"},
	"status": {"consultation", "sealed_off"}, "keys": {"consultation", "sealed_off"},
	"case": {"sealed_off"}, "code": {"sealed_off"}, "epoch": {"sealed_off"}, "event": {"sealed_off"},
	"envelope": {"sealed_off"},
	"proposal": {"sealed_off"}, "vault_request": {"sealed_off"}, "measure": {"sealed_off"}, "file": {"sealed_off"},
}

// TestOnlyActsThatMayEndDo: whoever writes the log can end what its program ends, by
// the same acts, and nothing that stays: no statement, no gift, no lesson.
func TestOnlyActsThatMayEndDo(t *testing.T) {
	for name, kind := range byName {
		for _, act := range []audit.EntryKind{
			"noted", "step", "removed", "term_ended", "sealed_off", "erased", "consultation",
			"identified", "identity_withdrawn",
			"identity_opened", "vault_dealt", "identity_erased", "erasure_approved", "",
		} {
			label := name + ":" + theCase
			s := begin(t, streamOf(kind.In[0]))
			s.told(begunBy(name, "begun"), plus(label, 1))
			if slices.Contains(endable[name], act) {
				s.told(act, minus(label, 1))
				continue
			}
			s.refused(label+" ended by "+string(act), act, minus(label, 1))
			if !s.Holds(Row{label, digest(1)}) {
				t.Errorf("%s: refused, and not in force", label)
			}
		}
	}
}

// renewable says which rows may change, as sealing.md §12.1 has it, and by which
// acts: "" is any.
var renewable = map[string]audit.EntryKind{
	"case": "", "talk": "", "proposal": "", "measure": "", "vault_request": "", "keys": "new_code",
	"member": "credentials_changed",
}

func TestOnlyKindsAndActsThatMayRenewDo(t *testing.T) {
	for name, kind := range byName {
		for _, act := range []audit.EntryKind{"step", "new_code", "credentials_changed", "appointed", "*", ""} {
			label := name + ":" + theCase
			s := begin(t, streamOf(kind.In[0]))
			s.told(begunBy(name, "begun"), plus(label, 1))
			by, may := renewable[name]
			if may && (by == "" || by == act) {
				s.told(act, anew(label, 1, 2))
				continue
			}
			s.refused(label+" renewed by "+string(act), act, anew(label, 1, 2))
			if !s.Holds(Row{label, digest(1)}) {
				t.Errorf("%s: refused, and in force", label)
			}
		}
	}
	for name := range renewable {
		if byName[name] == nil {
			t.Errorf("there is no kind %s any more", name)
		}
	}
}

// begunBy is the one act that may bring a row of a kind, else any.
func begunBy(name string, other audit.EntryKind) audit.EntryKind {
	if name == "erasure" || name == "tombstone" {
		return "erased"
	}
	return other
}

// TestOnlyErasingLeavesAnythingBehind: what is counted of an erased case, and the word
// of two that it may go, come with its erasing: of a case that lives nobody adds them.
func TestOnlyErasingLeavesAnythingBehind(t *testing.T) {
	for _, name := range []string{"erasure", "tombstone"} {
		for _, act := range []audit.EntryKind{"noted", "step", "sealed_off", "erasure_approved", ""} {
			s := begin(t, ethics.CaseStream(theCase))
			s.refused(name+" by "+string(act), act, plus(name+":"+theCase, 1))
		}
	}
}

// TestAConsultationHasOneCode: whoever writes the log gives it no other reporter.
func TestAConsultationHasOneCode(t *testing.T) {
	s := begin(t, ethics.ConsultationStream(theCase))
	s.told(KindConsultation, plus("talk:"+theCase, 1), plus("keys:"+theCase, 1))
	s.refused("another recipient", KindNewCode, anew("talk:"+theCase, 1, 2), anew("keys:"+theCase, 1, 2))
}

// streamsOf says where rows of a kind stand, as sealing.md §12.1 has it.
var streamsOf = map[string][]string{
	"case/1": {
		"case", "code", "envelope", "epoch", "erasure", "erasure_asked", "event", "file", "grant", "keys", "measure",
		"proposal", "renewal", "status", "tombstone", "vault", "vault_request", "vault_share",
	},
	"talk/1": {"keys", "said", "status", "talk"},
	"gift/1": {"gift"}, "member/1": {"member"}, "roster": {"installation", "statement"}, "policy": {"policy"},
	"lessons": {"lesson"}, "days": {"cosignature"},
	// Nothing is noted in these, or there are none of this name.
	"program": nil, "filler": nil, "training/1": nil, "": nil, "case": nil, "cases/1": nil, "xcase/1": nil,
	"rosters": nil, "roster/1": nil, "days/1": nil, "policy2": nil,
}

func TestALabelOfAForeignStreamIsRefused(t *testing.T) {
	found := map[string]bool{}
	for stream, kinds := range streamsOf {
		for name := range byName {
			err := NewLedger(stream).Take(begin(t, stream).entry(begunBy(name, "x"), plus(name+":1", 1)))
			if slices.Contains(kinds, name) {
				found[name] = true
				if err != nil {
					t.Errorf("%s in %s: %v", name, stream, err)
				}
				continue
			}
			refused(t, name+" in "+stream, err)
		}
	}
	for name := range byName {
		if !found[name] {
			t.Errorf("nobody says where %s stands", name)
		}
	}
}

func TestAnUnknownKindIsRefused(t *testing.T) {
	for _, label := range []string{
		"nothing:1", "", ":", ":1", "envelopes:1", "Envelope:1", "envelope/1", " envelope:1", "case_grant:1",
	} {
		s := begin(t, ethics.CaseStream(theCase))
		s.refused("label "+label, "filed", plus(label, 1))
		if len(s.Live) != 0 {
			t.Errorf("%q is in force", label)
		}
	}
}

// TestNobodyWhoWasBarredComesBack: not by a grant, a later epoch's or a share, nor
// under another id; and nobody else is kept out.
func TestNobodyWhoWasBarredComesBack(t *testing.T) {
	first, second := "grant:"+theCase+"/"+anna+"/1", "grant:"+theCase+"/"+anna+"/2"
	renewal, share := "renewal:"+theCase+"/"+anna+"/3", "vault_share:"+theVault+"/"+anna
	begun := func() *story {
		s := begin(t, ethics.CaseStream(theCase))
		s.told("filed", plus(first, 1), plus("grant:"+theCase+"/"+berta+"/1", 1))
		return s
	}
	barring := func(s *story, changes ...audit.Change) audit.Entry {
		e := s.entry(KindRemoved, changes...)
		e.Facts = []audit.Fact{{Name: "institution", Value: []byte(anna)}, Bar(anna)}
		return e
	}
	s := begun()
	s.take(barring(s, minus(first, 1)))
	if !s.Barred[anna] || len(s.Barred) != 1 {
		t.Errorf("barred: %v", s.Barred)
	}
	for _, label := range []string{second, renewal, share} {
		s.refused("barred before: "+label, "granted", plus(label, 2))
		one := begun()
		refused(t, "barred beside it: "+label, one.Take(barring(one, plus(label, 2))))
		free := begun()
		free.told("granted", plus(label, 2))
	}
	s.refused("the old grant", "granted", plus(first, 1))
	if _, live := s.Live[second]; live {
		t.Error("a barred member holds the case")
	}
	s.told("granted", plus("grant:"+theCase+"/"+berta+"/2", 2), plus("renewal:"+theCase+"/"+berta+"/3", 2),
		plus("vault_share:"+theVault+"/"+berta, 2))
	s.told("written", plus("envelope:"+anna, 1), plus("vault:"+anna, 1), plus("proposal:"+theCase+"/"+anna, 1))

	late := begun() // what a member held when barred can still be taken away
	late.told("granted", plus(share, 2))
	late.take(barring(late))
	late.told("term_ended", minus(first, 1), minus(share, 2))
}

func TestAFactThatIsNoBarBarsNobody(t *testing.T) {
	s := begin(t, ethics.CaseStream(theCase))
	e := s.entry("removed")
	for _, name := range []string{"institution", "barred", "barred/", "xbarred/" + anna} {
		e.Facts = append(e.Facts, audit.Fact{Name: name, Value: []byte(anna)})
	}
	s.take(e)
	s.told("granted", plus("grant:"+theCase+"/"+anna+"/1", 1), plus("envelope:1", 1))
	if s.Barred[anna] {
		t.Errorf("barred: %v", s.Barred)
	}
}

// TestWhatAnAuthorCanHaveSeen: leaves of this stream's entries in front of the one
// that added the text.
func TestWhatAnAuthorCanHaveSeen(t *testing.T) {
	s := begin(t, ethics.CaseStream(theCase))
	case1 := "case:" + theCase
	leaves := [][]byte{
		s.told("filed", plus("envelope:0", 1), plus(case1, 1)),
		s.told("written", plus("envelope:1", 1)),
		s.told("step", anew(case1, 1, 2), plus("envelope:2", 1)),
		s.told(KindSealedOff, minus("envelope:1", 1)),
	}
	born := map[string]int{"envelope:0": 0, "envelope:1": 1, "envelope:2": 2, case1: 0}
	for label, n := range born {
		for m, leaf := range leaves {
			if s.sawBefore(payload.Leaf(leaf), s.Born[label]) != (m < n) {
				t.Errorf("%s, added by entry %d, can have seen %d: %v", label, n, m, m >= n)
			}
		}
		if s.sawBefore("", s.Born[label]) != (n == 0) {
			t.Errorf("%s, added by entry %d, can have seen nothing: %v", label, n, n != 0)
		}
	}
	other := begin(t, ethics.CaseStream(berta))
	foreign := other.told("filed", plus("envelope:0", 1))
	for name, leaf := range map[string][]byte{
		"another case's": foreign, "cut short": leaves[0][:31], "blank": make([]byte, 32),
		"a byte longer": append(slices.Clone(leaves[0]), 0),
	} {
		if s.sawBefore(payload.Leaf(leaf), s.Born["envelope:2"]) {
			t.Errorf("%s leaf was seen", name)
		}
	}
	if !bytes.Equal(s.Seen, leaves[3]) {
		t.Error("the newest leaf is another")
	}
}

func TestFollowsAndDayOf(t *testing.T) {
	s := begin(t, ethics.CaseStream(theCase))
	one, two := "grant:"+theCase+"/"+anna+"/1", "grant:"+theCase+"/"+anna+"/2"
	s.told("filed", plus(one, 1), plus("envelope:a", 1), plus("proposal:p", 1))
	s.told("stated", plus("envelope:b", 1))
	s.told("removed", minus(one, 1))
	s.told("granted", plus(two, 1), plus("envelope:c", 1))
	s.told("step", anew("proposal:p", 1, 2))
	for _, x := range []struct {
		label, other string
		want         bool
	}{
		{"envelope:a", one, true}, // beside it
		{"envelope:b", one, true},
		{"envelope:b", two, false}, // stated for the grant before
		{"envelope:c", two, true}, {"envelope:c", one, true},
		{"envelope:a", "envelope:b", false},
		{"proposal:p", "envelope:b", false}, // renewed since, and born before
		{one, one, false},                   // ended
		{"envelope:x", one, false}, {"envelope:a", "grant:x", false}, {"", "", false},
	} {
		if got := s.Follows(x.label, x.other); got != x.want {
			t.Errorf("%s follows %s: %v", x.label, x.other, got)
		}
	}
	for label, want := range map[string]string{
		one: "2026-11-01", "envelope:b": "2026-11-02", two: "2026-11-04", "proposal:p": "2026-11-01",
		"envelope:x": "", "": "",
	} {
		if got := s.DayOf(label); got != want {
			t.Errorf("%s was added on %q, want %q", label, got, want)
		}
	}
	names := s.OfKind("envelope")
	slices.Sort(names)
	if !slices.Equal(names, []string{"envelope:a", "envelope:b", "envelope:c"}) {
		t.Errorf("envelopes in force: %v", names)
	}
	if grants := s.OfKind("grant"); !slices.Equal(grants, []string{two}) {
		t.Errorf("grants in force: %v", grants)
	}
}

// streamOf is a stream of theCase, or whatever it is, where these begin with an id.
func streamOf(in string) string {
	if strings.HasSuffix(in, "/") {
		return in + theCase
	}
	return in
}

// TestALabelStandsInItsOwnStream: another case's rows are noted in no other stream,
// where counters would count them and its own would not know.
func TestALabelStandsInItsOwnStream(t *testing.T) {
	for _, label := range []string{"case:other", "keys:other", "grant:other/" + anna +
		"/1", "event:other/0", "epoch:other/1"} {
		begin(t, ethics.CaseStream(theCase)).refused(label, "filed", plus(label, 1))
	}
	begin(t, ethics.MemberStream(anna)).refused("another's credentials", "enrolled", plus("member:berta", 1))
}
