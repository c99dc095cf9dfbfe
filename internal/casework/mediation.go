package casework

import (
	"slices"
	"strings"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// Acts about mediation, and the state it is.
const (
	actAskMediation = "ask_mediation"
	actEndMediation = "end_mediation"
	actCategory     = "change_category_or_route"
	stateMediation  = "mediation"
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
			if i.With == actAskMediation {
				offer, given = i.ID, false
			}
		case i.Kind == ethics.KindMessage && i.With == actEndMediation:
			offer, given = "", false
		case i.Kind == ethics.KindMessage && offer != "" && i.To == offer:
			given = i.Event == ethics.EventAgreed
		case i.Step != nil && i.Step.From == stateMediation && i.Step.To != stateMediation:
			offer, given = "", false
		}
	}
	o.Facts.Consent = offer != "" && given
	o.MediationAsked = offer != ""
	c, known := s.Policy.Category(o.Category)
	o.Facts.NoMediation = !known || c.Handling.NoForcedMediation
}

// checkMediation wants a written agreement where mediation leads to a decision.
func checkMediation(step policy.Step, a Act, to string) error {
	if step.ID == actEndMediation && to == stateDraft && strings.TrimSpace(said(a.Statements, "agreement")) == "" {
		return ethics.FieldErrors{{Field: "agreement", Kind: ethics.FaultRequired}}
	}
	return nil
}

// changeCategory gives the case another category. The report keeps
// what the reporter chose.
func changeCategory(d *deed) error {
	d.status.Category = said(d.body.Statements, "category")
	return nil
}

// setRisk restarts the review of the risk, or ends it.
func setRisk(d *deed) error {
	d.events = append(d.events, ethics.EventRiskReviewed, ethics.RiskIs(said(d.body.Statements, "risk")))
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
