package casework

import (
	"slices"
	"strings"
	"unicode/utf8"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// checkAct finds what a step's form lacks, and where the step leads.
func (s *Service) checkAct(step policy.Step, a Act, f policy.Facts) (ethics.State, error) {
	var errs ethics.FieldErrors
	if step.Reason || a.Reason != "" {
		if kind := s.wrongText(a.Reason, step.Reason); kind != "" {
			errs = append(errs, ethics.FieldError{Field: "reason", Kind: kind})
		}
	}
	for _, e := range s.Policy.CheckStatements(step.ID, a.Statements, policy.Day(s.today()),
		policy.Limits{Long: s.Limits.TextChars, Short: policy.DefaultLimits.Short}) {
		errs = append(errs, ethics.FieldError{Field: e.Field, Kind: e.Kind})
	}
	need := s.Policy.MessageRequired(step, f)
	if a.Message != "" && (f.NoReporter() || step.Silent) {
		errs = append(errs, ethics.FieldError{Field: "message", Kind: ethics.FaultOption})
	}
	if need || a.Message != "" {
		if kind := s.wrongText(a.Message, need); kind != "" {
			errs = append(errs, ethics.FieldError{Field: "message", Kind: kind})
		}
	}
	to := s.Policy.Target(step, f)
	if to == "" {
		if to = a.To; !slices.Contains(step.To, to) {
			errs = append(errs, ethics.FieldError{Field: "to", Kind: ethics.FaultRequired})
		}
	}
	if len(errs) > 0 {
		return "", errs
	}
	return to, nil
}

// checkCase finds what the act lacks by how the case stands: by the act's own rule, and
// a choice that is none of the case's.
func (s *Service) checkCase(o *Opened, a Act) error {
	var errs ethics.FieldErrors
	if check := acts[a.Step].check; check != nil {
		errs = check(s, o, a)
	}
	for _, st := range s.Policy.Statements(a.Step) {
		offered, own := s.Options(o, st)
		for _, v := range a.Statements[st.ID] {
			if own && !slices.ContainsFunc(offered, func(x policy.Option) bool { return x.ID == v }) {
				errs = append(errs, ethics.FieldError{Field: st.ID, Kind: ethics.FaultOption})
			}
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

func (s *Service) wrongText(text string, required bool) ethics.FaultKind {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return ethics.FaultUTF8
	case utf8.RuneCountInString(text) > s.Limits.TextChars:
		return ethics.FaultTooLong
	case required && strings.TrimSpace(text) == "":
		return ethics.FaultRequired
	}
	return ""
}

// checkText finds what is wrong with a text and the event that goes with it.
func (s *Service) checkText(text string, event ethics.EventKind, act ethics.Act) error {
	var errs ethics.FieldErrors
	if kind := s.wrongText(text, true); kind != "" {
		errs = append(errs, ethics.FieldError{Field: "text", Kind: kind})
	}
	if event != "" && !slices.Contains(s.Policy.Brings(act), event) {
		errs = append(errs, ethics.FieldError{Field: "event", Kind: ethics.FaultOption})
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}
