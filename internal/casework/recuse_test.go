package casework_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// three is a case that resp, chair and member hold and have opened.
func (w *world) three() filed {
	w.t.Helper()
	f := w.file()
	_, err := w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"member"}, "examines")
	must(w.t, err)
	w.stated("chair", f)
	w.stated("member", f)
	return f
}

// TestRecused: who stepped aside finds no case, in no list and on no address;
// the others go on, and read why.
func TestRecused(t *testing.T) {
	w := founded(t)
	f := w.three()
	member := w.as("member")
	v := w.visit(f)
	seen, err := w.dia.View(ctx, v)
	must(t, err)
	draft := derive.New()
	if _, err := w.cw.Recuse(ctx, member, f.Number, draft, " "); err == nil {
		t.Error("without a reason")
	}
	_, err = w.cw.Recuse(ctx, member, f.Number, draft, "my SECRET cousin")
	must(t, err)
	if now, err := w.dia.View(ctx, v); err != nil || now.Missing != 0 || len(now.Messages) != len(seen.Messages) ||
		now.State != seen.State || len(now.Events) != len(seen.Events) {
		t.Errorf("the reporter sees another case: %v", err)
	}
	if again, err := w.cw.Recuse(ctx, member, f.Number, draft, "my SECRET cousin"); err != nil || !again.Again {
		t.Errorf("the same form again: %v %v", again, err)
	}
	if _, err := w.cw.Recuse(ctx, member, f.Number, derive.New(), "again"); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("another form: %v", err)
	}
	for name, act := range map[string]func() error{
		"opening": func() error { _, err := w.cw.Open(ctx, member, f.Number); return err },
		"cover":   func() error { _, err := w.cw.Cover(ctx, member, f.Number); return err },
		"stating": func() error { return w.cw.State(ctx, member, f.Number, derive.New()) },
		"a note":  func() error { _, err := w.cw.Note(ctx, member, f.Number, derive.New(), "x", ""); return err },
	} {
		if err := act(); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := w.listed("member"); n != 0 {
		t.Errorf("%d cases in the list", n)
	}
	if n := w.listed("resp"); n != 1 {
		t.Errorf("%d cases in another's list, of two grants", n)
	}
	if n := w.count(`select count(*) from entry where kind = 'removed' and actor = 'member' and stream = ?`,
		ethics.CaseStream(f.id)); n != 1 {
		t.Errorf("%d entries", n)
	}
	o, err := w.cw.Open(ctx, w.as("resp"), f.Number)
	must(t, err)
	last := o.Thread[len(o.Thread)-1]
	if last.Removal == nil || last.Removal.Reason != "my SECRET cousin" || last.Removal.Why != ethics.WhyRecused ||
		o.Epoch != 1 || len(o.Holders) != 2 {
		t.Errorf("what the others see: %v, epoch %d, %d holders", last.Removal != nil, o.Epoch, len(o.Holders))
	}
	w.sound()
}

func (w *world) listed(member string) int {
	var list []string
	must(w.t, w.s.Read(ctx, func(tx *store.ReadTx) error {
		page, err := tx.MemberCases(member, store.Filter{}, store.Key{}, 100)
		for _, c := range page {
			list = append(list, c.Number)
		}
		return err
	}))
	return len(list)
}

