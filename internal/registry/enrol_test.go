package registry_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

func TestInitNeverOverwrites(t *testing.T) {
	again := func(data, keys string) error {
		_, err := registry.Init(ctx, data, keys, "Cita", false, time.Hour, time.Now())
		return err
	}
	w := newWorld(t)
	before, err := os.ReadFile(filepath.Join(w.keys, "pepper"))
	must(t, err)
	elsewhere := t.TempDir()
	for name, dirs := range map[string][2]string{
		"both": {w.data, w.keys}, "data only": {w.data, filepath.Join(elsewhere, "keys")},
		"keys only": {filepath.Join(elsewhere, "data"), w.keys},
	} {
		if err := again(dirs[0], dirs[1]); !errors.Is(err, ethics.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, dir := range []string{"data", "keys"} {
		if left, err := os.ReadDir(filepath.Join(elsewhere, dir)); err == nil && len(left) > 0 {
			t.Errorf("a refused init left %s", left[0].Name())
		}
	}
	after, err := os.ReadFile(filepath.Join(w.keys, "pepper"))
	must(t, err)
	if string(before) != string(after) {
		t.Error("the pepper changed")
	}
}

func TestInvitationOnceForgivingAndNoLonger(t *testing.T) {
	w := newWorld(t)
	code := w.codes[0].Code
	if len(w.codes) != 4 || len(strings.ReplaceAll(code, "-", "")) != 20 {
		t.Fatalf("codes: %d, %q", len(w.codes), code)
	}
	sloppy := " " + strings.ToLower(strings.NewReplacer("-", " ", "0", "o", "1", "l", "V", "u").Replace(code)) + "\t"
	offer, err := w.s.Offer(ctx, sloppy)
	must(t, err)
	if offer.Institution != "Pašvaldība" || !offer.Founding || offer.Roles[0] != appoint.RoleResponsible {
		t.Errorf("offer %+v", offer)
	}
	w.enrol(sloppy, "Anna")
	for name, code := range map[string]string{
		"used": code, "unknown": strings.Repeat("0", 20), "empty": "", "long": strings.Repeat("A", 1<<16),
	} {
		if _, err := w.s.Offer(ctx, code); !errors.Is(err, registry.ErrInvitation) {
			t.Errorf("offer of a code that is %s: %v", name, err)
		}
		if _, err := w.s.Enrol(ctx, w.person(code, "Zane")); !errors.Is(err, registry.ErrInvitation) {
			t.Errorf("enrolment with a code that is %s: %v", name, err)
		}
	}
	w.now = w.now.Add(7*24*time.Hour - time.Second)
	if _, err := w.s.Offer(ctx, w.codes[1].Code); err != nil {
		t.Errorf("on the last second: %v", err)
	}
	w.now = w.now.Add(time.Second)
	if _, err := w.s.Enrol(ctx, w.person(w.codes[1].Code, "Berta")); !errors.Is(err, registry.ErrInvitation) {
		t.Errorf("lapsed: %v", err)
	}
	if w.entries() != 0 {
		t.Error("an enrolment before the founding left an entry")
	}
}

func TestEnrolmentRefusesAndKeepsTheInvitation(t *testing.T) {
	w := newWorld(t)
	code := w.codes[0].Code
	for want, change := range map[string]func(*registry.Person){
		"name=required":         func(p *registry.Person) { p.Name = " \n" },
		"name=too_long":         func(p *registry.Person) { p.Name = strings.Repeat("ā", 201) },
		"name=characters":       func(p *registry.Person) { p.Name = "Anna \u202eānaiL" },
		"email=email":           func(p *registry.Person) { p.Email = "anna" },
		"contact=characters":    func(p *registry.Person) { p.Contact = "a\x00" },
		"password=short":        func(p *registry.Person) { p.Password = "elevenchars" },
		"password=common":       func(p *registry.Person) { p.Password = "password1234" },
		"password=too_long":     func(p *registry.Person) { p.Password = strings.Repeat("x y", 400) },
		"totp_code=totp":        func(p *registry.Person) { p.TOTPCode = "000000x" },
		"confidential=required": func(p *registry.Person) { p.Confidential = false },
	} {
		p := w.person(code, "Anna")
		change(&p)
		var errs ethics.FieldErrors
		if _, err := w.s.Enrol(ctx, p); !errors.As(err, &errs) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	var errs ethics.FieldErrors
	if _, err := w.s.Enrol(ctx, w.person(code, "Annα")); !errors.As(err, &errs) || errs.Of("name") != "characters" {
		t.Errorf("a name in letters that look like others: %v", err)
	}
	bad := w.person(code, "Anna")
	bad.TOTPSecret = "AAAA"
	if _, err := w.s.Enrol(ctx, bad); err == nil {
		t.Error("a short second factor was taken")
	}
	w.enrol(code, "Anna")
	taken := w.person(w.codes[1].Code, "Anna")
	taken.Email = " ANNA@example.LV"
	if _, err := w.s.Enrol(ctx, taken); !errors.As(err, &errs) || errs.Of("email") != "taken" {
		t.Errorf("taken: %v", err)
	}
	if _, err := w.s.Enrol(ctx, w.person(w.codes[1].Code, "  ĀNNA")); !errors.As(err, &errs) ||
		errs.Of("name") != "founder" {
		t.Errorf("two founders of one name: %v", err)
	}
	w.enrol(w.codes[1].Code, "Berta") // the invitation is still good
	if s := fmt.Sprintf("%v %+v %s %#v", bad, bad, bad, bad); strings.Contains(s, password) {
		t.Error("a person's password prints")
	}
}

func TestNothingTypedIsStoredInTheClear(t *testing.T) {
	w := newWorld(t)
	id := w.enrol(w.codes[0].Code, "Anna")
	must(t, w.s.Store.Read(ctx, func(tx *store.ReadTx) error {
		e, err := tx.Enrolment(id)
		if strings.Contains(string(e.Secret)+string(e.TOTP)+e.Params, password) ||
			strings.Contains(string(e.TOTP), w.totp["anna@example.lv"]) {
			t.Error("a secret stands in the row")
		}
		return err
	}))
}

func TestInviteOnlyByAnAdministratorForWhatCanBeAppointed(t *testing.T) {
	w := newWorld(t)
	ids := w.found()
	admin, chair := w.as(ids[3]), w.as(ids[1])
	home := w.home(admin).ID
	if _, err := w.s.Invite(ctx, chair, home, []string{appoint.RoleMember}); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a chair invited: %v", err)
	}
	if _, err := w.s.Invite(ctx, admin, "nowhere", []string{appoint.RoleMember}); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("into nowhere: %v", err)
	}
	for want, roles := range map[ethics.FaultKind][]string{
		"required": nil,
		"option":   {"reporter"},
		"duties":   {appoint.RoleAdministrator, appoint.RoleTrust},
	} {
		var errs ethics.FieldErrors
		if _, err := w.s.Invite(ctx, admin, home, roles); !errors.As(err, &errs) || errs.Of("roles") != want {
			t.Errorf("%v: %v, want %s", roles, err, want)
		}
	}
	for _, roles := range [][]string{
		{"a,b"}, {appoint.RoleMember, appoint.RoleMember}, {appoint.RoleAuditor, appoint.RoleChair},
		{appoint.RoleChair, appoint.RoleResponsible},
	} {
		if _, err := w.s.Invite(ctx, admin, home, roles); err == nil {
			t.Errorf("%v were taken", roles)
		}
	}
}
