package auth_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/auth"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

func (w *world) write(member string, fn func(*store.Tx) error) {
	w.t.Helper()
	e := store.Entry{
		ID: uuid.NewString(), Day: "2026-11-22", Kind: "credentials_changed", Actor: member,
		Stream: ethics.MemberStream(member),
	}
	must(w.t, w.a.Store.Write(ctx, e, fn))
}

// A copy emptied in the database is not filled again: whoever emptied it has
// founders of their own to offer. Only the founding's administrator had none.
func TestEmptiedFoundersCopyIsRefused(t *testing.T) {
	w := newWorld(t)
	dora := w.in("dora@example.lv")
	code, err := w.r.Invite(ctx, &dora.Acting, dora.Institution, []string{appoint.RoleAdministrator})
	must(t, err)
	ada := w.enrol(code, "ada") // administers too, and enrolled after the founding
	empty := func(id string) {
		w.write(id, func(tx *store.Tx) error {
			m, err := tx.Member(id)
			if err != nil {
				return err
			}
			m.FoundersCopy = []byte{}
			return tx.PutMember(m)
		})
	}
	refused := func(name string) {
		t.Helper()
		w.now = w.now.Add(time.Minute)
		if _, _, err := w.a.SignIn(ctx, name, password, w.code(name),
			secret.Cookie{}); !errors.Is(err, auth.ErrFounders) {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty(w.ids[0])
	refused(email)
	if len(w.row(w.ids[0]).FoundersCopy) != 0 {
		t.Error("filled with whatever founders stand there")
	}
	must(t, w.a.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		e, err := tx.EnrolmentNow(ada)
		must(t, err)
		e.FoundersCopy = []byte{}
		return tx.PutEnrolment(e.Member)
	}))
	refused("ada@example.lv") // who waits for an appointment
	must(t, w.r.PrepareAppointment(ctx, &dora.Acting, ada, ""))
	for _, name := range []string{"berta@example.lv", "karlis@example.lv"} {
		waits, err := w.r.Waiting(ctx)
		must(t, err)
		must(t, w.r.SignStatement(ctx, &w.in(name).Acting, waits[0].ID, true))
	}
	refused("ada@example.lv") // and as an administrator whom the founding did not appoint
	w.signIn("dora@example.lv")
}

// Sessions that began before the founding end with it; the founders are told by
// the error, and sign in again.
func TestFoundingEndsEarlierSessions(t *testing.T) {
	w := enrolled(t)
	f, err := w.r.Founding(ctx)
	must(t, err)
	var cookies []secret.Cookie
	for _, name := range []string{email, "berta@example.lv", "karlis@example.lv", "dora@example.lv"} {
		cookie, _ := w.signIn(name)
		cookies = append(cookies, cookie)
	}
	for i, cookie := range cookies[:3] {
		who, err := w.a.Session(ctx, cookie)
		if err != nil {
			t.Fatalf("ended before the founding, at signature %d: %v", i, err)
		}
		must(t, w.r.SignFounding(ctx, &who.Acting, f.Seen, w.ids))
	}
	for _, cookie := range cookies {
		if _, err := w.a.Session(ctx, cookie); !errors.Is(err, auth.ErrFounded) ||
			!errors.Is(err, ethics.ErrSessionEnded) {
			t.Errorf("a session without founders goes on: %v", err)
		}
	}
	if who := w.in(email); !who.Has(appoint.RoleResponsible) {
		t.Error("cannot sign in again")
	}
}

