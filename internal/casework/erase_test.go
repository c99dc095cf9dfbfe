package casework_test

import (
	"errors"
	"slices"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/keyring"
)

// keys gives the casework a folder of keys, for the list of erased cases.
func (w *world) keys() keyring.Keys {
	w.t.Helper()
	k, err := keyring.Create(w.t.TempDir(), "svilpe.example/log/1")
	must(w.t, err)
	w.cw.Keys = k
	return k
}

// old is a case that was read and withdrawn, six years ago.
func (w *world) old() filed {
	w.t.Helper()
	f := w.file()
	w.stated("resp", f)
	v := w.visit(f)
	must2(w.t)(w.dia.Withdraw(ctx, v, derive.New(), "never mind"))
	_, err := w.cw.Open(ctx, w.as("resp"), f.Number)
	must(w.t, err)
	return f
}

func (w *world) retained(who, number string) (casework.Retained, bool) {
	w.t.Helper()
	r, err := w.cw.Retained(ctx, w.as(who))
	must(w.t, err)
	i := slices.IndexFunc(r.Cases, func(c casework.Retained) bool { return c.Number == number })
	if i < 0 {
		return casework.Retained{}, false
	}
	return r.Cases[i], true
}

// TestErasing tells the whole way: kept, announced, approved by two in order,
// gone, recorded.
func TestErasing(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	keys := w.keys()
	f, other := w.old(), w.old()
	if _, there := w.retained("resp", f.Number); there {
		t.Error("announced on the day of its end")
	}
	sign := func(who string) error { return w.cw.SignErasure(ctx, w.as(who), f.Number) }
	if err := sign("resp"); !errors.Is(err, casework.ErrKept) || !errors.Is(err, ethics.ErrRefused) {
		t.Fatalf("before its time: %v", err)
	}
	w.clock = w.clock.AddDate(5, 0, -20)
	if r, there := w.retained("resp", f.Number); !there || !errors.Is(r.Why, casework.ErrKept) || r.Mine {
		t.Errorf("twenty days before: %v %v", there, r.Why)
	}
	w.clock = w.clock.AddDate(0, 0, 21)
	if r, there := w.retained("auditor", f.Number); !there || r.Why != nil || r.Mine {
		t.Errorf("the auditor first: %v", r)
	}
	if err := sign("auditor"); !errors.Is(err, ethics.ErrConflict) {
		t.Fatalf("wrong order: %v", err)
	}
	for _, who := range []string{"member", "chair"} {
		if err := sign(who); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
	must(t, sign("resp"))
	must(t, sign("resp")) // the same form sent twice
	if _, err := w.dia.Enter(ctx, f.Code.Text()); err != nil {
		t.Fatalf("erased by one person: %v", err)
	}
	must(t, sign("auditor"))
	if err := sign("auditor"); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("erased twice: %v", err)
	}
	if _, err := w.dia.Enter(ctx, f.Code.Text()); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("its code: %v", err)
	}
	if _, err := w.cw.Open(ctx, w.as("resp"), f.Number); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a member: %v", err)
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
	_, err := w.dia.Enter(ctx, other.Code.Text())
	must(t, err)
	list, err := w.cw.Retained(ctx, w.as("auditor"))
	must(t, err)
	if len(list.Erased) != 1 || list.Erased[0].Number != f.Number || list.Erased[0].FirstName == "" ||
		!list.Erased[0].Pending ||
		list.Erased[0].Until != ethics.DayOf(w.clock.AddDate(0, 0, 31)) {
		t.Errorf("the record: %+v", list.Erased)
	}
	if ids, err := keys.Erased(); err != nil || !slices.Equal(ids, []string{f.id}) {
		t.Errorf("the list in keys/: %v %v", ids, err)
	}
}

// TestErasingIsRefused: held, unread, written to in between.
func TestErasingIsRefused(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.keys()
	held, unread, never := w.old(), w.old(), w.file()
	must2(t)(w.dia.Withdraw(ctx, w.visit(never), derive.New(), ""))
	must2(t)(w.dia.Send(ctx, w.visit(unread), derive.New(), "one more thing", nil))
	w.two(held, holds)
	w.clock = w.clock.AddDate(5, 0, 1)
	for number, why := range map[string]error{
		held.Number: casework.ErrHeld, unread.Number: casework.ErrUnread, never.Number: casework.ErrUnread,
	} {
		if r, there := w.retained("auditor", number); !there || !errors.Is(r.Why, why) || r.Mine {
			t.Errorf("%v: listed %v, %v", why, there, r.Why)
		}
		if err := w.cw.SignErasure(ctx, w.as("resp"), number); !errors.Is(err, why) {
			t.Errorf("%v: %v", why, err)
		}
	}
	_, err := w.cw.Open(ctx, w.as("resp"), unread.Number)
	must(t, err)
	must(t, w.cw.SignErasure(ctx, w.as("resp"), unread.Number))
	must2(t)(w.dia.Send(ctx, w.visit(unread), derive.New(), "wait", nil))
	if err := w.cw.SignErasure(ctx, w.as("auditor"), unread.Number); !errors.Is(err, casework.ErrUnread) {
		t.Errorf("written to in between: %v", err)
	}
	_, err = w.cw.Open(ctx, w.as("resp"), unread.Number)
	must(t, err)
	if err := w.cw.SignErasure(ctx, w.as("auditor"), unread.Number); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("approved before it was written: %v", err)
	}
}

// TestErasingIsFinished: a crash behind the transaction leaves the list in keys/
// behind; the next round adds to it, once.
func TestErasingIsFinished(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	f := w.old()
	w.clock = w.clock.AddDate(5, 0, 1)
	must(t, w.cw.SignErasure(ctx, w.as("resp"), f.Number))
	must(t, w.cw.SignErasure(ctx, w.as("auditor"), f.Number)) // no folder of keys: not finished
	keys := w.keys()
	for range 2 {
		must(t, w.cw.FinishErasures(ctx))
		if ids, err := keys.Erased(); err != nil || !slices.Equal(ids, []string{f.id}) {
			t.Errorf("the list in keys/: %v %v", ids, err)
		}
	}
}
