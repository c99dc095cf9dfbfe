package casework_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// TestOwnKeysAreComputed: a visit that was led to another case, sound in itself,
// neither reads it nor writes to it: the code says whose case it is.
func TestOwnKeysAreComputed(t *testing.T) {
	w := founded(t)
	f, other := w.file(), w.file()
	var salt []byte
	must(t, w.raw().QueryRow(`select salt from installation`).Scan(&salt))
	own := f.Code.ReporterSecret(salt)
	cookie := secret.Cookie(derive.New())
	hash := sha256.Sum256(cookie[:])
	end := w.clock.Add(time.Hour).UnixMilli()
	must(t, w.s.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.AddCaseSession(store.CaseSession{
			Hash: hash[:], Case: other.id, Sealed: secret.SealUnder(cookie, "case session", other.id, own[:]),
			Ends: end, Last: end,
		})
	}))
	v, err := w.dia.Visit(ctx, cookie)
	must(t, err)
	w.untrusted("a message", func() error {
		_, err := w.dia.Send(ctx, v, derive.New(), "my SECRET answer", nil)
		return err
	})
	w.untrusted("withdrawing", func() error {
		_, err := w.dia.Withdraw(ctx, v, derive.New(), "")
		return err
	})
	w.untrusted("the page", func() error {
		view, err := w.dia.View(ctx, v)
		if view.Number != "" || len(view.Messages) > 0 {
			t.Error("another case is shown")
		}
		return err
	})
	if w.distrusted() != 3 {
		t.Errorf("%d entries say so", w.distrusted())
	}
}

// TestReporterRecipientExchanged in the row: neither side writes, and the next
// write does not make it true.
func TestReporterRecipientExchanged(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, v := w.stated("resp", f), w.visit(f)
	id, err := derive.New().ReporterIdentity()
	must(t, err)
	w.exec(`update cases set reporter_recipient = ? where id = ?`, id.Recipient().String(), f.id)
	w.untrusted("the reporter's message", func() error {
		_, err := w.dia.Send(ctx, v, derive.New(), "my SECRET answer", nil)
		return err
	})
	w.untrusted("the commission's", func() error {
		_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "SECRET", "", nil)
		return err
	})
	if w.distrusted() != 2 {
		t.Errorf("%d entries say so", w.distrusted())
	}
}

// TestTriggerLaundersNothing: the program's own write would exchange the key.
func TestTriggerLaundersNothing(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp := w.stated("resp", f)
	w.exec(`create trigger x after insert on envelope when new.kind = 'message' begin
		update cases set reporter_recipient = 'age1pq1mallory' where id = new.case_id; end`)
	w.untrusted("with the trigger there", func() error {
		_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "first", "", nil)
		return err
	})
	w.exec(`drop trigger x`)
	_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "second", "", nil)
	must(t, err)
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// TestCaseWentBack: a reporter's message is taken away, with its entry, and the
// case's row put back.
func TestCaseWentBack(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, v := w.stated("resp", f), w.visit(f)
	_, err := w.dia.Send(ctx, v, derive.New(), "he threatens me", nil)
	must(t, err)
	w.exec(`delete from entry where idx = (select max(idx) from entry where kind = 'message')`)
	w.exec(`delete from envelope where case_id = ? and sequence = 3`, f.id)
	w.exec(`update cases set sequence = 3 where id = ?`, f.id)
	w.untrusted("the member", func() error {
		_, err := w.cw.Open(ctx, resp, f.Number)
		return err
	})
	w.untrusted("the reporter", func() error {
		_, err := w.dia.View(ctx, v)
		return err
	})
}

// TestHiddenMessage: what is hidden from the reporter is missed, and said.
func TestHiddenMessage(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, v := w.stated("resp", f), w.visit(f)
	_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "are you safe?", "", nil)
	must(t, err)
	w.exec(`update envelope set reporter = 0 where kind = 'message' and case_id = ?`, f.id)
	view, err := w.dia.View(ctx, v)
	if err != nil || view.Missing != 1 || len(view.Messages) != 2 || w.distrusted() != 1 {
		t.Errorf("%d messages, %d missing, %d entries, %v", len(view.Messages), view.Missing, w.distrusted(), err)
	}
}

// TestNothingIsSentIntoASpoiltCase: neither where the report cannot be trusted nor
// where something is gone; and each opening leaves an entry.
func TestNothingIsSentIntoASpoiltCase(t *testing.T) {
	for name, spoil := range map[string]string{
		"the report is spoilt": `update envelope set sealed = x'00' where kind = 'report' and case_id = ?`,
		"the receipt is gone":  `delete from envelope where kind = 'receipt' and case_id = ?`,
	} {
		w := founded(t)
		f := w.file()
		resp := w.stated("resp", f)
		w.exec(spoil, f.id)
		w.untrusted(name, func() error {
			_, err := w.cw.Message(ctx, resp, f.Number, derive.New(), "text", "", nil)
			return err
		})
		if w.distrusted() != 1 {
			t.Errorf("%s: %d entries", name, w.distrusted())
		}
		_, err := w.cw.Note(ctx, resp, f.Number, derive.New(), "what we found", "")
		must(t, err) // the commission goes on
		_, err = w.dia.View(ctx, w.visit(f))
		must(t, err)
		if w.distrusted() != 3 {
			t.Errorf("%s: %d entries after the reporter's look", name, w.distrusted())
		}
	}
}