// The operator replaces founders, keys/founders and all, while Anna is signed
// in, and appoints her anew with her own keys so that nothing seems to change.
func TestFoundersReplacedUnderASession(t *testing.T) {
	w := newWorld(t)
	session := w.in(email)
	anna, err := session.Roster.Member(session.ID)
	must(t, err)
	fake := session.Roster.Founding
	fake.Members = nil
	keys := map[string]derive.Secret{}
	for _, role := range appoint.FoundingRoles {
		s, id := derive.New(), uuid.NewString()
		keys[id] = s
		identity, err := s.MemberIdentity()
		must(t, err)
		fake.Members = append(fake.Members, appoint.Appointment{
			Member: id, Name: "Fake " + role, Institution: fake.Institution.ID,
			Roles: []string{role}, From: "2026-11-22",
			Recipient: identity.Recipient().String(), Verifier: s.MemberSigner().Public().(ed25519.PublicKey),
		})
	}
	sign := func(h appoint.Head, raw []byte, err error) appoint.Statement {
		must(t, err)
		st := appoint.Statement{ID: h.ID, Kind: h.Kind, Body: raw, Day: h.Prepared}
		for _, m := range fake.Members[:3] {
			st.Signatures = append(st.Signatures, appoint.Sign(h.Kind, raw, m.Member, keys[m.Member].MemberSigner()))
		}
		return st
	}
	h := appoint.NewHead(session.Roster.Installation, appoint.KindFounding, uuid.NewString(), "2026-11-22")
	raw, err := appoint.Write(h, fake)
	forged := w.replaced(sign(h, raw, err))
	h = forged.roster().Head(appoint.KindAppointment, uuid.NewString(), "2026-11-22")
	raw, err = appoint.Write(h, anna.Appointments[0])
	forged.add(record.KindAppointed, sign(h, raw, err))
	cookie := secret.Cookie{5, 5, 5}
	forged.addSession(cookie, session.ID, append(session.Secret[:], session.Roster.Digest[:]...)) // her row, as it was
	if _, err := forged.a.Session(ctx, cookie); !errors.Is(err, ethics.ErrSessionEnded) ||
		!errors.Is(err, auth.ErrFounders) {
		t.Errorf("the session goes on under other founders: %v", err)
	}
	forged.now = forged.now.Add(time.Minute)
	if _, _, err := forged.a.SignIn(ctx, email, password, forged.code(email),
		secret.Cookie{}); !errors.Is(err, auth.ErrFounders) {
		t.Errorf("signed in under other founders: %v", err)
	}
	var now [32]byte
	must(t, forged.a.Store.Read(ctx, func(tx *store.ReadTx) error {
		roster, err := tx.Roster()
		must(t, err)
		now = roster.Digest
		return nil
	}))
	cookie[0]++
	forged.addSession(cookie, session.ID, append(session.Secret[:], now[:]...))
	if forged.ended(cookie) {
		t.Error("the forgery above is no good: it ends for another reason")
	}
}

// replaced is the installation with a database that the operator wrote anew:
// other statements, and Anna's credentials as they were.
func (w *world) replaced(founding appoint.Statement) *world {
	w.t.Helper()
	var in store.Installation
	must(w.t, w.a.Store.Read(ctx, func(tx *store.ReadTx) (err error) { in, err = tx.Installation(); return err }))
	root, err := audit.Root(0, nil)
	must(w.t, err)
	head, err := audit.Head{Origin: w.a.Keys.Log.Origin(), Root: root}.Sign(w.a.Keys.Log.Signer())
	must(w.t, err)
	digest, anna := appoint.Digest(founding.Body), w.row(w.ids[0])
	must(w.t, w.a.Keys.WriteFounders(digest))
	forged := &world{t: w.t, data: w.t.TempDir(), keys: w.keys, totp: w.totp, now: w.now, params: w.params, ids: w.ids}
	must(w.t, store.Create(ctx, forged.data))
	forged.open()
	must(w.t, forged.a.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.Setup(in, head) }))
	forged.add(record.KindFounded, founding, func(tx *store.Tx) error {
		return errors.Join(tx.NoteInstallation(), tx.PutMember(anna))
	})
	return forged
}

// add stores a statement, and what else.
func (w *world) add(kind audit.EntryKind, s appoint.Statement, more ...func(*store.Tx) error) {
	w.t.Helper()
	e := store.Entry{
		ID: uuid.NewString(), Day: s.Day, Kind: kind, Actor: ethics.ActorSystem, Stream: ethics.StreamRoster,
	}
	must(w.t, w.a.Store.Write(ctx, e, func(tx *store.Tx) error {
		for _, fn := range more {
			if err := fn(tx); err != nil {
				return err
			}
		}
		return tx.AddStatement(s)
	}))
}

