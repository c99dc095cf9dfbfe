package casework

import (
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// deed is one act as it takes effect.
type deed struct {
	*Service
	o       *Opened
	who     *appoint.Acting
	draft   derive.Secret
	body    ethics.Step
	message string // to the reporter
	letter  *letter
	status  ethics.Status                         // what the act makes of the case
	signed  *ethics.SignedStatus                  // the same, nil where it makes nothing else of it
	events  []ethics.EventKind                    // further events, after the act's own
	after   []ethics.EventKind                    // events behind the new state
	changes []func(*store.Tx, *ethics.Case) error // of rows, in the transaction that writes
}

func (s *Service) begin(o *Opened, who *appoint.Acting, draft derive.Secret, body ethics.Step, message string) *deed {
	return &deed{Service: s, o: o, who: who, draft: draft, body: body, message: message, letter: s.letter(o, who)}
}

// finish signs the new status and seals the message and the step, which names it,
// after what the act's effect adds.
func (d *deed) finish(step policy.Step) error {
	if d.body.From != d.o.State {
		return ethics.ErrConflict
	}
	d.status = d.o.file.Next(step.ID, d.today())
	if do := acts[step.ID].do; do != nil {
		if err := do(d); err != nil {
			return err
		}
	}
	var err error
	step.Take(&d.status, d.body.To, d.events, d.after)
	if d.signed, err = sign(d.o, d.who, d.status); err != nil {
		return err
	}
	d.body.Status = digest(d.signed)
	if strings.TrimSpace(d.message) != "" {
		d.body.Message = d.draft.EnvelopeID(d.o.ID, ethics.KindMessage)
		m := ethics.Message{Text: d.message, Step: d.body.ID, At: d.body.At}
		if err := d.letter.add(d.body.Message, ethics.KindMessage, m, true); err != nil {
			return err
		}
	}
	return d.letter.add(d.draft.EnvelopeID(d.o.ID, ethics.KindStep), ethics.KindStep, d.body, false)
}

// change is what the act does to rows besides those that its status tells of.
func (d *deed) change(tx *store.Tx, c *ethics.Case) error {
	for _, do := range d.changes {
		if err := do(tx, c); err != nil {
			return err
		}
	}
	return nil
}
