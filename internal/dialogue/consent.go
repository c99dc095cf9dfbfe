package dialogue

import (
	"context"
	"slices"
	"strings"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
)

// Where the reporter stands with mediation.
const (
	MediationAsked   = "asked"
	MediationAgreed  = "agreed"
	MediationRefused = "refused"
	MediationRuns    = "runs"
)

// What a message of the commission or of the reporter was sent with.
const (
	stepAskMediation = "ask_mediation"
	stepEndMediation = "end_mediation"
	stepRetaliation  = "retaliation"
	stepCheckIn      = "check_in"
	stateMediation   = "mediation"
)

// mediation finds the newest question of the commission, and what was answered.
func mediation(state string, messages []Message) (stands, offer string) {
	for _, m := range messages {
		switch {
		case m.Untrusted:
		case m.From == FromCommission && m.With == stepAskMediation:
			stands, offer = MediationAsked, m.ID
		case m.From != ethics.ActorReporter:
		case m.With == stepEndMediation:
			stands, offer = "", ""
		case offer != "" && m.To == offer && m.Event == ethics.EventAgreed:
			stands = MediationAgreed
		case offer != "" && m.To == offer && m.Event == ethics.EventRefused:
			stands = MediationRefused
		}
	}
	switch {
	case state == stateMediation:
		return MediationRuns, offer
	case state != "accepted" && state != "investigation":
		return "", ""
	}
	return stands, offer
}

// Mediation is the reporter's signed answer to the commission's question: yes or
// no, and another one later. ErrConflict when nobody asks.
func (s *Service) Mediation(ctx context.Context, v Visit, draft derive.Secret, agree bool) (Sent, error) {
	view, err := s.View(ctx, v)
	if err != nil {
		return Sent{}, err
	}
	if view.Mediation == "" || view.Mediation == MediationRuns {
		return Sent{}, ethics.ErrConflict
	}
	event := ethics.EventRefused
	if agree {
		event = ethics.EventAgreed
	}
	m := ethics.Message{Event: event, Step: stepAskMediation, To: view.Offer}
	return s.write(ctx, v, draft, m, func(st *ethics.Status) error {
		if st.State != "accepted" && st.State != "investigation" {
			return ethics.ErrConflict
		}
		return records(ethics.ActAnswer, event)(st)
	}, record.KindMessage)
}

// EndMediation takes the consent back while mediation runs: the case goes on to
// the examination, and no reason is asked. ErrConflict when none runs.
func (s *Service) EndMediation(ctx context.Context, v Visit, draft derive.Secret, text string) (Sent, error) {
	if errs := s.CheckText(text, 1); errs != nil {
		return Sent{}, errs
	}
	m := ethics.Message{Text: text, Event: ethics.EventRefused, Step: stepEndMediation}
	return s.write(ctx, v, draft, m, func(st *ethics.Status) error {
		if s.Policy.MayReporter(stepEndMediation, policy.Facts{Track: st.Track, State: st.State}) != nil {
			return ethics.ErrConflict
		}
		st.Enter("investigation")
		return records(stepEndMediation, ethics.EventRefused, ethics.Entered(st.State))(st)
	}, record.KindMediation)
}

// Retaliation says that somebody takes revenge, at any time and in any state. It
// is taken from a muted reporter too, but then only once until it is answered.
func (s *Service) Retaliation(ctx context.Context, v Visit, draft derive.Secret, text string) (Sent, error) {
	if errs := s.CheckText(text, 0); errs != nil {
		return Sent{}, errs
	}
	view, err := s.View(ctx, v)
	if err != nil {
		return Sent{}, err
	}
	if view.Muted && view.Retaliation {
		return Sent{}, ethics.ErrRefused
	}
	m := ethics.Message{Text: text, Event: ethics.EventRetaliation, Step: stepRetaliation}
	return s.write(ctx, v, draft, m, records(ethics.ActRetaliation, ethics.EventRetaliation), record.KindMessage)
}

// CheckIn answers the question how the reporter is. Where something happened the
// text is required, and the answer is a word of retaliation too. ErrConflict when
// nobody asks.
func (s *Service) CheckIn(ctx context.Context, v Visit, draft derive.Secret, happened bool, text string) (Sent, error) {
	least := 1
	if happened {
		least = 0
	}
	if errs := s.CheckText(text, least); errs != nil {
		return Sent{}, errs
	}
	view, err := s.View(ctx, v)
	if err != nil {
		return Sent{}, err
	}
	if view.CheckIn == "" {
		return Sent{}, ethics.ErrConflict
	}
	m := ethics.Message{Text: strings.TrimSpace(text), Event: ethics.EventCheckedIn, Step: stepCheckIn}
	events := []ethics.EventKind{ethics.EventCheckedIn}
	if happened {
		m.Event, events = ethics.EventRetaliation, append(events, ethics.EventRetaliation)
	}
	return s.write(ctx, v, draft, m, records(ethics.ActCheckIn, events...), record.KindMessage)
}

// records is a change that lets events happen by an act, and nothing else.
func records(act string, events ...ethics.EventKind) change {
	return func(st *ethics.Status) error {
		st.Act, st.Events = act, events
		return nil
	}
}

// protected fills what the view says about mediation and protection.
func (s *Service) protected(out *View) {
	events := policy.Events(out.Events)
	out.Mediation, out.Offer = mediation(out.State, out.Messages)
	out.Retaliation = slices.Contains(s.Policy.Flagged(events), policy.FlagRetaliation)
	if day, ok := s.Policy.CheckIn(out.Track, events, policy.Day(s.today())); ok {
		out.CheckIn = string(day)
	}
}
