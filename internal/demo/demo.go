// Package demo is the practice institution: a fictional municipality with its
// people, an alternate institution, and their cases. The texts are data
// (data/*.yaml, one file a language); the code acts them out through the same
// services as the pages, so every row is sealed, signed and logged like a real
// one and nothing here knows how.
//
// Start with Make. What it makes can never enter a real installation: it refuses
// one that was not made for practice.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/intake"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

// Municipality is the practice institution's name, for registry.Init.
const Municipality = "Vējupes novada pašvaldība"

// Alternate is the institution that takes the municipality's reports when its
// own people may not read them, and the other way round.
const Alternate = "Ozolkalna novada pašvaldība"

// Errors of Make.
var (
	ErrReal = errors.New("demo: not a practice installation")
	ErrMade = errors.New("demo: the practice institution is made already")
)

// Services are what the people of the practice institution act through: the
// same the pages use. Each reads the Clock that Make is given.
type Services struct {
	Registry *registry.Service
	Auth     *auth.Service
	Intake   *intake.Service
	Dialogue *dialogue.Service
	Casework *casework.Service
	Store    *store.Store
}

// Credentials are what a person needs in order to practise. They are written to
// one file of mode 0600; printed, they are hidden.
type Credentials struct {
	URL           string         `json:"url"` // filled by the caller, who knows the address
	Members       []Member       `json:"members"`
	Cases         []Case         `json:"cases"`
	Consultations []Consultation `json:"consultations,omitempty"`
}

// Member is one practice login. Institution is a name, Roles are role ids.
type Member struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Email       string   `json:"email"`
	Password    string   `json:"password"`
	TOTPSecret  string   `json:"totp_secret"`
	Roles       []string `json:"roles"`
	Institution string   `json:"institution"`
}

// Case is one practice case with its code. Institution is a name; Category,
// Track, State and Language are ids of the reference data.
type Case struct {
	Number      string       `json:"number"`
	Token       string       `json:"token"`
	Institution string       `json:"institution"`
	Category    string       `json:"category"`
	Track       string       `json:"track"`
	State       ethics.State `json:"state"`
	Language    string       `json:"language"`
}

// Format hides the logins and codes, whatever the verb.
func (Credentials) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, ethics.Redacted) }

// LogValue hides the logins and codes.
func (Credentials) LogValue() slog.Value { return slog.StringValue(ethics.Redacted) }

// Format hides the login.
func (Member) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, ethics.Redacted) }

// LogValue hides the login.
func (Member) LogValue() slog.Value { return slog.StringValue(ethics.Redacted) }

// Format hides the code.
func (Case) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, ethics.Redacted) }

// LogValue hides the code.
func (Case) LogValue() slog.Value { return slog.StringValue(ethics.Redacted) }

// world is the practice institution while it is being made.
type world struct {
	Services
	clock  *Clock
	start  time.Time // when Make began: today's acts happen then
	days   int       // the day the clock stands on, counted back from start
	acts   int       // how many happened on it
	people []*person
	places map[string]string // "main" and "alternate" → institution id
	cases  []*running
}

