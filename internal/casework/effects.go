package casework

import (
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// effects are what acts do besides moving the case, by the act's id. An act that
// is not here moves the case, records its event and nothing else.
var effects = map[string]effect{
	actMeasures: setMeasures, actFollow: followMeasure, "close": closeCase, "release_lesson": releaseLesson,
	actForward: forwardPackage, actApprove: approveDecision, actCategory: changeCategory, "set_retaliation_risk": setRisk,
}

// effect adds to a deed: it may seal more envelopes with its letter, add to
// changes, and name further events. It runs in the session of the member with
// whom the act takes effect: the only one, or the approver.
type effect func(d *deed) error

// deed is one act as it takes effect.
type deed struct {
	*Service
	o       *Opened
	who     *appoint.Acting
	draft   derive.Secret
	body    ethics.Step
	message string // to the reporter
	letter  *letter
	step    policy.Step
	events  []string                              // further events, after the act's own
	after   []string                              // events behind the new state
	changes []func(*store.Tx, *ethics.Case) error // of rows, in the transaction that writes
}

func (s *Service) begin(o *Opened, who *appoint.Acting, draft derive.Secret, body ethics.Step, message string) *deed {
	return &deed{Service: s, o: o, who: who, draft: draft, body: body, message: message, letter: s.letter(o, who)}
}

// finish seals the message and the step, after what the act's effect adds.
func (d *deed) finish(step policy.Step) error {
	d.step = step
	if do := effects[step.ID]; do != nil {
		if err := do(d); err != nil {
			return err
		}
	}
	if strings.TrimSpace(d.message) != "" {
		d.body.Message = d.draft.EnvelopeID(d.o.ID, ethics.KindMessage)
		m := ethics.Message{Text: d.message, Step: d.body.ID, At: d.body.At}
		if err := d.letter.add(d.body.Message, ethics.KindMessage, m, true); err != nil {
			return err
		}
	}
	return d.letter.add(d.draft.EnvelopeID(d.o.ID, ethics.KindStep), ethics.KindStep, d.body, false)
}

// change is what the act does to rows: the effect's changes, the new state, the
// one to return to, and the events that start and stop deadlines.
func (d *deed) change(tx *store.Tx, c *ethics.Case) ([]ethics.Event, error) {
	if c.State != d.body.From {
		return nil, ethics.ErrConflict
	}
	for _, do := range d.changes {
		if err := do(tx, c); err != nil {
			return nil, err
		}
	}
	var names []string
	if d.step.Event != "" {
		names = append(names, d.step.Event)
	}
	names = append(names, d.events...)
	if len(d.step.To) > 0 { // else the case stays where it is
		c.Previous = ""
		if d.body.To == "awaiting_reporter" {
			c.Previous = c.State
		}
		c.State = d.body.To
		names = append(names, d.body.To)
	}
	names = append(names, d.after...)
	var out []ethics.Event
	for _, name := range names {
		out = append(out, ethics.Event{Name: name, Day: d.today()})
	}
	return out, nil
}
