package casework_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/casefile"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// A form that says of its own file that it is shorter than it is.
func TestLinkTellsTheExcluded(t *testing.T) {
	w := founded(t)
	a := w.three() // member holds it
	b := w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"member"} })
	resp := w.stated("resp", b)
	_, err := w.cw.Take(ctx, resp, a.Number, derive.New(), casework.Act{
		Step: "link_case", Reason: "the second is about N member",
		Statements: map[string][]string{"linked_case": {b.Number}},
	})
	var refused ethics.FieldErrors
	if err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	o := w.open(w.as("member"), a)
	if slices.Contains(o.Links, b.Number) {
		t.Errorf("the excluded member reads that %s exists", b.Number)
	}
	for _, i := range o.Thread {
		if i.Step != nil && i.Step.ID == "link_case" {
			t.Errorf("and why: %q %v", i.Step.Reason, i.Step.Statements)
		}
	}
}

// The form of the filing sent again after a new code: the card it shows is dead.
func TestDeadCardAgain(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.renew(w.visit(f), derive.New())
	got, err := w.in.File(ctx, f.draft, w.report())
	if err != nil {
		return
	}
	if _, err := w.dia.Enter(ctx, got.Code.Text()); err != nil && !got.Replaced {
		t.Errorf("a card is shown whose code opens nothing: %v", err)
	}
}

// And after an erasure it is an alarm, and a page that never passes.
func TestErasedFormAgain(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.keys()
	f := w.old()
	w.clock = w.clock.AddDate(5, 0, 2)
	must(t, w.cw.SignErasure(ctx, w.as("resp"), f.Number))
	must(t, w.cw.SignErasure(ctx, w.as("auditor"), f.Number))
	got, err := w.in.File(ctx, f.draft, w.report())
	if errors.Is(err, audit.ErrTampered) || got.Number != "" {
		t.Errorf("%q %v", got.Number, err)
	}
}

// One such file, and the whole case cannot be exported any more.
func TestShorterFileSpoilsTheExport(t *testing.T) {
	w := founded(t)
	d := derive.New()
	file, err := w.in.ReceiveFile(ctx, d, "proof.txt", "text/plain",
		strings.NewReader("one hundred bytes of proof that matter"), 1<<20)
	must(t, err)
	file.Size = 5
	r := w.report()
	r.Files = []ethics.File{file}
	done, err := w.in.File(ctx, d, r)
	must(t, err)
	f := filed{Filed: done, id: d.CaseID(), draft: d}
	resp := w.stated("resp", f)
	o := w.open(resp, f)
	id, err := age.GenerateX25519Identity()
	must(t, err)
	part := casefile.Part{Name: "files/01-proof.txt", Size: o.Files()[0].Size, Open: func() (io.Reader, error) {
		_, r, err := w.cw.FileOf(ctx, resp, o, file.ID, func() error { return nil })
		return r, err
	}}
	var out bytes.Buffer
	next := casefile.Part{Name: "files/02-more.txt", Size: 4, Open: func() (io.Reader, error) {
		return strings.NewReader("more"), nil
	}}
	if err := casefile.Archive(&out, id.Recipient(), []casefile.Part{part, next}, func(err error) bool {
		return errors.Is(err, ethics.ErrUntrusted)
	}); err != nil {
		t.Fatalf("the archive: %v", err)
	}
	plain, err := age.Decrypt(&out, id)
	must(t, err)
	var names []string
	for in := tar.NewReader(plain); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		body, err := io.ReadAll(in)
		must(t, err)
		names = append(names, h.Name)
		if h.Name == "unreadable.txt" && string(body) != "files/01-proof.txt\n" ||
			h.Name == next.Name && string(body) != "more" {
			t.Errorf("%s: %q", h.Name, body)
		}
	}
	if !slices.Equal(names, []string{part.Name, next.Name, "unreadable.txt"}) {
		t.Errorf("%v", names)
	}
}

// TestErasureByAFormerMember: who handled cases once signs today what is dated into the
// term, and the operator stores it. The auditor is no second to that.
func TestErasureByAFormerMember(t *testing.T) {
	w := founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.appoint("former", "home", appoint.RoleResponsible, day, "resp", "chair")
	w.keys()
	f := w.old()
	w.clock = w.clock.AddDate(5, 0, 2)
	must2(t)(w.cw.Open(ctx, w.as("resp"), f.Number)) // an entry of today: none is dated before it
	e := store.Erasure{
		Case: f.id, Number: f.Number, Institution: "home", Asked: day,
		Grounds: "kept until 2031-11-23", First: "former",
	}
	must(t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) { e.Digest, err = tx.Newest(f.id); return err }))
	stated := payload.ErasureStatement(install, e.Case, e.Digest, e.Asked, e.Grounds)
	e.FirstSignature = payload.SignStatement(payload.LabelErasure, stated, w.people["former"].MemberSigner())
	row := record.ErasuresAsked.Row(&record.ErasureAsked{ID: "dated back", Erasure: e})
	storetest.Append(t, w.dir, w.log, ethics.CaseStream(f.id), audit.Body{
		Kind: record.KindErasureApproved, Actor: "former",
		Changes: []audit.Change{{Label: row.Label, Op: audit.Added, New: row.Digest}},
	})
	w.exec(`insert into erasure_asked values ('dated back', ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Case, e.Number, e.Institution, e.Asked, e.Digest, e.Grounds, e.First, e.FirstSignature)
	if err := w.cw.SignErasure(ctx, w.as("auditor"), f.Number); err == nil {
		t.Errorf("erased; %d cases are left, verification names %v", w.count(`select count(*) from cases`), w.damage())
	}
}
