package demo

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/dialogue"
	"svilpe/internal/intake"
	"svilpe/internal/keyring"
	"svilpe/internal/policy"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// built is a practice institution as a test needs it.
type built struct {
	Services
	Credentials
	dir     string
	clock   *Clock
	invited []registry.Invited
	said    []string
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// noon is a fixed present: the tests say the same whenever they run.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// prepare is an installation before the founding, with the services on it.
func prepare(t testing.TB, practice bool, now func() time.Time) *built {
	t.Helper()
	ctx := context.Background()
	b := &built{dir: t.TempDir(), clock: NewClock(now)}
	dataDir, keysDir := filepath.Join(b.dir, "data"), filepath.Join(b.dir, "keys")
	var err error
	b.invited, err = registry.Init(ctx, dataDir, keysDir, Municipality, practice, 400*24*time.Hour, now())
	must(t, err)
	keys, err := keyring.Load(keysDir)
	must(t, err)
	b.Store, err = store.Open(ctx, dataDir, &keys.Log, keys.Log.Verifier())
	must(t, err)
	t.Cleanup(func() { _ = b.Store.Close() })
	p, err := policy.Default()
	must(t, err)
	gate, log := secret.NewGate(), slog.New(slog.DiscardHandler)
	params := func() secret.Params { return secret.Params{Memory: 64, Time: 1, Threads: 1} }
	if _, bench := t.(*testing.B); bench {
		// as svilpe demo chooses
		params = func() secret.Params { return secret.Params{Memory: 19 * 1024, Time: 2, Threads: 1} }
	}
	b.Registry = &registry.Service{
		Store: b.Store, Keys: keys, Gate: gate, Params: params, Valid: 7 * 24 * time.Hour, Now: b.clock.Now, Log: log,
	}
	b.Auth = &auth.Service{Store: b.Store, Keys: keys, Gate: gate, Params: params, Now: b.clock.Now,
		Log: log, Limits: auth.Limits{
			Idle: 30 * time.Minute, Absolute: 10 * time.Hour, Known: 180 * 24 * time.Hour, Wrong: 5,
			LongestDelay: 15 * time.Minute,
		}}
	b.Intake = &intake.Service{
		Store: b.Store, Policy: p, System: keys.System, Data: dataDir, Now: b.clock.Now,
		Limits: intake.Limits{
			FileBytes: 1 << 20, ReportBytes: 1 << 21, Files: 10, TextChars: 20000, DraftBytes: 1 << 24, NewADay: 100,
		},
		ReceiptText: func(string, map[string]string) string { return "received" },
	}
	b.Dialogue = &dialogue.Service{Store: b.Store, Policy: p, Now: b.clock.Now, Log: log, Limits: dialogue.Limits{
		Idle: 15 * time.Minute, Absolute: 2 * time.Hour, FileBytes: 1 << 20, MessageBytes: 1 << 21,
		Files: 10, TextChars: 20000,
	}}
	b.Casework = &casework.Service{Store: b.Store, Policy: p, Now: b.clock.Now, Log: log, Limits: casework.Limits{
		FileBytes: 1 << 20, MessageBytes: 1 << 21, Files: 10, TextChars: 20000,
	}}
	return b
}

func (b *built) make() error {
	var err error
	b.Credentials, err = Make(context.Background(), b.Services, b.clock, b.invited, func(s string) {
		b.said = append(b.said, s)
	})
	return err
}

// BenchmarkMake takes the password costs of a practice instance.
func BenchmarkMake(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		x := prepare(b, true, noon)
		b.StartTimer()
		must(b, x.make())
		b.StopTimer()
		must(b, x.Store.Close())
		b.StartTimer()
	}
}
