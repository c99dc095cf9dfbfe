package registry_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

// placed is a founding as somebody writes it by hand.
type placed struct {
	appoint.Head
	appoint.Founding
}

// place puts a founding statement among the rows, as a writer does who reads
// data/ only, and tells which.
func (w *world) place(change func(*placed, *store.Pending)) store.Pending {
	w.t.Helper()
	var f placed
	must(w.t, w.s.Store.Read(ctx, func(tx *store.ReadTx) error {
		in, err := tx.Installation()
		must(w.t, err)
		people, err := tx.Enrolments()
		f.Head = appoint.NewHead(in.ID, appoint.KindFounding, uuid.NewString(), "2026-11-22")
		f.Institution = appoint.Institution{ID: uuid.NewString(), Name: in.Institution}
		f.Settings = appoint.Settings{
			Salt: in.Salt, Log: in.LogVerifier, System: in.SystemVerifier, Policy: 1,
			Recovery: appoint.RecoveryDeclined,
		}
		for _, role := range appoint.FoundingRoles {
			for _, p := range people {
				if p.Roles == role {
					f.Members = append(f.Members, appoint.Appointment{
						Member: p.ID, Name: p.Name, Institution: f.Institution.ID,
						Roles: []string{role}, Contact: p.Contact,
						From: f.Prepared, Recipient: p.Recipient, Verifier: p.Verifier,
					})
				}
			}
		}
		return err
	}))
	p := store.Pending{ID: "founding", Kind: appoint.KindFounding, Signatures: []byte("[]"), Day: f.Prepared}
	change(&f, &p)
	if p.Body == nil {
		var err error
		p.Body, err = appoint.Write(f.Head, f.Founding)
		must(w.t, err)
	}
	must(w.t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.PutPending(p) }))
	return p
}

func eve() appoint.Appointment {
	s := derive.New()
	identity, err := s.MemberIdentity()
	if err != nil {
		panic(err)
	}
	return appoint.Appointment{
		Member: uuid.NewString(), Name: "Eve", Roles: []string{appoint.RoleResponsible}, From: "2026-11-22",
		Recipient: identity.Recipient().String(), Verifier: s.MemberSigner().Public().(ed25519.PublicKey),
	}
}

// A founding statement placed by hand is never signed, whatever is changed in
// it: the founders compared the words of four people, and those are who found.
func TestAFoundingPlacedByHandIsNeverSigned(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	anna := w.as(ids[0])
	for name, change := range map[string]func(*placed, *store.Pending){
		"a fifth member": func(f *placed, _ *store.Pending) {
			e := eve()
			e.Institution = f.Institution.ID
			f.Members = append(f.Members, e)
		},
		"another in one's place": func(f *placed, _ *store.Pending) {
			e := eve()
			f.Members[2].Recipient, f.Members[2].Verifier = e.Recipient, e.Verifier
		},
		"another role":         func(f *placed, _ *store.Pending) { f.Members[3].Roles = []string{appoint.RoleChair} },
		"a term":               func(f *placed, _ *store.Pending) { f.Members[1].Until = "2026-11-30" },
		"another installation": func(f *placed, _ *store.Pending) { f.Installation = uuid.NewString() },
		"a unit": func(f *placed, _ *store.Pending) {
			f.Institution.Units = []appoint.Unit{{ID: "x", Name: "y"}}
		},
		"an odd id": func(f *placed, _ *store.Pending) {
			f.Institution.ID = "here"
			for i := range f.Members {
				f.Members[i].Institution = "here"
			}
		},
		"another row's day":  func(_ *placed, p *store.Pending) { p.Day = "2026-11-21" },
		"another kind":       func(_ *placed, p *store.Pending) { p.Kind = appoint.KindAppointment },
		"more days":          func(f *placed, _ *store.Pending) { f.By = "2026-12-24" },
		"an odd statement":   func(f *placed, _ *store.Pending) { f.ID = "id" },
		"another past":       func(f *placed, _ *store.Pending) { f.Seen = "x" },
		"another salt":       func(f *placed, _ *store.Pending) { f.Salt = make([]byte, 32) },
		"another log key":    func(f *placed, _ *store.Pending) { f.Log += "x" },
		"another system key": func(f *placed, _ *store.Pending) { f.System = eve().Verifier },
		"recovery":           func(f *placed, _ *store.Pending) { f.Recovery = "3 of 5" },
		"backups to Eve":     func(f *placed, _ *store.Pending) { f.Backup = eve().Recipient },
		"no JSON":            func(_ *placed, p *store.Pending) { p.Body = []byte("{") },
		"no signatures":      func(_ *placed, p *store.Pending) { p.Signatures = []byte("{") },
		"a day not come yet": func(f *placed, p *store.Pending) { later(f, p, "2026-11-23") },
		"no day":             func(f *placed, p *store.Pending) { later(f, p, "2026-1-1") },
		"one more space": func(f *placed, p *store.Pending) {
			raw, err := appoint.Write(f.Head, f.Founding)
			must(t, err)
			p.Body = append(raw, ' ')
		},
	} {
		var lines bytes.Buffer
		w.s.Log = slog.New(slog.NewTextHandler(&lines, nil))
		w.place(change)
		if err := w.signFounding(anna, ids); !errors.Is(err, registry.ErrChanged) ||
			!errors.Is(err, ethics.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(lines.String(), "level=ERROR") {
			t.Errorf("%s: nobody is told", name)
		}
		var left []store.Pending
		must(t, w.s.Store.Read(ctx, func(tx *store.ReadTx) (err error) { left, err = tx.AllPending(); return err }))
		if len(left) > 0 {
			t.Fatalf("%s: still waits", name)
		}
	}
	for _, id := range ids[:3] { // and the true founding goes on
		must(t, w.signFounding(w.as(id), ids))
	}
	if members := w.as(ids[0]).Roster.Members(); len(members) != 4 {
		t.Errorf("%d members", len(members))
	}
	w.sound()
}

func later(f *placed, p *store.Pending, day string) {
	f.Head, p.Day = appoint.NewHead(f.Installation, f.Kind, f.ID, day), day
	for i := range f.Members {
		f.Members[i].From = day
	}
}

// Exchanged after two have signed, it is dropped by the third, and whoever has
// signed signs again.
func TestAFoundingExchangedBeforeTheThirdSignature(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	for _, id := range ids[:2] {
		must(t, w.signFounding(w.as(id), ids))
	}
	w.place(func(f *placed, p *store.Pending) {
		e := eve()
		e.Institution = f.Institution.ID
		f.Members = append(f.Members, e)
		p.Signatures = w.pending("founding").Signatures
	})
	f, err := w.s.Founding(ctx)
	must(t, err)
	for _, c := range f.Candidates {
		if c.Signed {
			t.Errorf("%s counts as having signed it", c.Name)
		}
	}
	if err := registry.Found(w.s, ctx); !errors.Is(err, registry.ErrChanged) {
		t.Errorf("founded: %v", err)
	}
	for _, id := range ids[:3] {
		must(t, w.signFounding(w.as(id), ids))
	}
	w.sound()
}

// What was shown is what is signed: keys exchanged between the page and the
// press of the button are not, nor a row that differs from the founder's own.
func TestKeysExchangedAfterTheyWereCompared(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	anna, berta := w.as(ids[0]), w.as(ids[1])
	shown, err := w.s.Founding(ctx)
	must(t, err)
	swap := func(id string, e appoint.Appointment) (old store.Enrolment) {
		must(t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
			old, err = tx.EnrolmentNow(id)
			must(t, err)
			must(t, tx.DropEnrolment(id))
			now := old
			now.Recipient, now.Verifier = e.Recipient, e.Verifier
			return tx.AddEnrolment(now)
		}))
		return old
	}
	old := swap(ids[3], eve())
	if err := w.s.SignFounding(ctx, anna, shown.Seen, ids); !errors.Is(err, registry.ErrChanged) {
		t.Errorf("signed other words than shown: %v", err)
	}
	swap(ids[3], appoint.Appointment{Recipient: old.Recipient, Verifier: old.Verifier})
	for _, blind := range []string{"", shown.Seen[:20]} {
		if err := w.s.SignFounding(ctx, anna, blind, ids); !errors.Is(err, registry.ErrChanged) {
			t.Errorf("signed unseen: %v", err)
		}
	}
	// The own row: the program compares it, though the founder ticked it too.
	old = swap(ids[1], eve())
	if err := w.signFounding(berta, ids); !errors.Is(err, registry.ErrChanged) {
		t.Errorf("signed for keys that are not the own ones: %v", err)
	}
	swap(ids[1], appoint.Appointment{Recipient: old.Recipient, Verifier: old.Verifier})
	must(t, w.s.SignFounding(ctx, anna, shown.Seen, ids))
	must(t, w.s.SignFounding(ctx, berta, shown.Seen, ids))
}

