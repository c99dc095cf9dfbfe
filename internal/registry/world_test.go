package registry_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/keyring"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
	"svilpe/internal/store"
	"svilpe/internal/verify"
)

var ctx = context.Background()

const password = "zirgs skapis upe mākonis"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cheap are parameters that cost nothing, with a fresh salt.
func cheap() secret.Params {
	p := secret.Default()
	p.Memory, p.Time, p.Threads = 64, 1, 1
	return p
}

// world is an installation as init leaves it, and its people as they enrol.
type world struct {
	t          testing.TB
	data, keys string
	now        time.Time
	codes      []registry.Invited
	s          *registry.Service
	auth       *auth.Service
	emails     map[string]string // member id
	totp       map[string]string // by e-mail
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{
		t: t, data: filepath.Join(dir, "data"), keys: filepath.Join(dir, "keys"),
		now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), emails: map[string]string{}, totp: map[string]string{},
	}
	var err error
	w.codes, err = registry.Init(ctx, w.data, w.keys, "Pašvaldība", false, 7*24*time.Hour, w.now)
	must(t, err)
	w.open()
	return w
}

// open starts the services as serve does, also after a crash.
func (w *world) open() {
	w.t.Helper()
	keys, err := keyring.Load(w.keys)
	must(w.t, err)
	st, err := store.Open(ctx, w.data, &keys.Log, keys.Log.Verifier())
	must(w.t, err)
	w.t.Cleanup(func() { _ = st.Close() })
	if keys.Founded {
		st.SetFounders(keys.Founders)
	}
	gate, now := secret.NewGate(), func() time.Time { return w.now }
	log := slog.New(slog.DiscardHandler)
	w.s = &registry.Service{
		Store: st, Keys: keys, Gate: gate, Params: cheap, Valid: 7 * 24 * time.Hour, Now: now, Log: log,
	}
	w.auth = &auth.Service{
		Store: st, Keys: keys, Gate: gate, Params: cheap, Now: now, Log: log,
		Limits: auth.Limits{
			Idle: 30 * time.Minute, Absolute: 10 * time.Hour, Known: 24 * time.Hour, Wrong: 5,
			LongestDelay: 15 * time.Minute,
		},
	}
}

func (w *world) code(email string) string {
	w.t.Helper()
	code, err := hotp.GenerateCode(w.totp[email], uint64(w.now.Unix()/30))
	must(w.t, err)
	return code
}

// person is what somebody types, sound in every field.
func (w *world) person(code, name string) registry.Person {
	email := strings.ToLower(name) + "@example.lv"
	if w.totp[email] == "" {
		w.totp[email] = secret.NewTOTP()
	}
	return registry.Person{
		Code: code, Name: name, Email: email, Password: password,
		TOTPSecret: w.totp[email], TOTPCode: w.code(email), Confidential: true,
	}
}

func (w *world) enrol(code, name string) string {
	w.t.Helper()
	p := w.person(code, name)
	id, err := w.s.Enrol(ctx, p)
	must(w.t, err)
	w.emails[id] = p.Email
	return id
}

// as signs a person in and gives who acts.
func (w *world) as(id string) *appoint.Acting {
	w.t.Helper()
	w.now = w.now.Add(time.Minute) // a fresh step of the second factor
	cookie, _, err := w.auth.SignIn(ctx, w.emails[id], password, w.code(w.emails[id]), secret.Cookie{})
	must(w.t, err)
	session, err := w.auth.Session(ctx, cookie)
	must(w.t, err)
	return &session.Acting
}

// all signs people in one after another, so that they can act at once.
func (w *world) all(ids []string) []*appoint.Acting {
	w.t.Helper()
	var out []*appoint.Acting
	for _, id := range ids {
		out = append(out, w.as(id))
	}
	return out
}

// four enrols the founders and the administrator, in the order of init.
func (w *world) four() []string {
	w.t.Helper()
	var ids []string
	for i, name := range []string{"Anna", "Berta", "Karlis", "Dora"} {
		ids = append(ids, w.enrol(w.codes[i].Code, name))
	}
	return ids
}

// signFounding signs what the page shows now.
func (w *world) signFounding(who *appoint.Acting, compared []string) error {
	f, err := w.s.Founding(ctx)
	if err != nil {
		return err
	}
	return w.s.SignFounding(ctx, who, f.Seen, compared)
}

// found is the whole way to entry 0.
func (w *world) found() []string {
	w.t.Helper()
	ids := w.four()
	for _, id := range ids[:3] {
		must(w.t, w.signFounding(w.as(id), ids))
	}
	return ids
}

// home is the founding's institution.
func (w *world) home(who *appoint.Acting) appoint.Institution { return who.Roster.Institutions()[0] }

// join invites, enrols and prepares a person; nobody has signed yet.
func (w *world) join(admin *appoint.Acting, institution, name string, roles ...string) string {
	w.t.Helper()
	code, err := w.s.Invite(ctx, admin, institution, roles)
	must(w.t, err)
	id := w.enrol(code, name)
	must(w.t, w.s.PrepareAppointment(ctx, admin, id, ""))
	return id
}

// waiting is the one statement that waits about a member or an institution.
func (w *world) waiting(about string) registry.Waiting {
	w.t.Helper()
	all, err := w.s.Waiting(ctx)
	must(w.t, err)
	for _, x := range all {
		if x.Appointment != nil && x.Appointment.Member == about || x.Institution != nil && x.Institution.ID == about {
			return x
		}
	}
	w.t.Fatalf("nothing waits about %s", about)
	return registry.Waiting{}
}

func (w *world) entries() int64 {
	w.t.Helper()
	var n int64
	must(w.t, w.s.Store.Read(ctx, func(tx *store.ReadTx) error {
		entries, err := tx.Entries(ethics.StreamRoster) // beside each stands one of the member's credentials
		n = int64(len(entries))
		return err
	}))
	return n
}

// sound re-reads everything, as svilpe verify does.
func (w *world) sound() {
	w.t.Helper()
	keys, err := keyring.Load(w.keys)
	must(w.t, err)
	found, err := verify.Run(ctx, w.s.Store, verify.Options{Founders: &keys.Founders})
	must(w.t, err)
	if found.First() != nil {
		w.t.Errorf("verify: %v", found.First())
	}
}
