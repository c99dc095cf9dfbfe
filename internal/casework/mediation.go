package casework

import (
	"slices"
	"strings"

	"svilpe/internal/ethics"
)

// mediation reads what the reporter said: their signed answer to the newest
// question, until a mediation has ended. The events of the same names only tell
// lists; nothing is allowed by them.
func (s *Service) mediation(o *Opened) {
	offer, given := "", false
	for _, i := range o.Thread {
		switch {
		case i.Untrusted:
		case i.Kind == ethics.KindMessage && i.Author != ethics.ActorReporter:
			if i.With == ethics.ActAskMediation {
				offer, given = i.ID, false
			}
		case i.Kind == ethics.KindMessage && i.With == ethics.ActEndMediation:
			offer, given = "", false
		case i.Kind == ethics.KindMessage && offer != "" && i.To == offer:
			given = i.Event == ethics.EventAgreed
		case i.Step != nil && i.Step.From == ethics.StateMediation && i.Step.To != ethics.StateMediation:
			offer, given = "", false
		}
	}
	o.Facts.Consent = offer != "" && given
	o.MediationAsked = offer != ""
	c, known := s.Policy.Category(o.Category)
	o.Facts.NoMediation = !known || c.Handling.NoForcedMediation
}

// agreementWritten wants a written agreement where mediation leads to a decision.
func agreementWritten(_ *Service, _ *Opened, a Act) ethics.FieldErrors {
	if a.To == ethics.StateDraft && strings.TrimSpace(firstValue(a.Statements, "agreement")) == "" {
		return ethics.FieldErrors{{Field: "agreement", Kind: ethics.FaultRequired}}
	}
	return nil
}

// changeCategory gives the case another category. The report keeps
// what the reporter chose.
func changeCategory(d *execution) error {
	d.status.Category = firstValue(d.body.Statements, "category")
	return nil
}

// setRisk restarts the review of the risk, or ends it.
func setRisk(d *execution) error {
	d.eventsBefore = append(d.eventsBefore, ethics.EventRiskReviewed,
		ethics.RiskIs(firstValue(d.body.Statements, "risk")))
	return nil
}

// Risk is the risk of retaliation as it was last assessed: none, low, medium or
// high, "" before.
func (o *Opened) Risk() string {
	for _, e := range slices.Backward(o.Events) {
		if level, ok := ethics.RiskOf(e.Name); ok {
			return level
		}
	}
	return ""
}