// Make founds the two institutions, appoints their people and lives through five
// months of cases, in order of time, with the clock set back; then it lets the
// clock run. invited are the four codes of registry.Init. say is told of each
// phase in one English line. ErrReal for an installation that is not for
// practice, ErrMade for one that has its founding. A failure or a crash leaves
// half an institution: the caller deletes the folders and begins anew.
func Make(
	ctx context.Context, s Services, c *Clock, invited []registry.Invited, say func(string),
) (Credentials, error) {
	defer c.Real()
	w := &world{Services: s, clock: c, start: c.Now(), places: map[string]string{}}
	if err := w.mayMake(ctx); err != nil {
		return Credentials{}, err
	}
	people, cases, err := load()
	if err != nil {
		return Credentials{}, err
	}
	w.people = people
	for _, x := range cases {
		w.cases = append(w.cases, &running{script: x, stated: map[string]bool{}})
	}
	say("three founders and an administrator enrol, compare check words and sign the founding")
	if err := w.found(ctx, invited); err != nil {
		return Credentials{}, fmt.Errorf("demo: founding: %w", err)
	}
	say(fmt.Sprintf("the alternate institution is stated, %d more people are invited, enrol and are appointed",
		len(people)-len(invited)))
	if err := w.grow(ctx); err != nil {
		return Credentials{}, fmt.Errorf("demo: appointments: %w", err)
	}
	say(fmt.Sprintf("%d reports are filed in four languages and worked on, day by day", len(cases)))
	if err := w.play(ctx); err != nil {
		return Credentials{}, fmt.Errorf("demo: %w", err)
	}
	consultations, err := w.consultations(ctx)
	if err != nil {
		return Credentials{}, fmt.Errorf("demo: consultations: %w", err)
	}
	out, err := w.credentials(ctx)
	out.Consultations = consultations
	return out, err
}

func (w *world) mayMake(ctx context.Context) error {
	return w.Store.Read(ctx, func(tx *store.ReadTx) error {
		in, err := tx.Installation()
		if err != nil {
			return err
		}
		if !in.Demo {
			return ErrReal
		}
		n, err := tx.StatementCount()
		if err == nil && n > 0 {
			err = ErrMade
		}
		return err
	})
}

// at sets the clock to a day, counted back from today: nine o'clock UTC, working
// hours in Riga, and four minutes on with each act of the day. Today's acts happen
// now, since later today has not come yet.
func (w *world) at(days int) {
	if days == 0 {
		w.clock.Set(w.start)
		return
	}
	if days != w.days {
		w.days, w.acts = days, 0
	}
	w.clock.Set(w.ago(days).Add(9*time.Hour + time.Duration(w.acts)*4*time.Minute))
	w.acts++
}

// ago is the midnight of a civil day, counted back from the one on which Make began.
func (w *world) ago(days int) time.Time {
	today, err := time.Parse(time.DateOnly, ethics.DayOf(w.start))
	if err != nil {
		panic("demo: " + err.Error()) // DayOf prints nothing else
	}
	return today.AddDate(0, 0, -days)
}

func (w *world) day(ago int) ethics.Day { return w.ago(ago).Format(time.DateOnly) }

// as is a person acting at this moment, in the roles of the day.
func (w *world) as(ctx context.Context, p *person) (*appoint.Acting, error) {
	roster, err := w.Intake.Roster(ctx)
	if err != nil {
		return nil, err
	}
	m, err := roster.Member(p.id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Key, err)
	}
	day := ethics.DayOf(w.clock.Now())
	return &appoint.Acting{
		ID: m.ID, Name: m.Name, Institution: m.Home(), Roles: roster.AllRoles(m.ID, day),
		Secret: p.secret, Roster: roster,
	}, nil
}

func (w *world) credentials(ctx context.Context) (Credentials, error) {
	var out Credentials
	roster, err := w.Intake.Roster(ctx)
	if err != nil {
		return out, err
	}
	names := map[string]string{}
	for _, in := range roster.Institutions() {
		names[in.ID] = in.Name
	}
	for _, p := range w.people {
		out.Members = append(out.Members, Member{
			ID: p.id, Name: p.Name, Email: p.Email, Password: p.password, TOTPSecret: p.totp, Roles: p.Roles,
			Institution: names[w.places[p.Place]],
		})
	}
	err = w.Store.Read(ctx, func(tx *store.ReadTx) error {
		for _, r := range w.cases {
			c, err := tx.CaseByNumber(r.number)
			if err != nil {
				return err
			}
			out.Cases = append(out.Cases, Case{
				Number: c.Number, Token: r.code.Text(), Institution: names[c.Institution],
				Category: c.Category, Track: c.Track, State: c.State, Language: r.Language,
			})
		}
		return nil
	})
	return out, err
}