// TestOldCopyReadsNothingNew: the leaver kept a copy of the database. With the own
// grants nothing that was written afterwards opens.
func TestOldCopyReadsNothingNew(t *testing.T) {
	w := founded(t)
	f := w.three()
	before := w.caseFile(f)
	kept := before.GrantsOf("member")
	_, err := w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "reason")
	must(t, err)
	_, err = w.cw.Note(ctx, w.as("resp"), f.Number, derive.New(), "SECRET of afterwards", "")
	must(t, err)
	_, err = w.dia.Send(ctx, w.visit(f), derive.New(), "SECRET answer", nil)
	must(t, err)
	now := w.caseFile(f)
	ident, err := w.people["member"].MemberIdentity()
	must(t, err)
	var rows []unseal.GrantRow
	for _, g := range kept {
		rows = append(rows, unseal.GrantRow{
			ID: g.ID, Case: g.Case, Member: g.Member, Giver: g.Giver, Epoch: g.Epoch, Day: g.Day, Sealed: g.Sealed,
		})
	}
	var epochs []unseal.Epoch
	for _, e := range now.Epochs {
		epochs = append(epochs, unseal.Epoch{
			Number: e.Number, Recipient: e.Recipient, Signer: e.Signer, Signature: e.Signature, Day: e.Day,
		})
	}
	keys, _, err := unseal.Grants(install, rows, ident, epochs, now.Verifier(w.as("resp").Roster))
	must(t, err)
	if len(keys) != 1 || keys[0] == nil {
		t.Fatalf("%d keys", len(keys))
	}
	after := 0
	for _, e := range now.Envelopes {
		if e.Epoch == 0 {
			continue
		}
		after++
		if _, err := unseal.Bytes(e.Sealed, keys[0]); err == nil {
			t.Errorf("%s opens", e.Kind)
		}
		if _, err := unseal.Bytes(e.Sealed, ident); err == nil {
			t.Errorf("%s opens to the leaver", e.Kind)
		}
	}
	if after != 3 {
		t.Errorf("%d envelopes behind the removal", after)
	}
	for _, g := range now.Grants {
		if _, err := unseal.Bytes(g.Sealed, ident); err == nil {
			t.Errorf("a grant of %s opens", g.Member)
		}
	}
}

// TestRecusedBeforeTheStatement: who sees from the cover alone that this is a
// conflict leaves without opening anything; but never so that one remains.
func TestRecusedBeforeTheStatement(t *testing.T) {
	w := founded(t)
	f := w.file()
	opened := func() int {
		return w.count(`select count(*) from entry where kind = 'opened_unseen' and actor = 'chair'`)
	}
	if _, err := w.cw.Recuse(ctx, w.as("chair"), f.Number, derive.New(), "conflict"); err != nil {
		t.Fatal(err) // the member of the commission comes
	}
	if h := w.holders(f); !slices.Equal(h, []string{"resp", "member"}) {
		t.Fatalf("held by %v", h)
	}
	if opened() != 1 {
		t.Errorf("%d openings: giving the past on is one, and is in the log", opened())
	}
	o, err := w.cw.Open(ctx, w.stated("member", f), f.Number)
	must(t, err)
	if o.Report == nil {
		t.Error("who came reads no past")
	}
	if _, err := w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(),
		"conflict"); !errors.Is(err, ethics.ErrNobodyToSeal) {
		t.Errorf("one would remain: %v", err)
	}
	if l, err := w.cw.Recusal(ctx, w.as("resp"), f.Number); err != nil || !l.TooFew || l.NewHolders != nil {
		t.Errorf("the page: stuck %v, %v", l.TooFew, err)
	}
	w.sound()

	g := w.file()
	w.appoint("fourth", "home", appoint.RoleMember, "", "resp", "chair")
	_, err = w.cw.Assign(ctx, w.stated("resp", g), g.Number, derive.New(), []string{"member", "fourth"}, "x")
	must(t, err)
	before := w.count(`select count(*) from entry where kind = 'opened' and actor = 'fourth'`)
	_, err = w.cw.Recuse(ctx, w.as("fourth"), g.Number, derive.New(), "conflict")
	must(t, err)
	if w.count(`select count(*) from entry where kind = 'opened' and actor = 'fourth'`) != before {
		t.Error("a key was touched where nobody had to come")
	}
	w.sound()
}

