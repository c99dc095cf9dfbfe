package casework

import (
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// execution is one act as it takes effect, in the session of its only member or of the
// approver.
type execution struct {
	*Service
	o            *Opened
	who          *appoint.Acting
	draft        derive.Secret
	body         ethics.Step
	message      string // to the reporter
	sealer       *sealer
	status       ethics.Status                         // what the act makes of the case
	signed       *ethics.SignedStatus                  // the same, nil where it makes nothing else of it
	eventsBefore []ethics.EventKind                    // recorded between the act's own and the new state
	eventsAfter  []ethics.EventKind                    // recorded after the new state
	changes      []func(*store.Tx, *ethics.Case) error // of rows, in the transaction that writes
}

func (s *Service) newExecution(
	o *Opened, who *appoint.Acting, draft derive.Secret, body ethics.Step, message string,
) *execution {
	return &execution{
		Service: s, o: o, who: who, draft: draft, body: body, message: message, sealer: s.newSealer(o, who),
	}
}

// finish signs the new status and seals the message and the step, which names it,
// after what the act's effect adds.
func (d *execution) finish(step policy.Step) error {
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
	step.Take(&d.status, d.body.To, d.eventsBefore, d.eventsAfter)
	if d.signed, err = signStatus(d.o, d.who, d.status); err != nil {
		return err
	}
	d.body.Status = statusDigest(d.signed)
	if strings.TrimSpace(d.message) != "" {
		d.body.Message = d.draft.EnvelopeID(d.o.ID, ethics.KindMessage)
		m := ethics.Message{Text: d.message, Step: d.body.ID, At: d.body.At}
		if err := d.sealer.add(d.body.Message, ethics.KindMessage, m, true); err != nil {
			return err
		}
	}
	return d.sealer.add(d.draft.EnvelopeID(d.o.ID, ethics.KindStep), ethics.KindStep, d.body, false)
}

// applyChanges is what the act does to rows besides those that its status tells of.
func (d *execution) applyChanges(tx *store.Tx, c *ethics.Case) error {
	for _, do := range d.changes {
		if err := do(tx, c); err != nil {
			return err
		}
	}
	return nil
}
