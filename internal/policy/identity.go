package policy

// Whistleblower is the track on which the reporter's identity is required, kept
// apart, and which ends in recognition or its refusal.
const Whistleblower = "whistleblower"

// IdentityFields are the questions about the reporter on a track, in order: what
// goes to the identity vault and never into the report. None for a track that is
// not offered or asks for none: a consultation does not.
func (p *Policy) IdentityFields(track string) []Field {
	if !p.offersTrack(track) || track == Consultation {
		return nil
	}
	return keep(p.Fields, func(f Field) bool {
		tracks, limited := f.VisibleIf["track"]
		return f.Store == "vault" && (f.Enabled == nil || *f.Enabled) && (!limited || contains(tracks, track))
	})
}

// CleanIdentity keeps the answers to IdentityFields, without empty values.
func (p *Policy) CleanIdentity(track string, answers map[string][]string) map[string][]string {
	out := map[string][]string{}
	for _, f := range p.IdentityFields(track) {
		if given := filled(answers[f.ID]); len(given) > 0 {
			out[f.ID] = given
		}
	}
	return out
}

// CheckIdentity says what is wrong with the answers about the reporter, in the
// order of the form; nil when nothing is.
func (p *Policy) CheckIdentity(track string, answers map[string][]string, limits Limits) []FieldError {
	given := p.CleanIdentity(track, answers)
	given["track"] = []string{track} // what these questions depend on
	var errs []FieldError
	for _, f := range p.IdentityFields(track) {
		if kind := f.wrong(track, given, limits); kind != "" {
			errs = append(errs, FieldError{f.ID, kind})
		}
	}
	return errs
}