// TestFilledUp: those whom the reporter excluded are not chosen, the alternate
// institution's come; and who left never comes back, on no way.
func TestFilledUp(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"member", "up_resp"} })
	resp := w.stated("resp", f)
	_, err := w.cw.Recuse(ctx, resp, f.Number, derive.New(), "reason")
	must(t, err)
	if h := w.holders(f); !slices.Equal(h, []string{"chair", "up_chair"}) {
		t.Fatalf("held by %v", h)
	}
	chair := w.stated("chair", f)
	o, err := w.cw.Open(ctx, chair, f.Number)
	must(t, err)
	if list := w.cw.Assignable(o); len(list) != 0 {
		t.Errorf("%v can be given the case", list)
	}
	for _, id := range []string{"resp", "member", "up_resp"} {
		var errs ethics.FieldErrors
		if _, err := w.cw.Assign(ctx, chair, f.Number, derive.New(), []string{id}, "x"); !errors.As(err, &errs) {
			t.Errorf("%s is given the case: %v", id, err)
		}
	}
	done, err := w.cw.HandOver(ctx, chair, "chair", "resp", derive.New())
	if err != nil || done != (casework.Handed{Barred: 1}) {
		t.Errorf("handed to who stepped aside: %+v %v", done, err)
	}
	if _, err := w.cw.Recuse(ctx, chair, f.Number, derive.New(), "x"); !errors.Is(err, ethics.ErrNobodyToSeal) {
		t.Errorf("filled up with whom? %v, %v", err, w.holders(f))
	}
	w.sound()
}

// TestTwoAtOnce: two step aside at the same moment. Each gets an epoch, and two
// are left.
func TestTwoAtOnce(t *testing.T) {
	w := founded(t)
	w.alternate()
	w.appoint("fourth", "home", appoint.RoleMember, "", "resp", "chair")
	f := w.three()
	_, err := w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"fourth"}, "x")
	must(t, err)
	var both sync.WaitGroup
	for _, id := range []string{"member", "fourth"} {
		who := w.as(id)
		both.Go(func() {
			if _, err := w.cw.Recuse(ctx, who, f.Number, derive.New(), "x"); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	both.Wait()
	if h := w.holders(f); !slices.Equal(h, []string{"chair", "resp"}) && !slices.Equal(h, []string{"resp", "chair"}) {
		t.Errorf("held by %v", h)
	}
	if c := w.caseFile(f); c.Epoch != 2 {
		t.Errorf("epoch %d", c.Epoch)
	}
	w.sound()
}

// TestNothingHalf: the record cannot be stored. Then no grant is gone and no
// epoch was opened.
func TestNothingHalf(t *testing.T) {
	w := founded(t)
	f := w.three()
	w.exec(
		`create trigger full before insert on envelope when new.kind = 'removal' begin select raise(abort, 'disk ` +
			`full'); end`)
	if _, err := w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "x"); err == nil {
		t.Fatal("stored")
	}
	w.exec(`drop trigger full`)
	if c := w.caseFile(f); c.Epoch != 0 || len(c.Holders()) != 3 || len(c.Grants) != 3 {
		t.Errorf("epoch %d, %d grants", c.Epoch, len(c.Grants))
	}
	w.sound()
	_, err := w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "x")
	must(t, err)
}

// TestDownloadStops: a removal takes effect with the next chunk.
func TestDownloadStops(t *testing.T) {
	w := founded(t)
	d := derive.New()
	text := strings.Repeat("SECRET ", 120_000)
	file, err := w.in.ReceiveFile(ctx, d, "a.txt", "text/plain", strings.NewReader(text), 1<<20)
	must(t, err)
	r := w.report()
	r.Files = []ethics.File{file}
	filedAs, err := w.in.File(ctx, d, r)
	must(t, err)
	f := filed{Filed: filedAs, id: d.CaseID(), draft: d}
	_, err = w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"member"}, "x")
	must(t, err)
	chair := w.stated("chair", f)
	member := w.stated("member", f)
	_, plain, err := w.cw.File(ctx, member, f.Number, file.ID, func() error { return nil })
	must(t, err)
	first := make([]byte, 1000)
	_, err = io.ReadFull(plain, first)
	must(t, err)
	_, err = w.cw.Exclude(ctx, chair, f.Number, derive.New(), "member", "is named in the report")
	must(t, err)
	rest, err := io.ReadAll(plain)
	if !errors.Is(err, ethics.ErrNotFound) || len(rest) > 600_000 {
		t.Errorf("%d bytes more, %v", len(rest), err)
	}
	w.sound()
}
