package demo

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/sync/errgroup"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
)

// When the institutions come to be, in days before today.
const (
	foundingDay    = 150
	statedDay      = 149 // the alternate institution and the units
	enrolmentDay   = 148
	appointmentDay = 147
)

// login is a person's way in.
type login struct {
	id, password, totp string
	secret             derive.Secret
}

// Format hides the login.
func (login) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, ethics.Redacted) }

//go:embed words.txt
var wordList string

// password makes four words and a number from 10 to 99: 128 words, so 28 bits
// and a bit more. It stands in a file beside the practice data and has to be
// typeable, not strong.
func password() (string, error) {
	words := strings.Fields(wordList)
	var b strings.Builder
	for range 4 {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
		if err != nil {
			return "", err
		}
		b.WriteString(words[n.Int64()] + "-")
	}
	n, err := rand.Int(rand.Reader, big.NewInt(90))
	return fmt.Sprintf("%s%d", &b, 10+n.Int64()), err
}

func (w *world) person(key string) (*person, error) {
	i := slices.IndexFunc(w.people, func(p *person) bool { return p.Key == key })
	if i < 0 {
		return nil, fmt.Errorf("%q: %w", key, ethics.ErrNotFound)
	}
	return w.people[i], nil
}

// enrol types what the page asks of an invited person.
func (w *world) enrol(ctx context.Context, p *person, code string) error {
	var err error
	if p.password, err = password(); err != nil {
		return err
	}
	p.totp = secret.NewTOTP()
	now, err := totp.GenerateCode(p.totp, w.clock.Now())
	if err != nil {
		return err
	}
	p.id, err = w.Registry.Enrol(ctx, registry.Person{
		Code: code, Name: p.Name, Email: p.Email, Password: p.password, Contact: p.Contact,
		TOTPSecret: p.totp, TOTPCode: now, Confidential: true,
	})
	if err != nil {
		return fmt.Errorf("enrol %s: %w", p.Key, err)
	}
	return nil
}

// signIn signs a person in once, which proves the login and unlocks the secret
// that the person signs and reads with, and out again.
func (w *world) signIn(ctx context.Context, p *person) (*auth.Session, error) {
	code, err := totp.GenerateCode(p.totp, w.clock.Now())
	if err != nil {
		return nil, err
	}
	cookie, _, err := w.Auth.SignIn(ctx, p.Email, p.password, code, secret.Cookie{})
	if err != nil {
		return nil, fmt.Errorf("sign in %s: %w", p.Key, err)
	}
	s, err := w.Auth.Session(ctx, cookie)
	if err != nil {
		return nil, fmt.Errorf("session of %s: %w", p.Key, err)
	}
	p.secret = s.Secret
	return s, w.Auth.SignOut(ctx, cookie)
}

// found enrols the four invited and lets the three founders sign.
func (w *world) found(ctx context.Context, invited []registry.Invited) error {
	w.at(foundingDay)
	var founders []*person
	for _, i := range invited {
		at := slices.IndexFunc(w.people, func(p *person) bool { return p.Founder && slices.Equal(p.Roles, i.Roles) })
		if at < 0 {
			return fmt.Errorf("nobody is there for the invitation of %v", i.Roles)
		}
		if err := w.enrol(ctx, w.people[at], i.Code); err != nil {
			return err
		}
		founders = append(founders, w.people[at])
	}
	f, err := w.Registry.Founding(ctx)
	if err != nil {
		return err
	}
	var all []string
	for _, c := range f.Candidates {
		all = append(all, c.ID)
	}
	for _, p := range founders {
		s, err := w.signIn(ctx, p)
		if err != nil {
			return err
		}
		if slices.Contains(p.Roles, appoint.RoleAdministrator) {
			continue // prepares and signs nothing
		}
		if err := w.Registry.SignFounding(ctx, &s.Acting, f.Seen, all); err != nil {
			return fmt.Errorf("%s signs: %w", p.Key, err)
		}
	}
	roster, err := w.Intake.Roster(ctx)
	if err != nil {
		return err
	}
	w.places[placeMain] = roster.Founding.Institution.ID
	return nil
}

