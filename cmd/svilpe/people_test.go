package main

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"svilpe/internal/appoint"
	"svilpe/internal/config"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
)

// person is somebody with a password and a second factor.
type person struct {
	id, email, password, totp string
	acting                    *appoint.Acting
	cookie                    string // of a session
}

// cheap are password parameters for people who exist only in a test.
func cheap() secret.Params {
	p := secret.Default()
	p.Memory, p.Time, p.Threads = 64, 1, 1
	return p
}

// founded makes a real (not a practice) installation in dir with these members
// beside the founders, and closes it again. Roles name the extra members.
func founded(t testing.TB, dir string, extra ...string) (config.Config, map[string][]person) {
	t.Helper()
	return foundedAt(t, dir, time.Now, extra...)
}

func foundedAt(t testing.TB, dir string, clock func() time.Time, extra ...string) (config.Config, map[string][]person) {
	t.Helper()
	ctx := context.Background()
	cfg := config.Default()
	cfg.Site.MembersURL = "http://example.com" // the host of httptest's requests
	cfg.Paths.Data, cfg.Paths.Keys = filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	codes, err := registry.Init(ctx, cfg.Paths.Data, cfg.Paths.Keys,
		"Vējupes novada pašvaldība", false, days(7), clock())
	must(t, err)
	h, err := open(ctx, cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), clock)
	must(t, err)
	defer func() { must(t, h.store.Close()) }()
	h.registry.Params, h.auth.Params = cheap, cheap

	people := map[string][]person{}
	for _, c := range codes {
		people[c.Roles[0]] = append(people[c.Roles[0]], enrol(t, h, c.Roles[0], c.Code))
	}
	f, err := h.registry.Founding(ctx)
	must(t, err)
	var all []string
	for _, c := range f.Candidates {
		all = append(all, c.ID)
	}
	for _, role := range []string{appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember} {
		must(t, h.registry.SignFounding(ctx, people[role][0].acting, f.Seen, all))
	}
	// Sessions begun before the founding have ended with it; a code works once.
	h.auth.Now = func() time.Time { return clock().Add(31 * time.Second) }
	for role := range people {
		people[role][0].acting = nil
		people[role][0] = again(t, h, people[role][0])
	}
	for _, role := range extra {
		admin := people[appoint.RoleAdministrator][0].acting
		code, err := h.registry.Invite(ctx, admin, admin.Institution, []string{role})
		must(t, err)
		p := enrol(t, h, role, code)
		must(t, h.registry.PrepareAppointment(ctx, admin, p.id, ""))
		for _, by := range []string{appoint.RoleChair, appoint.RoleMember} {
			waits, err := h.registry.Waiting(ctx)
			must(t, err)
			must(t, h.registry.SignStatement(ctx, people[by][0].acting, waits[0].ID, true))
		}
		people[role] = append(people[role], again(t, h, p))
		for r := range people { // rosters of the others are older now
			people[r][0] = again(t, h, people[r][0])
		}
	}
	return cfg, people
}

func enrol(t testing.TB, h *services, role, code string) person {
	t.Helper()
	return enrolAs(t, h, role, code, "Ilze Ozoliņa-"+code[:5])
}

func enrolAs(t testing.TB, h *services, role, code, name string) person {
	t.Helper()
	p := person{
		email:    strings.ReplaceAll(role, "_", ".") + "." + strings.ToLower(code[:5]) + "@vejupe.example",
		password: "zila pele lec " + code[:5], totp: secret.NewTOTP(),
	}
	now, err := totp.GenerateCode(p.totp, h.now())
	must(t, err)
	p.id, err = h.registry.Enrol(context.Background(), registry.Person{
		Code: code, Name: name, Email: p.email, Password: p.password, Contact: "1. kabinets",
		TOTPSecret: p.totp, TOTPCode: now, Confidential: true,
	})
	must(t, err)
	return again(t, h, p)
}

// again signs a person in, for an Acting with today's roster.
func again(t testing.TB, h *services, p person) person {
	t.Helper()
	ctx := context.Background()
	if p.acting != nil {
		s := *p.acting
		roster, err := h.intake.Roster(ctx)
		must(t, err)
		m, err := roster.Member(p.id)
		must(t, err)
		s.Roster, s.Roles, s.Institution = roster, roster.AllRoles(p.id, h.intake.Today()), m.Home()
		p.acting = &s
		return p
	}
	now, err := totp.GenerateCode(p.totp, h.auth.Now())
	must(t, err)
	cookie, _, err := h.auth.SignIn(ctx, p.email, p.password, now, secret.Cookie{})
	must(t, err)
	s, err := h.auth.Session(ctx, cookie)
	must(t, err)
	acting := s.Acting
	p.acting, p.cookie = &acting, cookie.Text()
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnInstallationIsFoundedByItsPeople(t *testing.T) {
	cfg, people := founded(t, t.TempDir(), appoint.RoleResponsible, appoint.RoleAuditor)
	if len(people[appoint.RoleResponsible]) != 2 || len(people[appoint.RoleAuditor]) != 1 {
		t.Fatal("the later members were not appointed")
	}
	h, err := open(context.Background(), cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), time.Now)
	must(t, err)
	defer func() { must(t, h.store.Close()) }()
	if h.demo {
		t.Error("a real installation calls itself practice")
	}
	roster, err := h.intake.Roster(context.Background())
	must(t, err)
	admin := people[appoint.RoleAdministrator][0]
	if !slices.Equal(roster.AllRoles(admin.id, h.intake.Today()), []string{appoint.RoleAdministrator}) {
		t.Error("the administrator holds something else")
	}
}
