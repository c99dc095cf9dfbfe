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

// mediation finds the newest question of the commission, and what was answered.
func (s *Service) mediation(state ethics.State, messages []Message) (stands, offer string) {
	for _, m := range messages {
		switch {
		case m.Untrusted:
		case m.From == FromCommission && m.With == ethics.ActAskMediation:
			stands, offer = MediationAsked, m.ID
		case m.From != ethics.ActorReporter:
		case m.With == ethics.ActEndMediation:
			stands, offer = "", ""
		case offer != "" && m.To == offer && m.Event == ethics.EventAgreed:
			stands = MediationAgreed
		case offer != "" && m.To == offer && m.Event == ethics.EventRefused:
			stands = MediationRefused
		}
	}
	answer, _ := s.Policy.Other(ethics.ActAnswer)
	switch {
	case state == ethics.StateMediation:
		return MediationRuns, offer
	case !answer.In(state):
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
	m := ethics.Message{Event: event, Step: ethics.ActAskMediation, To: view.Offer}
	return s.write(ctx, v, draft, m, s.says(ethics.ActAnswer, event), record.KindMessage)
}

// EndMediation takes the consent back while mediation runs: the case goes on to
// the examination, and no reason is asked. ErrConflict when none runs.
func (s *Service) EndMediation(ctx context.Context, v Visit, draft derive.Secret, text string) (Sent, error) {
	if errs := s.CheckText(text, 1); errs != nil {
		return Sent{}, errs
	}
	m := ethics.Message{Text: text, Event: ethics.EventRefused, Step: ethics.ActEndMediation}
	return s.write(ctx, v, draft, m, s.takes(ethics.ActEndMediation, ethics.EventRefused), record.KindMediation)
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
	m := ethics.Message{Text: text, Event: ethics.EventRetaliation, Step: ethics.ActRetaliation}
	return s.write(ctx, v, draft, m, s.says(ethics.ActRetaliation, ethics.EventRetaliation), record.KindMessage)
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
	m := ethics.Message{Text: strings.TrimSpace(text), Event: ethics.EventCheckedIn, Step: ethics.ActCheckIn}
	events := []ethics.EventKind{ethics.EventCheckedIn}
	if happened {
		m.Event, events = ethics.EventRetaliation, append(events, ethics.EventRetaliation)
	}
	return s.write(ctx, v, draft, m, s.says(ethics.ActCheckIn, events...), record.KindMessage)
}

// protected fills what the view says about mediation and protection.
func (s *Service) protected(out *View) {
	events := policy.Events(out.Events)
	out.Mediation, out.Offer = s.mediation(out.State, out.Messages)
	out.Retaliation = slices.Contains(s.Policy.Flagged(events), policy.FlagRetaliation)
	if day, ok := s.Policy.CheckIn(out.Track, events, policy.Day(s.today())); ok {
		out.CheckIn = string(day)
	}
}
