package casework_test

import (
	"errors"
	"testing"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// two has an act proposed by the responsible person and approved by the chair.
func (w *world) two(f filed, act casework.Act) {
	w.t.Helper()
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	_, err := w.cw.Take(ctx, resp, f.Number, derive.New(), act)
	must(w.t, err)
	o, err := w.cw.Open(ctx, chair, f.Number)
	must(w.t, err)
	_, err = w.cw.Decide(ctx, chair, f.Number, o.Open.ID, derive.New(), true, "")
	must(w.t, err)
}

// TestMuteAndBack: while two say so, the reporter's messages are refused and
// nothing is stored; reading and withdrawing go on; two others words undo it.
func TestMuteAndBack(t *testing.T) {
	w := founded(t)
	f := w.file()
	send := func(text string) error {
		_, err := w.dia.Send(ctx, w.visit(f), derive.New(), text, nil)
		return err
	}
	must(t, send("first"))
	before := w.count(`select count(*) from envelope where kind = 'message'`)
	w.two(f, casework.Act{Step: "mute", Reason: "abuse"})
	if err := send("SECRET again"); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("a muted reporter wrote: %v", err)
	}
	if n := w.count(`select count(*) from envelope where kind = 'message'`); n != before {
		t.Errorf("%d messages, had %d", n, before)
	}
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	if !view.Muted || len(view.Messages) != 3 || !view.CanWithdraw {
		t.Errorf("muted %v, %d messages, may withdraw %v", view.Muted, len(view.Messages), view.CanWithdraw)
	}
	w.two(f, casework.Act{Step: "unmute", Reason: "it was a mistake"})
	must(t, send("thank you"))
	w.two(f, casework.Act{Step: "mute", Reason: "abuse"})
	_, err = w.dia.Withdraw(ctx, w.visit(f), derive.New(), "")
	must(t, err)
}
