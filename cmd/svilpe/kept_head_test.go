package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/config"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

func reopened(t testing.TB, cfg config.Config, now func() time.Time) (*services, error) {
	t.Helper()
	return open(context.Background(), cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), now)
}

func filesFor(t testing.TB, h *services, institution string) {
	t.Helper()
	_, err := h.intake.File(context.Background(), derive.New(), ethics.Report{
		Track: "anonymous", Institution: institution, Category: "procurement", Language: "lv",
		Answers: map[string][]string{"description": {"x"}},
	})
	must(t, err)
}

// TestAnOlderDatabaseIsNotOpened: the day that is closed is kept in keys/head, and a
// database from before it, put back while the program is stopped, is refused.
func TestAnOlderDatabaseIsNotOpened(t *testing.T) {
	cfg, people := founded(t, t.TempDir())
	institution, ctx := people[appoint.RoleResponsible][0].acting.Institution, context.Background()
	file, old := filepath.Join(cfg.Paths.Data, store.File), filepath.Join(t.TempDir(), "old")
	var closed ethics.Day
	for n := range 3 {
		now := func() time.Time { return time.Now().Add(time.Duration(n) * 26 * time.Hour) }
		h, err := reopened(t, cfg, now)
		must(t, err)
		filesFor(t, h, institution)
		closed = h.close(ctx, closed)
		kept, err := h.keys.Head()
		if must(t, err); kept == nil {
			t.Fatal("no head is kept when a day is closed")
		}
		var newest store.Checkpoint
		must(t, h.store.Read(ctx, func(tx *store.ReadTx) (err error) { newest, err = tx.LastCheckpoint(); return err }))
		if string(kept) != string(newest.Note) {
			t.Error("another head is kept than the newest checkpoint's")
		}
		must(t, h.store.Close())
		if n == 0 {
			raw, err := os.ReadFile(file)
			must(t, err)
			must(t, os.WriteFile(old, raw, 0o600))
		}
	}
	raw, err := os.ReadFile(old)
	must(t, err)
	must(t, os.WriteFile(file, raw, 0o600))
	if _, err := reopened(t, cfg, time.Now); !errors.Is(err, audit.ErrTampered) ||
		!strings.Contains(err.Error(), "keys/head") {
		t.Errorf("an older database is opened: %v", err)
	}
}

// TestAListThatLacksACase: whoever's row of a grant is gone is told how many cases the
// log knows; an auditor, of all.
func TestAListThatLacksACase(t *testing.T) {
	cfg, people := founded(t, t.TempDir(), appoint.RoleAuditor)
	anna, otto, ctx := people[appoint.RoleResponsible][0], people[appoint.RoleAuditor][0], context.Background()
	h, err := reopened(t, cfg, time.Now)
	must(t, err)
	t.Cleanup(func() { must(t, h.store.Close()) })
	for range 3 {
		filesFor(t, h, anna.acting.Institution)
	}
	lacks := func(p person, want string) {
		t.Helper()
		l, err := h.insight.Lacking(ctx, again(t, h, p).acting)
		must(t, err)
		got := "nothing"
		if l != nil {
			got = strings.TrimSpace(strings.Join([]string{
				string(rune('0' + l.Listed)), "of", string(rune('0' + l.Logged)),
			}, " "))
		}
		if got != want {
			t.Errorf("lists show %s, want %s", got, want)
		}
	}
	lacks(anna, "nothing")
	lacks(otto, "nothing")
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(cfg.Paths.Data, store.File)+"?_busy_timeout=5000")
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	for query, who := range map[string]person{
		`delete from case_grant where id = (select min(id) from case_grant where member_id = '` + anna.id + `')`: anna,
	} {
		_, err := db.Exec(query)
		must(t, err)
		lacks(who, "2 of 3")
		lacks(otto, "nothing")
	}
	_, err = db.Exec(`pragma foreign_keys = off; delete from cases where number = (select min(number) from cases)`)
	must(t, err)
	lacks(otto, "2 of 3")
}
