package casework_test

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// renew takes a new code and gives the case as the new card opens it.
func (w *world) renew(v dialogue.Visit, draft derive.Secret) (dialogue.NewCode, dialogue.Visit) {
	w.t.Helper()
	n, err := w.dia.NewCode(ctx, v, draft)
	must(w.t, err)
	e, err := w.dia.Enter(ctx, n.Code.Text())
	must(w.t, err)
	v, err = w.dia.Visit(ctx, e.Cookie)
	must(w.t, err)
	return n, v
}

// TestNewCode: the card was seen. The code on it opens nothing any more, a visit
// with it ends, and the new one opens everything, however often it is done.
func TestNewCode(t *testing.T) {
	w := founded(t)
	f, other := w.file(), w.file()
	resp, v := w.stated("resp", f), w.visit(f)
	must2(t)(w.dia.Send(ctx, v, derive.New(), "written with the first code", nil))
	must2(t)(w.cw.Message(ctx, resp, f.Number, derive.New(), "an answer to the first", "", nil))
	old, draft := f.Code.Text(), derive.New()
	n, second := w.renew(v, draft)

	if _, err := w.dia.Enter(ctx, old); !errors.Is(err, ethics.ErrNotFound) {
		t.Fatalf("the old code: %v", err)
	}
	if _, err := w.dia.View(ctx, v); !errors.Is(err, ethics.ErrSessionEnded) {
		t.Errorf("a request that the old code's visit had begun: %v", err)
	}
	if _, err := w.dia.Send(ctx, v, derive.New(), "by whoever has the old card",
		nil); !errors.Is(err, ethics.ErrSessionEnded) {
		t.Errorf("the same, writing: %v", err)
	}
	again, err := w.dia.Again(ctx, draft)
	must(t, err)
	if again.Code != n.Code || again.Number != f.Number {
		t.Error("the form sent twice shows another code")
	}
	if _, err := w.dia.Again(ctx, derive.New()); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a draft that became no code: %v", err)
	}
	must2(t)(w.dia.Send(ctx, second, derive.New(), "written with the second", nil))
	must2(t)(w.cw.Message(ctx, resp, f.Number, derive.New(), "an answer to the second", "", nil))
	_, third := w.renew(second, derive.New())
	must2(t)(w.dia.Send(ctx, third, derive.New(), "written with the third", nil))

	view, err := w.dia.View(ctx, third)
	must(t, err)
	texts := 0
	for _, m := range view.Messages {
		if m.Untrusted {
			t.Errorf("%s of %s cannot be read", m.ID, m.From)
		}
		if m.Text != "" {
			texts++
		}
	}
	if texts < 5 || view.Missing != 0 || view.Number != f.Number {
		t.Errorf("%d texts, %d missing", texts, view.Missing)
	}
	o, err := w.cw.Open(ctx, resp, f.Number)
	must(t, err)
	for _, i := range o.Thread {
		if i.Untrusted {
			t.Errorf("%s by %s is not trusted", i.Kind, i.Author)
		}
	}
	if w.distrusted() != 0 || w.damage() != nil {
		t.Errorf("%d entries of distrust, damage %v", w.distrusted(), w.damage())
	}
	w.visit(other)
}

func must2(t testing.TB) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		must(t, err)
	}
}

// TestNewCodeMeanwhile: the commission wrote to the old recipient while the code
// changed; the text goes to the new one.
func TestNewCodeMeanwhile(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, v := w.stated("resp", f), w.visit(f)
	var next dialogue.Visit
	_, err := w.cw.MessageAfter(ctx, resp, f.Number, derive.New(), "sealed while the code changed", func() {
		_, next = w.renew(v, derive.New())
	})
	must(t, err)
	view, err := w.dia.View(ctx, next)
	must(t, err)
	last := view.Messages[len(view.Messages)-1]
	if last.Untrusted || last.Text != "sealed while the code changed" {
		t.Errorf("the new code does not open it: %+v", last.Untrusted)
	}
	if w.damage() != nil {
		t.Error(w.damage())
	}
}