// Signatures that a writer adds in others' names count for nothing, and shut
// nobody out.
func TestForgedFoundersSignatures(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	anna := w.as(ids[0])
	p := w.place(func(*placed, *store.Pending) {}) // as the program would have made it
	sigs := []appoint.Signature{appoint.Sign(p.Kind, p.Body, anna.ID, anna.Secret.MemberSigner())}
	for _, id := range ids[1:] {
		sigs = append(sigs, appoint.Sign(p.Kind, p.Body, id, derive.New().MemberSigner()))
	}
	var err error
	p.Signatures, err = json.Marshal(append(sigs, sigs[0], sigs[0]))
	must(t, err)
	must(t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.PutPending(p) }))
	f, err := w.s.Founding(ctx)
	must(t, err)
	if !f.Candidates[0].Signed || f.Candidates[1].Signed || f.Candidates[2].Signed || f.Candidates[3].Signed {
		t.Errorf("%+v", f.Candidates)
	}
	must(t, registry.Found(w.s, ctx))
	for _, id := range ids[:3] {
		if w.entries() != 0 {
			t.Fatal("founded with one founder's signature")
		}
		must(t, w.signFounding(w.as(id), ids))
	}
	if w.entries() != 1 {
		t.Error("shut out by forged signatures")
	}
	w.sound()
}

// A writer who adds an enrolment of his own makes the four no four.
func TestAFifthEnrolmentStopsTheFounding(t *testing.T) {
	w := newWorld(t)
	ids := w.four()
	anna := w.as(ids[0])
	e := eve()
	must(t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.AddEnrolment(store.Enrolment{
			Member: store.Member{
				ID: e.Member, Email: "eve@example.lv", Secret: []byte{1}, TOTP: []byte{1}, FoundersCopy: []byte{},
			},
			Name: "Eve", Roles: appoint.RoleMember, Founding: true, Recipient: e.Recipient, Verifier: e.Verifier,
		})
	}))
	if err := w.signFounding(anna, append(ids, e.Member)); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("signed: %v", err)
	}
	must(t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.DropEnrolment(ids[2]) }))
	must(t, w.s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.DropEnrolment(ids[3]) }))
	if f, err := w.s.Founding(ctx); err != nil || f.Complete {
		t.Errorf("complete without an administrator: %v", err)
	}
}
