package casework_test

import (
	"testing"

	"svilpe/internal/derive"
)

// TestEpochOfNobody: the operator opens an epoch in the reporter's name without
// the reporter's key. Nobody's text goes there.
func TestEpochOfNobody(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp := w.stated("resp", f)
	v := w.visit(f)
	w.epoch(f, "reporter", nil)
	w.untrusted("the reporter's message", func() error {
		_, err := w.dia.Send(ctx, v, derive.New(), "my SECRET answer", nil)
		return err
	})
	w.untrusted("the member's message", func() error {
		_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "SECRET", "", nil)
		return err
	})
	w.untrusted("a statement", func() error { return w.cw.State(ctx, w.as("chair"), f.Number, derive.New()) })
	if w.distrusted() != 2 {
		t.Errorf("%d entries of distrust, not the reporter's and the member's", w.distrusted())
	}
	if d := w.damage(); d == nil || d.Table != "epoch" {
		t.Errorf("verify: %v", d)
	}
}

// TestEpochOfTheReporter: even with the reporter's own key only epoch 0 is
// theirs.
func TestEpochOfTheReporter(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	var salt []byte
	must(t, w.raw().QueryRow(`select salt from installation`).Scan(&salt))
	w.epoch(f, "reporter", derive.Secret(f.Code.ReporterSecret(salt)).ReporterSigner())
	w.untrusted("opening it", func() error {
		_, err := w.cw.Open(ctx, w.as("resp"), f.Number)
		return err
	})
}

// TestEpochOfTheAdministrator: a true signature of somebody who handles no cases.
func TestEpochOfTheAdministrator(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, v := w.stated("resp", f), w.visit(f)
	w.epoch(f, "admin", w.people["admin"].MemberSigner())
	w.untrusted("the member's message", func() error {
		_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "SECRET of the commission", "", nil)
		return err
	})
	w.untrusted("a statement", func() error { return w.cw.State(ctx, w.as("chair"), f.Number, derive.New()) })
	w.untrusted("the reporter's message", func() error {
		_, err := w.dia.Send(ctx, v, derive.New(), "my SECRET answer", nil)
		return err
	})
	if d := w.damage(); d == nil || d.Table != "epoch" {
		t.Errorf("verify: %v", d)
	}
}

// TestEpochWithoutItsKey: a member's epoch, of which this holder has no key, is
// not written to: what one cannot read one does not send.
func TestEpochWithoutItsKey(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp := w.stated("resp", f)
	w.epoch(f, "chair", w.people["chair"].MemberSigner())
	if _, err := w.cw.Open(ctx, resp, f.Number); err != nil {
		t.Fatalf("the past does not open: %v", err)
	}
	w.untrusted("a note", func() error {
		_, err := w.cw.Note(ctx, resp, f.Number, derive.New(), "SECRET", "")
		return err
	})
	w.untrusted("a message", func() error {
		_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "SECRET", "", nil)
		return err
	})
}