func (w *world) roster() (r *appoint.Roster) {
	w.t.Helper()
	must(w.t, w.a.Store.Read(ctx, func(tx *store.ReadTx) (err error) { r, err = tx.Roster(); return err }))
	return r
}

// addSession puts a session's row among the others, sealed under a cookie that
// whoever wrote it has.
func (w *world) addSession(cookie secret.Cookie, member string, plain []byte) {
	w.t.Helper()
	hash := sha256.Sum256(cookie[:])
	must(w.t, w.a.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.AddSession(store.Session{
			Hash: hash[:], Member: member, Sealed: secret.SealUnder(cookie, "session", member, plain),
			Started: w.now.UnixMilli(), Seen: w.now.UnixMilli(),
		})
	}))
}

// Berta has the database and a cookie of her own: she makes a row that calls
// her session Anna's, sealed under her cookie around her own secret.
func TestASessionOfAnothersSecretEnds(t *testing.T) {
	w := newWorld(t)
	berta := w.in("berta@example.lv")
	cookie := secret.Cookie{7, 7, 7}
	plain := append(append([]byte{}, berta.Secret[:]...), berta.Roster.Digest[:]...)
	w.addSession(cookie, w.ids[0], plain)
	if who, err := w.a.Session(ctx, cookie); !errors.Is(err, ethics.ErrSessionEnded) ||
		!errors.Is(err, auth.ErrFounders) {
		t.Errorf("acts as %v: %v", who, err)
	}
	cookie = secret.Cookie{8, 8, 8}
	w.addSession(cookie, w.ids[1], plain) // the same as her own is a session
	if w.ended(cookie) {
		t.Error("the forgery above is no good: it ends for another reason")
	}
	for _, bad := range [][]byte{plain[:32], plain[:63], append(plain, 0), {}} {
		cookie[31]++
		w.addSession(cookie, w.ids[1], bad)
		if !w.ended(cookie) {
			t.Errorf("a row of %d bytes is a session", len(bad))
		}
	}
}

// The same before the founding: an enrolled person's session holds that
// person's secret.
func TestAnEnrolledSessionOfAnothersSecretEnds(t *testing.T) {
	w := enrolled(t)
	berta := w.in("berta@example.lv")
	cookie := secret.Cookie{7, 7, 7}
	w.addSession(cookie, w.ids[0], append(append([]byte{}, berta.Secret[:]...), make([]byte, 32)...))
	if !w.ended(cookie) {
		t.Error("signs the founding as another")
	}
}

// An operator who has the pepper exchanges Anna's credentials for ones of an own
// secret: her password opens them, and the key in them was never appointed.
func TestCredentialsAroundAnotherKeyAreRefused(t *testing.T) {
	w := newWorld(t)
	params := w.fresh()
	kek, err := w.a.Gate.DeriveKEK(ctx, password, params, w.a.Keys.Pepper)
	must(t, err)
	evil := derive.New()
	anna := w.in(email)
	w.write(anna.ID, func(tx *store.Tx) error {
		m, err := tx.Member(anna.ID)
		if err != nil {
			return err
		}
		m.Params = params.String()
		m.Secret = kek.Seal(anna.ID, secret.PurposeMember, params, evil[:])
		m.TOTP = kek.Seal(anna.ID, secret.PurposeTOTP, params, []byte(w.totp[email]))
		m.FoundersCopy = secret.SealUnder(evil.FoundersKey(), secret.PurposeFounders, anna.ID, anna.Roster.Digest[:])
		return tx.PutMember(m)
	})
	w.now = w.now.Add(time.Minute)
	if _, _, err := w.a.SignIn(ctx, email, password, w.code(email),
		secret.Cookie{}); !errors.Is(err, auth.ErrFounders) {
		t.Errorf("signed in: %v", err)
	}
}
