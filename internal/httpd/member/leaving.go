package member

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// Forms by which somebody leaves a case.
const (
	formRecuse   = "recuse"
	formExclude  = "exclude"
	formEscalate = "escalate"
	formHandOver = "handover"
)

// removalView is a page on who holds a case: what will happen, then the form.
type removalView struct {
	httpd.Page
	Number, Back string
	Notice       *httpd.Notice
	Errors       []httpd.FieldError
	Lead         string
	People       []personRow
	Empty        string // where there is nobody to list
	Result       []fact
	ResultTitle  string
	Count        string
	Form         *form
	OthersTitle  string
	Others       []link
}

// renderRemoval shows the page.
func (s *Site) renderRemoval(c echo.Context, status int, v removalView) error {
	if v.ResultTitle == "" {
		v.ResultTitle = s.words(c).T("conflict.handover.done")
	}
	if v.Form != nil {
		v.Errors = withQuestions(v.Errors, *v.Form)
	}
	return s.render(c, status, "leaving", v)
}

// personRow is somebody whom a page leads to.
type personRow struct{ Href, Name, Roles, Mark string }

// readRemovalForm reads one of these forms.
func (s *Site) readRemovalForm(c echo.Context, name string) (*httpd.Form, derive.Secret, typed, error) {
	f, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return nil, derive.Secret{}, typed{}, err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	draft, err := f.Draft()
	return f, draft, typed{form: name, values: f, errs: s.words(c).unreadable(f)}, err
}

// answerRefused answers a form of this kind that was not stored: with the page again,
// which says what stands in the way, or as any form of a case.
func (s *Site) answerRefused(c echo.Context, who *auth.Session, t typed, err error, again func(typed) error) error {
	var faults ethics.FieldErrors
	switch {
	case errors.As(err, &faults):
		t.errs = append(t.errs, s.words(c).wrong(faults, nil)...)
		return again(t)
	case errors.Is(err, ethics.ErrNobodyToSeal):
		return again(t)
	case errors.Is(err, casework.ErrWaits):
		t.errs = append(t.errs, httpd.FieldError{Field: "reason", Text: s.words(c).T(refusalKey(err))})
		return again(t) // the reason stays in its form
	}
	return s.refuse(c, who, t, nil, err)
}

// removalConsequences says what a departure changes, before the button.
func (w words) removalConsequences(lost string, l casework.RemovalPreview) []string {
	out := []string{lost}
	if len(l.Remaining) > 0 {
		out = append(out, w.N("conflict.stay", len(l.Remaining), "Names", memberNames(l.Remaining)))
	}
	if len(l.NewHolders) > 0 {
		out = append(out, w.T("conflict.come", "Names", memberNames(l.NewHolders)))
	}
	return append(out, w.T("conflict.key"), w.T("conflict.copied"), w.T("conflict.reporter"))
}

func memberNames(list []appoint.Member) string {
	var out []string
	for _, m := range list {
		out = append(out, m.Name)
	}
	return strings.Join(out, ", ")
}

func (w words) tooFewNotice() *httpd.Notice {
	return &httpd.Notice{Kind: "due", Title: w.T("conflict.stuck"), Text: w.T("conflict.stuck_text")}
}

// removalItem words the record of somebody's leaving.
func (b builder) removalItem(x *item, r *ethics.Removal) {
	if r == nil {
		return
	}
	x.Kind = b.T("conflict.thread." + r.Why)
	x.Facts = append(x.Facts, b.removalFacts(r, "conflict.thread.left", "conflict.thread.given")...)
	if r.Reason != "" {
		x.Facts = append(x.Facts, fact{b.T("desk.step.reason"), r.Reason})
	}
}

// removalFacts says who leaves a case and who receives it.
func (b builder) removalFacts(r *ethics.Removal, left, given string) []fact {
	var out []fact
	say := func(key string, ids []string) {
		var names []string
		for _, id := range ids {
			names = append(names, b.name(id))
		}
		if len(names) > 0 {
			out = append(out, fact{b.T(key), strings.Join(names, ", ")})
		}
	}
	say(left, r.Members)
	say(given, r.Given)
	return out
}

// proposedRemoval says whom a proposal takes the case from.
func (b builder) proposedRemoval(p *ethics.Proposal) []fact {
	if p.Removal == nil {
		return nil
	}
	what := fact{b.T("conflict.thread.removal"), b.T("conflict.thread." + p.Removal.Why)}
	return append([]fact{what}, b.removalFacts(p.Removal, "conflict.thread.left", "conflict.exclude.decides")...)
}

// holderLinks are the links to the pages on who holds the case.
func (s *Site) holderLinks(b builder) []link {
	var out []link
	if s.Policy.Allowed(b.o.Me, "recuse") {
		out = append(out, link{b.path + "/recuse", b.T("conflict.recuse.link")})
	}
	if len(s.Casework.Excludable(b.o)) > 0 {
		out = append(out, link{b.path + "/exclude", b.T("conflict.exclude.link")})
	}
	if len(s.Casework.Alternates(b.o)) > 0 {
		out = append(out, link{b.path + "/escalate", b.T("conflict.escalate.link")})
	}
	if s.Casework.MayRedact(b.o) {
		out = append(out, link{b.path + "/redact", b.T("redact.link")})
	}
	return out
}

// heldCase opens a case for one of these pages; done tells that the answer was
// given: the cover, or that the case cannot be trusted.
func (s *Site) heldCase(c echo.Context, who *auth.Session) (o *casework.Opened, b builder, done bool, err error) {
	number := c.Param("number")
	o, err = s.Casework.Open(c.Request().Context(), &who.Acting, number)
	switch {
	case errors.Is(err, casework.ErrNotStated):
		return nil, b, true, s.cover(c, who, number, http.StatusOK, typed{})
	case errors.Is(err, ethics.ErrUntrusted):
		return nil, b, true, s.distrusted(c, who, number)
	case err != nil:
		return nil, b, true, err
	}
	b = builder{words: s.words(c), o: o, roster: who.Roster, path: "/desk/cases/" + o.Number}
	return o, b, false, nil
}
