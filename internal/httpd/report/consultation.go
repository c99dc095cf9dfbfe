package report

import (
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

// A consultation with trust persons begins in the same form, which then asks less
// and makes no case.

// isConsultation tells whether this form is a consultation's: it was chosen, the place has
// somebody to consultation to, and no member writes for somebody else.
func (s *Site) isConsultation(sh *filling) bool {
	return sh.form.Get("track") == policy.Consultation && s.takesConsultations(sh)
}

func (s *Site) takesConsultations(sh *filling) bool {
	return sh.by == nil && sh.chosen.ID != "" && s.Intake.TakesConsultations(sh.roster, sh.chosen.ID)
}

// track is the way that was chosen; "" where it is not to be had here.
func (s *Site) track(sh *filling) string {
	if t := sh.form.Get("track"); t != policy.Consultation || s.isConsultation(sh) {
		return t
	}
	return ""
}

// consultationOption takes the choice away where nobody could be talked to, and says why.
func (s *Site) consultationOption(c echo.Context, sh *filling, it *item, f *policy.Field) {
	if s.takesConsultations(sh) {
		return
	}
	f.Options = slices.DeleteFunc(slices.Clone(f.Options), func(o policy.Option) bool {
		return o.ID == policy.Consultation
	})
	if sh.by == nil {
		it.Notes = append(it.Notes, s.Server.Printer(c).T("consult.nobody"))
	}
}

// consultationWords are what sections and questions of the short form are called.
var consultationWords = map[string]string{
	"s_track": "consult.how", "s_what": "consult.question", "s_who": "consult.hidden_from",
	"track": "consult.way", "institution": "consult.about", "description": "consult.description",
	"excluded_handlers": "consult.exclude",
}

// label is how this form calls a section or question.
func (s *Site) label(c echo.Context, sh *filling, id string, name policy.Text) string {
	if key, own := consultationWords[id]; own && s.isConsultation(sh) {
		return s.Server.Printer(c).T(key)
	}
	return name.In(s.Server.Lang(c))
}

// unasked are the answers that the short form does not show, carried along for
// whoever chooses to report after all.
func (s *Site) unasked(sh *filling) []httpd.Hidden {
	shown := s.questions(sh)
	return slices.DeleteFunc(s.hiddenAnswers(sh, ""), func(h httpd.Hidden) bool {
		return slices.ContainsFunc(shown, func(f policy.Field) bool { return f.ID == h.Name })
	})
}
