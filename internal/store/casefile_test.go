package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// TestCaseFileTrustsTheLog: a case whose row, epoch, grant, event or proposal
// was changed by hand is not opened; a changed envelope or file is told from
// the others, a removed envelope is counted.
func TestCaseFileTrustsTheLog(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	open := func(w *world, reporter bool) (f store.CaseFile, err error) {
		err = w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			f, err = tx.CaseFile(id, reporter)
			return err
		})
		return f, err
	}
	w := from.Copy(t)
	row := fileRow(t, w, cases[0].Stored.ID)
	f, err := open(w, false)
	if err != nil || len(f.Grants) != 3 || len(f.Envelopes) != 2 || f.Missing != 0 ||
		!f.Trusted(f.Envelopes[0]) || !f.TrustedFile(row) {
		t.Fatalf("%+v %v", f, err)
	}
	if f, err := open(w, true); err != nil || len(f.Grants) != 0 {
		t.Errorf("for the reporter: %d grants, %v", len(f.Grants), err)
	}
	for table, query := range map[string]string{
		"case":  `update cases set state = 'closed' where id = ?`,
		"epoch": `update case_epoch set recipient = 'age1pq1mallory' where case_id = ?`,
		"grant": `update case_grant set sealed = x'00' where member_id = 'anna' and case_id = ?`,
		"added": `insert into case_grant values ('g', ?, 'mallory', 'reporter', 'routed', 0, 0, '2026-11-22', ` +
			`x'00', x'00')`,
		"event":    `update case_event set day = '2020-01-01' where case_id = ?`,
		"proposal": `update proposal set state = 'approved' where case_id = ?`,
		"entry":    `delete from entry where stream = ?`,
	} {
		w := from.Copy(t)
		args := []any{id}
		if table == "entry" {
			args = []any{ofCase(id)}
		}
		w.Exec(query, args...)
		if _, err := open(w, false); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", table, err)
		}
	}
	w = from.Copy(t)
	w.Exec(`update envelope set sealed = x'00' where sequence = 0 and case_id = ?`, id)
	w.Exec(`delete from envelope where sequence = 1 and case_id = ?`, id)
	w.Exec(`update file set sha256 = x'00' where id = ?`, cases[0].Stored.ID)
	f, err = open(w, true)
	spoilt := row
	spoilt.SHA256 = []byte{0}
	if err != nil || len(f.Envelopes) != 1 || f.Trusted(f.Envelopes[0]) || f.Missing != 1 ||
		f.TrustedFile(spoilt) || !f.TrustedFile(row) {
		t.Errorf("%+v %v", f, err)
	}
	err = w.S.Read(context.Background(), func(tx *store.ReadTx) error {
		_, err := tx.File(row.ID)
		return err
	})
	if !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("a changed file is read: %v", err)
	}
	if f.TrustedFile(fileRow(t, w, cases[1].Stored.ID)) {
		t.Error("another case's file is trusted")
	}
}

func fileRow(t *testing.T, w *world, id string) (f store.StoredFile) {
	t.Helper()
	must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) (err error) {
		f, err = tx.File(id)
		return err
	}))
	return f
}

// TestRosterTrustsTheLog: nobody is appointed by a row alone.
func TestRosterTrustsTheLog(t *testing.T) {
	from, _ := populated(t)
	read := func(w *world, founders [32]byte) error {
		w.S.SetFounders(founders)
		return w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			r, err := tx.Roster()
			if err == nil && len(r.Members()) != 6 {
				t.Errorf("%d members", len(r.Members()))
			}
			return err
		})
	}
	w := from.Copy(t)
	must(t, read(w, w.Founders))
	if err := read(w, [32]byte{}); !errors.Is(err, appoint.ErrFounders) {
		t.Errorf("other founders: %v", err)
	}
	w.Exec(`insert into statement select 9, 'new', kind, body, signatures, day from statement where n = 1`)
	if err := read(w, w.Founders); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a statement without an entry: %v", err)
	}
	fresh := setUp(t)
	if err := read(fresh, [32]byte{}); !errors.Is(err, ethics.ErrNotReady) {
		t.Errorf("before the founding: %v", err)
	}
}

