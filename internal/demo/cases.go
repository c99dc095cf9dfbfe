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
	doState    = "state" // members sign the no-conflict statement and do nothing more
)

// running is a case on its way through its script.
type running struct {
	*script
	code     token.Code
	id       string // of the case
	number   string
	proposal string          // envelope id of the newest, which the next verdict is on
	draft    string          // envelope id of the newest draft of a decision: {draft} in statements
	stated   map[string]bool // keys of who signed the no-conflict statement
}

// acting are the keys of who acts on any case, and of the trust person.
func (w *world) acting() map[string]bool {
	out := map[string]bool{w.trustPerson().Key: true}
	for _, r := range w.cases {
		for _, a := range r.Then {
			out[a.By] = true
			for _, key := range a.Members {
				out[key] = true
			}
		}
	}
	return out
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
		Identity: answers(r.Identity),
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
	r.code, r.id, r.number = filed.Code, draft.CaseID(), filed.Number
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
	case a.Do == doState:
		for _, key := range a.Members {
			if _, err := w.stating(ctx, r, key); err != nil {
				return fmt.Errorf("%s states: %w", key, err)
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
	switch a.Do {
	case "withdraw":
		_, err = w.Dialogue.Withdraw(ctx, visit, draft, a.Text)
	case "agree":
		_, err = w.Dialogue.Mediation(ctx, visit, draft, true)
	case "retaliation":
		_, err = w.Dialogue.Retaliation(ctx, visit, draft, a.Text)
	default:
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

// stating is a member who acts on a case: before the first time comes the
// no-conflict statement.
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
	return who, w.Casework.State(ctx, who, r.number, derive.New())
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
		r.proposal = draft.EnvelopeID(r.id, ethics.KindProposal) // where the step needs four eyes
		_, err = w.Casework.Take(ctx, who, r.number, draft, casework.Act{
			Step: a.Step, Reason: a.Reason, Statements: w.statements(r, a.Statements), Message: a.Message,
		})
		if a.Step == ethics.ActPropose || a.Step == ethics.ActRevise {
			r.draft = draft.EnvelopeID(r.id, ethics.KindStep)
		}
	case "vote":
		said := map[string]values{"version": {"{draft}"}, "vote": {a.Text}, "dissent": {a.Reason}}
		_, err = w.Casework.Take(ctx, who, r.number, draft,
			casework.Act{Step: ethics.ActVote, Statements: w.statements(r, said)})
	case "approve", "reject":
		_, err = w.Casework.Decide(ctx, who, r.number, r.proposal, draft, a.Do == "approve", a.Text)
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

// statements turns "+20" into the day in twenty days, and {draft} into the id of
// the case's newest draft: the scripts know no dates and no ids.
func (w *world) statements(r *running, in map[string]values) map[string][]string {
	out := answers(in)
	for _, list := range out {
		for i, v := range list {
			if v == "{draft}" {
				list[i] = r.draft
			}
			if n, err := strconv.Atoi(v); err == nil && v[0] == '+' {
				list[i] = ethics.DayOf(w.clock.Now().AddDate(0, 0, n))
			}
		}
	}
	return out
}