// TestCodeForged: whoever can write rows and entries, and even has the old card,
// names no other keys of a reporter.
func TestCodeForged(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, v := w.stated("resp", f), w.visit(f)
	secret := derive.New()
	forge := func(n int, old store.ReporterKeys, key derive.Secret) {
		t.Helper()
		w.write("new_code", f.id, func(tx *store.Tx) error {
			c, err := tx.Case(f.id)
			if err != nil {
				return err
			}
			id, err := secret.ReporterIdentity()
			if err != nil {
				return err
			}
			c.ReporterRecipient, c.ReporterVerifier = id.Recipient().String(), secret.ReporterSigner().
				Public().(ed25519.PublicKey)
			locator := make([]byte, 32)
			next := store.KeysOf(c, locator)
			x := store.CodeChange{Case: f.id, N: n, Old: old, Envelope: "none", Day: day}
			x.Signature = payload.SignStatement(payload.LabelCode,
				payload.CodeStatement(install, f.id, n, "none", next.Mark, next.Recipient, next.Verifier),
				key.ReporterSigner())
			if err := tx.ReplaceCode(&c, x, next, locator); err != nil {
				return err
			}
			return tx.PutCase(c)
		})
	}
	var salt []byte
	must(t, w.raw().QueryRow(`select salt from installation`).Scan(&salt))
	first := derive.Secret(f.Code.ReporterSecret(salt))
	w.renew(v, derive.New())
	var file store.CaseFile
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) {
		file, err = tx.CaseFile(f.id, true)
		return err
	}))
	forge(1, file.Keys(), first)
	if d := w.damage(); d == nil || d.Table != "case" || d.Row != f.id {
		t.Errorf("verify: %v", d)
	}
	_, err := w.cw.Open(ctx, resp, f.Number)
	if !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("a member opens it: %v", err)
	}
}

// TestCodeRows: a row of the chain that is changed or gone is found by all.
func TestCodeRows(t *testing.T) {
	for _, q := range []string{
		`update case_code set signature = zeroblob(64)`, `delete from case_code where n = 0`,
		`delete from case_code where n = 1`,
		`update case_code set recipient = 'age1'`,
		`update cases set locator = zeroblob(32) where id = (select case_id from case_code limit 1)`,
	} {
		t.Run(q, func(t *testing.T) {
			w := founded(t)
			f := w.file()
			_, v := w.renew(w.visit(f), derive.New())
			_, v = w.renew(v, derive.New())
			w.exec(q)
			if w.damage() == nil {
				t.Error("verify is content")
			}
			if _, err := w.dia.View(ctx, v); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("the reporter: %v", err)
			}
		})
	}
}

// TestTheOldCardSpeaksNoMore: who found the card before there was a new code, with the
// operator, who can write entries, gives a text the id of a row of another kind that
// came with the filing. It is judged by its own entry, and so by the new code's key.
func TestTheOldCardSpeaksNoMore(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	var in store.Installation
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) { in, err = tx.Installation(); return err }))
	found, before := derive.Secret(f.Code.ReporterSecret(in.Salt)).ReporterSigner(), w.caseFile(f).ReporterRecipient
	_, v := w.renew(w.visit(f), derive.New())
	for _, id := range []string{"0", w.caseFile(f).Grants[0].ID} {
		c := w.caseFile(f)
		at := w.place(c)
		e, err := seal.Envelope(at, id, ethics.KindMessage, ethics.Message{Text: "FORGED: I take it back"},
			seal.Author{ID: ethics.ActorReporter, Key: found}, c.Recipient(), before)
		must(t, err)
		w.write("message", f.id, func(tx *store.Tx) error {
			c, err := tx.Case(f.id)
			return errors.Join(err, tx.AddEnvelope(&c, e), tx.PutCase(c))
		})
		if i := w.thread("resp", f)[id]; !i.Untrusted {
			t.Errorf("the members read %q under the id %s", i.Text, id)
		}
		view, err := w.dia.View(ctx, v)
		must(t, err)
		for _, m := range view.Messages {
			if m.ID == id && !m.Untrusted {
				t.Errorf("the reporter reads %q under the id %s", m.Text, id)
			}
		}
	}
}