// TestChangedCaseRow: the reporter's look at it leaves an entry.
func TestChangedCaseRow(t *testing.T) {
	w := founded(t)
	f := w.file()
	v := w.visit(f)
	w.exec(`update cases set state = 'closed' where id = ?`, f.id)
	w.untrusted("the page", func() error {
		_, err := w.dia.View(ctx, v)
		return err
	})
	if w.distrusted() != 1 {
		t.Errorf("%d entries", w.distrusted())
	}
}

// TestDraftOnTwoCases: one form sent to two cases is two messages.
func TestDraftOnTwoCases(t *testing.T) {
	w := founded(t)
	a, b := w.file(), w.file()
	resp := w.stated("resp", a)
	w.stated("resp", b)
	d := derive.New()
	for _, f := range []filed{a, b} {
		if taken, err := w.cw.Message(ctx, resp, f.Number, d, "text", "", nil); err != nil || taken.Again {
			t.Errorf("%+v %v", taken, err)
		}
		if taken, err := w.cw.Message(ctx, resp, f.Number, d, "text", "", nil); err != nil || !taken.Again {
			t.Errorf("sent twice: %+v %v", taken, err)
		}
	}
	if n := w.count(`select count(*) from envelope where kind = 'message'`); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// TestFileNamedTwice is kept once, at both doors of the reporter's.
func TestFileNamedTwice(t *testing.T) {
	w := founded(t)
	d := derive.New()
	file, err := w.in.ReceiveFile(ctx, d, "a", "b", strings.NewReader("x"), 1000)
	must(t, err)
	r := w.report()
	r.Files = []ethics.File{file, file}
	done, err := w.in.File(ctx, d, r)
	must(t, err)
	v := w.visit(filed{Filed: done})
	d = derive.New()
	file, err = w.dia.ReceiveFile(ctx, d, "a", "b", strings.NewReader("y"), 1000)
	must(t, err)
	kept, err := w.dia.Kept(ctx, d, []ethics.File{file, file})
	must(t, err)
	_, err = w.dia.Send(ctx, v, d, "see the file", kept)
	must(t, err)
	if n := w.count(`select count(*) from file where state = 'filed'`); n != 2 || len(kept) != 1 {
		t.Errorf("%d files filed, %d kept", n, len(kept))
	}
}

// TestSaltExchanged for an hour: a code given meanwhile still finds its case.
func TestSaltExchanged(t *testing.T) {
	w := founded(t)
	w.file()
	var salt []byte
	must(t, w.raw().QueryRow(`select salt from installation`).Scan(&salt))
	w.exec(`update installation set salt = x'00'`)
	f := w.file()
	w.exec(`update installation set salt = ?`, salt)
	if _, err := w.dia.Enter(ctx, f.Code.Text()); err != nil {
		t.Error(err)
	}
}

// TestLeftVisitStaysLeft, also when it was moved on at that moment.
func TestLeftVisitStaysLeft(t *testing.T) {
	w := founded(t)
	f := w.file()
	for range 50 {
		e, err := w.dia.Enter(ctx, f.Code.Text())
		must(t, err)
		w.clock = w.clock.Add(6 * time.Minute)
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := w.dia.Visit(ctx, e.Cookie); err != nil && !errors.Is(err, ethics.ErrSessionEnded) {
				t.Error(err)
			}
		})
		all.Go(func() { must(t, w.dia.Leave(ctx, e.Cookie)) })
		all.Wait()
		if _, err := w.dia.Visit(ctx, e.Cookie); !errors.Is(err, ethics.ErrSessionEnded) {
			t.Fatalf("a visit came back: %v", err)
		}
	}
}

// Who presses «leave» and shuts the browser has left.
func TestLeftWithoutWaitingForTheAnswer(t *testing.T) {
	w := founded(t)
	f := w.file()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for range 8 { // what is asked of somebody who left would be taken or not by chance
		e, err := w.dia.Enter(ctx, f.Code.Text())
		must(t, err)
		must(t, w.dia.Leave(gone, e.Cookie))
		if _, err := w.dia.Visit(ctx, e.Cookie); !errors.Is(err, ethics.ErrSessionEnded) {
			t.Fatalf("the visit goes on: %v", err)
		}
	}
}
