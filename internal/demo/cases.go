package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/token"
)

// What the scripts name. Do says the rest.
const (
	byReporter = "reporter"
	doOpen     = "open"
)

// running is a case on its way through its script.
type running struct {
	*script
	code   token.Code
	number string
	stated map[string]bool // keys of who signed the no-conflict statement
}

// moment is something that happens on a day: an act, or the filing where act is
// nil.
type moment struct {
	day int
	on  *running
	act *act
}

// live runs all cases side by side, in order of days.
func (w *world) live(ctx context.Context) error {
	var all []moment
	for _, r := range w.cases {
		all = append(all, moment{day: r.Filed, on: r})
		for i := range r.Then {
			all = append(all, moment{day: r.Then[i].Day, on: r, act: &r.Then[i]})
		}
	}
	slices.SortStableFunc(all, func(a, b moment) int { return b.day - a.day })
	for _, m := range all {
		w.at(m.day)
		var err error
		if m.act == nil {
			err = w.file(ctx, m.on)
		} else {
			err = w.act(ctx, m.on, m.act)
		}
		if err != nil {
			return fmt.Errorf("%s, %s, day %d: %w", m.on.Language, m.on.Category, m.day, err)
		}
	}
	return nil
}

// file hands a report in.
func (w *world) file(ctx context.Context, r *running) error {
	roster, err := w.Intake.Roster(ctx)
	if err != nil {
		return err
	}
	in, err := roster.Institution(w.places[placeMain])
	if err != nil {
		return err
	}
	report := ethics.Report{
		Track: r.Track, Institution: in.ID, Category: r.Category, Language: r.Language, Answers: answers(r.Answers),
	}
	if r.Unit != "" {
		i := slices.IndexFunc(in.Units, func(u appoint.Unit) bool { return u.Name == r.Unit })
		if i < 0 {
			return fmt.Errorf("unit: %w", ethics.ErrNotFound)
		}
		report.Unit = in.Units[i].ID
	}
	if report.Excluded, err = w.ids(r.Excluded); err != nil {
		return err
	}
	draft := derive.New()
	if report.Files, err = attach(ctx, w.Intake, draft, r.Files); err != nil {
		return err
	}
	filed, err := w.Intake.File(ctx, draft, report)
	r.code, r.number = filed.Code, filed.Number
	return err
}

func (w *world) ids(keys []string) ([]string, error) {
	var out []string
	for _, key := range keys {
		p, err := w.person(key)
		if err != nil {
			return nil, err
		}
		out = append(out, p.id)
	}
	return out, nil
}

func answers(in map[string]values) map[string][]string {
	out := map[string][]string{}
	for k, v := range in {
		out[k] = v
	}
	return out
}

// act does one thing of a script.
func (w *world) act(ctx context.Context, r *running, a *act) error {
	switch {
	case a.By == byReporter:
		return w.reporter(ctx, r, a)
	case a.Do == doOpen:
		for _, key := range a.Members {
			if _, err := w.opens(ctx, r, key); err != nil {
				return fmt.Errorf("%s opens: %w", key, err)
			}
		}
		return nil
	}
	if err := w.member(ctx, r, a); err != nil {
		return fmt.Errorf("%s, %s %s: %w", a.By, a.Do, a.Step, err)
	}
	return nil
}

// reporter comes back with the case code.
func (w *world) reporter(ctx context.Context, r *running, a *act) error {
	entered, err := w.Dialogue.Enter(ctx, r.code.Text())
	if err != nil {
		return err
	}
	visit, err := w.Dialogue.Visit(ctx, entered.Cookie)
	if err != nil {
		return err
	}
	draft := derive.New()
	if a.Do == "withdraw" {
		_, err = w.Dialogue.Withdraw(ctx, visit, draft, a.Text)
	} else {
		var files []ethics.File
		if files, err = attach(ctx, w.Dialogue, draft, a.Files); err != nil {
			return err
		}
		_, err = w.Dialogue.Send(ctx, visit, draft, a.Text, files)
	}
	if err != nil {
		return fmt.Errorf("reporter: %w", err)
	}
	return w.Dialogue.Leave(ctx, entered.Cookie)
}

// opens is a member looking at a case: the first time the no-conflict statement
// comes before.
func (w *world) opens(ctx context.Context, r *running, key string) (*casework.Opened, error) {
	who, err := w.stating(ctx, r, key)
	if err != nil {
		return nil, err
	}
	return w.Casework.Open(ctx, who, r.number)
}

func (w *world) stating(ctx context.Context, r *running, key string) (*appoint.Acting, error) {
	p, err := w.person(key)
	if err != nil {
		return nil, err
	}
	who, err := w.as(ctx, p)
	if err != nil || r.stated[key] {
		return who, err
	}
	r.stated[key] = true
	return who, w.Casework.State(ctx, who, r.number, derive.New().EnvelopeID(ethics.KindStatement))
}

// member acts on a case.
func (w *world) member(ctx context.Context, r *running, a *act) error {
	who, err := w.stating(ctx, r, a.By)
	if err != nil {
		return err
	}
	draft := derive.New()
	switch a.Do {
	case "step":
		_, err = w.Casework.Take(ctx, who, r.number, draft, casework.Act{
			Step: a.Step, Reason: a.Reason, Statements: w.statements(a.Statements), Message: a.Message,
		})
	case "approve", "reject":
		var o *casework.Opened
		if o, err = w.Casework.Open(ctx, who, r.number); err != nil {
			return err
		}
		if o.Open == nil {
			return ethics.ErrConflict
		}
		_, err = w.Casework.Decide(ctx, who, r.number, o.Open.ID, draft, a.Do == "approve", a.Text)
	case "assign":
		var ids []string
		if ids, err = w.ids(a.Members); err != nil {
			return err
		}
		_, err = w.Casework.Assign(ctx, who, r.number, draft, ids, a.Text)
	case "message":
		var files []ethics.File
		if files, err = attach(ctx, w.Casework, draft, a.Files); err != nil {
			return err
		}
		_, err = w.Casework.Message(ctx, who, r.number, draft, a.Text, a.Event, files)
	case "note":
		_, err = w.Casework.Note(ctx, who, r.number, draft, a.Text, a.Event)
	default:
		err = fmt.Errorf("%w: nobody can do that", ethics.ErrRefused)
	}
	return err
}

// statements turns "+20" into the day in twenty days: the scripts know no dates.
func (w *world) statements(in map[string]values) map[string][]string {
	out := answers(in)
	for _, list := range out {
		for i, v := range list {
			if n, err := strconv.Atoi(v); err == nil && v[0] == '+' {
				list[i] = ethics.DayOf(w.clock.Now().AddDate(0, 0, n))
			}
		}
	}
	return out
}