// TestStreamedFile: what is received comes back, and a right that ends stops a
// download at the next chunk.
func TestStreamedFile(t *testing.T) {
	w := setUp(t)
	ctx, draft := context.Background(), derive.New()
	for _, size := range []int{1, store.ChunkSize - 1, store.ChunkSize, store.ChunkSize + 1, 5*store.ChunkSize + 7} {
		content := noise(size)
		stored, n, err := w.S.Receive(
			ctx, uuid.NewString(), draft.DraftHash(), today, func(to io.Writer) (int64, error) {
				return io.Copy(to, bytes.NewReader(content))
			})
		must(t, err)
		row := fileRow(t, w, stored.ID)
		if n != int64(size) || row.Size != n || row.Chunks != (size+store.ChunkSize-1)/store.ChunkSize ||
			row.State != "received" {
			t.Errorf("%d bytes: %d, %+v", size, n, row.Size)
		}
		got, err := io.ReadAll(w.S.FileReader(ctx, row, func(*store.ReadTx) error { return nil }))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes: %d, %v", size, len(got), err)
		}
		asked := 0
		got, err = io.ReadAll(w.S.FileReader(ctx, row, func(*store.ReadTx) error {
			if asked++; asked > 2 {
				return ethics.ErrNotFound
			}
			return nil
		}))
		if row.Chunks > 2 && (!errors.Is(err, ethics.ErrNotFound) || len(got) != 2*store.ChunkSize) {
			t.Errorf("a right that ended: %d bytes, %v", len(got), err)
		}
	}
}

// TestCutUploadLeavesNothing.
func TestCutUploadLeavesNothing(t *testing.T) {
	w := setUp(t)
	ctx, cancel := context.WithCancel(context.Background())
	cut := errors.New("cut")
	_, _, err := w.S.Receive(ctx, uuid.NewString(), derive.New().DraftHash(), today, func(to io.Writer) (int64, error) {
		_, err := to.Write(noise(6 * store.ChunkSize))
		must(t, err)
		if w.Count(`select count(*) from chunk`) == 0 {
			t.Error("nothing was stored meanwhile, the test shows nothing")
		}
		cancel() // as a broken connection ends its request
		return 0, cut
	})
	if !errors.Is(err, cut) {
		t.Error(err)
	}
	if w.Count(`select count(*) from chunk`)+w.Count(`select count(*) from file`) != 0 {
		t.Error("rows of a cut upload stay")
	}
}

// TestStatedIsACopy: whether a holder signed the no-conflict statement is told by the
// statement, whatever the column says that lists are read from, and whatever somebody
// makes of another envelope.
func TestStatedIsACopy(t *testing.T) {
	w := founded(t)
	f := w.File()
	stated := func() (grant, file bool) {
		w.Read(func(tx *store.ReadTx) error {
			g, err := tx.Grant(f.ID, "anna")
			grant = g.Stated
			return err
		})
		c, err := w.CaseFile(f.ID, false)
		must(t, err)
		return grant, c.GrantsOf("anna")[0].Stated
	}
	w.Exec(`update case_grant set stated = 1`)
	if a, b := stated(); a || b {
		t.Errorf("by the column: %v %v", a, b)
	}
	w.Exec(`update envelope set kind = ?, author = 'anna' where sequence = 1`, ethics.KindStatement)
	if a, b := stated(); a || b {
		t.Errorf("by another envelope: %v %v", a, b)
	}
	w.Exec(`update envelope set kind = ?, author = ? where sequence = 1`, f.Envelopes[1].Kind, f.Envelopes[1].Author)
	w.Write("opened", ofCase(f.ID), func(tx *store.Tx) error {
		c, err := tx.Case(f.ID)
		if err != nil {
			return err
		}
		e := ethics.Envelope{
			ID: "s", Case: f.ID, Kind: ethics.KindStatement, Author: "anna", Sequence: c.Sequence, Day: today,
		}
		return errors.Join(tx.AddEnvelope(&c, e), tx.StateGrant(f.ID, "anna"), tx.PutCase(c))
	})
	w.Exec(`update case_grant set stated = 0`)
	if a, b := stated(); !a || !b {
		t.Errorf("the statement is there: %v %v", a, b)
	}
	w.Names("grant", "", "copy of the no-conflict statement")
}
