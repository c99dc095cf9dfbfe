package auth_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"svilpe/internal/auth"
	"svilpe/internal/keyring"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

const (
	email    = "anna@example.lv"
	password = "zirgs skapis upe mākonis"
)

var ctx = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a founded installation; Anna is its responsible person.
type world struct {
	t          *testing.T
	data, keys string
	now        time.Time
	params     secret.Params
	a          *auth.Service
	r          *registry.Service
	totp       map[string]string
	ids        []string
}

func (w *world) fresh() secret.Params {
	p := secret.Default()
	p.Memory, p.Time, p.Threads = w.params.Memory, w.params.Time, w.params.Threads
	return p
}

// enrolled is an installation before its founding, with all four enrolled.
func enrolled(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{
		t: t, data: filepath.Join(dir, "data"), keys: filepath.Join(dir, "keys"), totp: map[string]string{},
		now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), params: secret.Params{Memory: 64, Time: 1, Threads: 1},
	}
	codes, err := registry.Init(ctx, w.data, w.keys, "Pašvaldība", false, time.Hour, w.now)
	must(t, err)
	w.open()
	for i, name := range []string{"anna", "berta", "karlis", "dora"} {
		w.ids = append(w.ids, w.enrol(codes[i].Code, name))
	}
	return w
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := enrolled(t)
	f, err := w.r.Founding(ctx)
	must(t, err)
	for _, name := range []string{"anna", "berta", "karlis"} {
		must(t, w.r.SignFounding(ctx, &w.in(name+"@example.lv").Acting, f.Seen, w.ids))
	}
	return w
}

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
	now, gate, log := func() time.Time { return w.now }, secret.NewGate(), slog.New(slog.DiscardHandler)
	w.r = &registry.Service{
		Store: st, Keys: keys, Gate: gate, Params: w.fresh, Valid: 7 * 24 * time.Hour, Now: now, Log: log,
	}
	w.a = &auth.Service{
		Store: st, Keys: keys, Gate: gate, Params: w.fresh, Now: now, Log: log,
		Limits: auth.Limits{
			Idle: 30 * time.Minute, Absolute: 10 * time.Hour, Known: 180 * 24 * time.Hour, Wrong: 5,
			LongestDelay: 15 * time.Minute,
		},
	}
}

func (w *world) enrol(code, name string) string {
	w.t.Helper()
	address := name + "@example.lv"
	w.totp[address] = secret.NewTOTP()
	id, err := w.r.Enrol(ctx, registry.Person{
		Code: code, Name: name, Email: address, Password: password, TOTPSecret: w.totp[address],
		TOTPCode: w.code(address), Confidential: true,
	})
	must(w.t, err)
	return id
}

func (w *world) code(address string) string {
	w.t.Helper()
	code, err := hotp.GenerateCode(w.totp[address], uint64(w.now.Unix()/30))
	must(w.t, err)
	return code
}

// signIn signs in with a fresh step of the second factor.
func (w *world) signIn(address string) (secret.Cookie, secret.Cookie) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	session, known, err := w.a.SignIn(ctx, address, password, w.code(address), secret.Cookie{})
	must(w.t, err)
	return session, known
}

func (w *world) in(address string) *auth.Session {
	w.t.Helper()
	cookie, _ := w.signIn(address)
	session, err := w.a.Session(ctx, cookie)
	must(w.t, err)
	return session
}

func (w *world) row(id string) store.Member {
	w.t.Helper()
	var m store.Member
	must(w.t, w.a.Store.Read(ctx, func(tx *store.ReadTx) (err error) { m, err = tx.Member(id); return err }))
	return m
}