// Names of places and units in the scripts.
const (
	placeMain      = "main"
	placeAlternate = "alternate"
)

var units = []string{
	"Vējupes novada dome", "Vējupes novada Izglītības pārvalde", "Vējupes vidusskola", "Smilgu pamatskola",
	"Pirmsskolas izglītības iestāde „Vējzirdziņš”",
}

// grow states the alternate institution and the units, and appoints the others.
func (w *world) grow(ctx context.Context) error {
	w.at(statedDay)
	var founders []*person
	var administrator *person
	for _, p := range w.people {
		switch {
		case p.Founder && slices.Contains(p.Roles, appoint.RoleAdministrator):
			administrator = p
		case p.Founder:
			founders = append(founders, p)
		}
	}
	if err := w.stateInstitutions(ctx, administrator, founders); err != nil {
		return err
	}
	w.at(enrolmentDay)
	by, err := w.as(ctx, administrator)
	if err != nil {
		return err
	}
	err = w.each(ctx, func(ctx context.Context, p *person) error {
		code, err := w.Registry.Invite(ctx, by, w.places[p.Place], p.Roles)
		if err != nil {
			return fmt.Errorf("invite %s: %w", p.Key, err)
		}
		return w.enrol(ctx, p, code)
	})
	if err != nil {
		return err
	}
	return w.appoint(ctx, by, founders)
}

// stateInstitutions states the alternate institution, which names the
// municipality, and then the municipality anew, which names it and its units.
func (w *world) stateInstitutions(ctx context.Context, administrator *person, founders []*person) error {
	by, err := w.as(ctx, administrator)
	if err != nil {
		return err
	}
	main, err := by.Roster.Institution(w.places[placeMain])
	if err != nil {
		return err
	}
	other := appoint.Institution{Name: Alternate, Alternate: main.ID}
	if main.Alternate, err = w.Registry.PrepareInstitution(ctx, by, other); err != nil {
		return err
	}
	w.places[placeAlternate] = main.Alternate
	if err := w.sign(ctx, founders); err != nil {
		return err
	}
	if by, err = w.as(ctx, administrator); err != nil { // who now knows the other one
		return err
	}
	for _, name := range units {
		main.Units = append(main.Units, appoint.Unit{Name: name})
	}
	if _, err := w.Registry.PrepareInstitution(ctx, by, main); err != nil {
		return err
	}
	return w.sign(ctx, founders)
}

// appoint lets two founders sign for everyone who has enrolled. Who has cases to
// work on then signs in for the first time.
func (w *world) appoint(ctx context.Context, by *appoint.Acting, founders []*person) error {
	w.at(appointmentDay)
	for _, p := range w.people {
		if p.Founder {
			continue
		}
		until := ""
		if p.Term > 0 {
			until = ethics.DayOf(w.start.Add(time.Duration(p.Term) * 24 * time.Hour))
		}
		if err := w.Registry.PrepareAppointment(ctx, by, p.id, until); err != nil {
			return fmt.Errorf("prepare %s: %w", p.Key, err)
		}
	}
	if err := w.sign(ctx, founders); err != nil {
		return err
	}
	acting := w.acting()
	return w.each(ctx, func(ctx context.Context, p *person) error {
		if !acting[p.Key] {
			return nil
		}
		_, err := w.signIn(ctx, p)
		return err
	})
}

// each does something for everyone who is no founder, for all at once.
func (w *world) each(ctx context.Context, do func(context.Context, *person) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, p := range w.people {
		if !p.Founder {
			g.Go(func() error { return do(ctx, p) })
		}
	}
	return g.Wait()
}

// sign lets two of the founders sign all that waits, oldest first.
func (w *world) sign(ctx context.Context, founders []*person) error {
	waiting, err := w.Registry.Waiting(ctx)
	if err != nil {
		return err
	}
	for _, x := range waiting {
		for _, p := range founders[:2] {
			who, err := w.as(ctx, p)
			if err != nil {
				return err
			}
			if err := w.Registry.SignStatement(ctx, who, x.ID, true); err != nil {
				return fmt.Errorf("%s signs %s: %w", p.Key, x.ID, err)
			}
		}
	}
	return nil
}
