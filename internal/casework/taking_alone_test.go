package casework_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// A chair and the operator take the case from the one who voted against the draft.
// Nobody believes the removal, a verification names its entry, and no decision is
// approved on it: the votes that are left are not those that there should be.
func TestVoterTakenByOneAndTheOperator(t *testing.T) {
	w := founded(t)
	f := w.drafted()
	w.votes(f, map[string]string{"member": "for", "chair": "for", "second": "against"})
	id := w.takenAlone(f, "second", true)
	if i := w.thread("member", f)[id]; !i.Untrusted {
		t.Errorf("believed: %+v", i)
	}
	w.alone()
	must(t, w.take("chair", f, approval(w.look("chair", f))))
	if err := w.decides("member", f, true); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("approved without the voter: %v", err)
	}

	// Without a draft one person's word was enough.
	w = founded(t)
	f = w.examined(w.file())
	id = w.takenAlone(f, "second", true)
	if i := w.thread("member", f)[id]; i.Untrusted {
		t.Error("before a draft one is enough")
	}
	w.sound()
}

// A responsible person and the operator take away the last keeper but one of a vault:
// it could never be opened again. So too behind the back of the record, without a word.
func TestKeeperTakenByOneAndTheOperator(t *testing.T) {
	for _, text := range []bool{true, false} {
		w := founded(t)
		w.alternate()
		f := w.fileThis(w.whistleblower())
		w.stated("resp", f)
		must2(t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"member"}, "examines"))
		w.stated("member", f)
		must2(t)(w.cw.Recuse(ctx, w.stated("chair", f), f.Number, derive.New(), "own word, at once"))
		var keepers []string
		for _, x := range w.caseFile(f).Shares {
			keepers = append(keepers, x.Member)
		}
		keepers = slices.DeleteFunc(keepers, func(id string) bool { return id == "resp" })
		if len(keepers) != 1 || slices.Contains(w.holders(f), keepers[0]) {
			t.Fatalf("kept by resp and %v, held by %v", keepers, w.holders(f))
		}
		w.sound()
		said := ethics.Removal{}
		if text {
			said = ethics.Removal{Why: ethics.WhyExcluded, Members: keepers, Reason: "x"}
		}
		id := w.takesShare(f, "resp", keepers[0], said)
		if text {
			if i := w.thread("member", f)[id]; !i.Untrusted {
				t.Errorf("believed: %+v", i)
			}
		} else {
			w.untrusted("a note", func() error {
				return second(w.cw.Note(ctx, w.as("member"), f.Number, derive.New(), "x", ""))
			})
		}
		w.alone()
	}
}

// One of three keepers goes by one person's word, in words alone: an entry without any
// takes nothing.
func TestShareTakenWithoutAWord(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	w.stated("chair", f)
	w.takesShare(f, "chair", "up_resp",
		ethics.Removal{Why: ethics.WhyExcluded, Members: []string{"up_resp"}, Reason: "x"})
	if _, err := w.cw.Open(ctx, w.as("chair"), f.Number); err != nil {
		t.Error(err)
	}
	w.sound()

	for name, take := range map[string]func(filed){
		"without a word": func(f filed) { w.takesShare(f, "chair", "up_resp", ethics.Removal{}) },
		"by words about somebody else": func(f filed) {
			w.takesShare(f, "chair", "up_resp", ethics.Removal{Why: ethics.WhyHanded, Members: []string{"chair"}})
		},
		"by the program, in office": func(f filed) { w.takesShare(f, ethics.ActorSystem, "up_resp", ethics.Removal{}) },
	} {
		f := w.fileThis(w.whistleblower())
		w.stated("chair", f)
		take(f)
		w.untrusted(name, func() error { return second(w.cw.Open(ctx, w.as("chair"), f.Number)) })
	}
	if w.damage() == nil {
		t.Error("verification calls it sound")
	}
}

// alone wants a verification to name what one person took.
func (w *world) alone() {
	w.t.Helper()
	if d := w.damage(); d == nil || d.Table != "entry" {
		w.t.Errorf("verification says %v", d)
	}
}

// takesShare has somebody and the operator take a share of the vault from a member,
// with a removal or, of nobody, without.
func (w *world) takesShare(f filed, by, member string, r ethics.Removal) string {
	w.t.Helper()
	c := w.caseFile(f)
	entry := store.Entry{
		ID: uuid.NewString(), Day: w.today(), Kind: record.KindRemoved, Actor: by, Stream: ethics.CaseStream(f.id),
	}
	var e ethics.Envelope
	if len(r.Members) > 0 {
		var err error
		e, err = seal.Envelope(w.place(c), uuid.NewString(), ethics.KindRemoval, r, w.by(by), c.Recipient(), "")
		must(w.t, err)
	}
	if by == ethics.ActorSystem {
		entry.Kind = record.KindTermEnded
	}
	must(w.t, w.s.Write(ctx, entry, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		err = errors.Join(err, tx.DropShares(f.id, member))
		if e.ID != "" {
			err = errors.Join(err, tx.AddEnvelope(&c, e))
			if r.Bars() {
				tx.Bar(member)
			}
		}
		return errors.Join(err, tx.PutCase(c))
	}))
	return e.ID
}
