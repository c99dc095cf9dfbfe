package report

import (
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// sectionIdentity is the part of the form about the reporter. It is asked only
// where two people could keep the answers, and never folded: whoever chose a
// track with a name should see where it goes.
const sectionIdentity = "s_identity"

// takesIdentity tells whether this form asks who the reporter is: a place is
// chosen, two people there can keep it apart, and there is a reporter.
func (s *Site) takesIdentity(sh *filling) bool {
	return sh.chosen.ID != "" && s.Intake.TakesIdentity(sh.roster, sh.chosen.ID) && (sh.by == nil || !sh.by.own())
}

// identityFields are the questions about the reporter on all offered tracks,
// each once.
func (s *Site) identityFields() []policy.Field {
	return s.uniqueFields(s.Policy.IdentityFields)
}

// questions are the questions of this form, in their order.
func (s *Site) questions(sh *filling) []policy.Field {
	if s.isConsultation(sh) {
		return s.Policy.OfferedFields(policy.Consultation)
	}
	if !s.takesIdentity(sh) {
		return slices.DeleteFunc(s.fields(), func(f policy.Field) bool { return forNamed(f) })
	}
	named := s.identityFields()
	return s.uniqueFields(func(track string) []policy.Field { return append(s.Policy.OfferedFields(track), named...) })
}

// forNamed tells whether a question is asked on the whistleblower's track alone.
func forNamed(f policy.Field) bool {
	return slices.Equal(f.VisibleIf["track"], []string{policy.Whistleblower})
}

// identity are the answers about the reporter, for the vault; nil where the form
// asks for none.
func (s *Site) identity(sh *filling, track string) map[string][]string {
	if !s.takesIdentity(sh) {
		return nil
	}
	answers := map[string][]string{}
	for _, f := range s.identityFields() {
		answers[f.ID] = sh.form.All(f.ID)
	}
	return s.Policy.CleanIdentity(track, answers)
}

// trackItem is the choice of a track: with a name only where two can keep it, and
// where not, why.
func (s *Site) trackItem(c echo.Context, sh *filling, it *item, f *policy.Field) {
	if s.isConsultation(sh) {
		it.Hint, it.Notes = "", nil
	} else {
		it.Notes = s.notes(s.Server.Lang(c), "legal_anonymous") // before_start is said at the top
	}
	s.consultationOption(c, sh, it, f)
	if s.takesIdentity(sh) {
		return
	}
	it.Hint = "" // it speaks of names, and nothing here takes one
	f.Options = slices.DeleteFunc(slices.Clone(f.Options), func(o policy.Option) bool {
		return o.ID == policy.Whistleblower
	})
	if sh.by == nil || !sh.by.own() {
		it.Notes = append(it.Notes, s.Server.Printer(c).T("vault.form.too_few"))
	}
}

// requiredByName says that a question must be answered on the whistleblower's
// track, though not on the others on which it is asked.
func (s *Site) requiredByName(f policy.Field) bool {
	return !s.required(f) && f.RequiredOn(policy.Whistleblower) && !forNamed(f)
}

// vaultPreview is what the check page says of the vault.
type vaultPreview struct {
	Title   string
	Rows    []row
	Holders []string
	Empty   bool // asked, and nothing was given
}

func (s *Site) vaultPreview(c echo.Context, sh *filling) (*vaultPreview, error) {
	if len(s.Policy.IdentityFields(sh.report.Track)) == 0 || !s.takesIdentity(sh) {
		return nil, nil //nolint:nilnil // this track asks for no name
	}
	lang := s.Server.Lang(c)
	head, _ := s.Policy.Section(sectionIdentity)
	out := &vaultPreview{Title: head.Name.In(lang), Empty: len(sh.report.Identity) == 0}
	for _, f := range s.Policy.IdentityFields(sh.report.Track) {
		values := s.inWords(c, f, sh.report.Identity[f.ID])
		if f.ID == "identity_disclosure_consent" && len(values) == 0 && !out.Empty {
			values = []string{s.Server.Printer(c).T("vault.consent.nobody")}
		}
		if len(values) > 0 {
			out.Rows = append(out.Rows, row{f.Label.In(lang), values})
		}
	}
	holders, err := s.Intake.Keepers(sh.roster, sh.report)
	if err != nil {
		return nil, err
	}
	for _, m := range holders {
		out.Holders = append(out.Holders, s.memberWords(sh, m, lang))
	}
	return out, nil
}

// identityError words what is wrong with keeping details apart; "" for others.
func identityError(e ethics.FieldError) string {
	switch {
	case e.Kind == ethics.FaultNoVault && e.Field == "excluded_handlers":
		return "vault.error.excluded"
	case e.Kind == ethics.FaultNoVault:
		return "vault.error.too_few"
	case e.Kind == ethics.FaultOwn:
		return "vault.error.own"
	}
	return ""
}
