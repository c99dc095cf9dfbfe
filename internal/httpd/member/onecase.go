package member

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

// fact is one line of a list of terms.
type fact struct{ Term, Text string }

type caseView struct {
	httpd.Page
	Number   string
	State    httpd.Tag
	Notice   *httpd.Notice
	Errors   []httpd.FieldError
	Typed    []fact // words that have no form to go back to
	Next     next
	Proposal *proposal
	Report   *item
	Folded   bool   // the report: the thread is long
	Earlier  []item // of the thread, what was read
	Thread   []item
	Missing  int
	Vault    string // key of the words that lead to the reporter's details, "" where there are none
	Facts    []fact
	Cautions []string
	Dues     []httpd.Event
	Holders  []holder
	Others   []link
	Acts     []link
	Sections []link // the case's other pages
	Alarm    bool   // the reporter waits for an answer about retaliation
	Forms    []form
}

// done are the words after a form that was stored, by the query's value.
var done = map[string]string{
	"message": "desk.done.message", "note": "desk.done.note", "step": "desk.done.step",
	"proposed": "desk.done.proposed",
	"assigned": "desk.done.assigned", "approved": "desk.done.approved", "rejected": "desk.done.rejected",
	"stated":   "desk.done.stated",
	"redacted": "redact.done", "excluded": "conflict.done.excluded", "escalated": "conflict.done.escalated",
}

func (s *Site) oneCase(c echo.Context, who *auth.Session) error {
	var note *httpd.Notice
	if key, ok := done[c.QueryParam("done")]; ok {
		note = &httpd.Notice{Kind: "done", Text: s.words(c).T(key)}
	}
	return s.showCase(c, who, c.Param("number"), http.StatusOK, typed{}, note)
}

// showCase opens the case and shows it as it is now, with what was typed back
// in its form. Before the no-conflict statement it shows the cover alone.
func (s *Site) showCase(
	c echo.Context, who *auth.Session, number string, status int, t typed, note *httpd.Notice,
) error {
	o, err := s.Casework.Open(c.Request().Context(), &who.Acting, number)
	switch {
	case errors.Is(err, casework.ErrNotStated):
		return s.cover(c, who, number, status, t)
	case errors.Is(err, ethics.ErrUntrusted):
		return s.distrusted(c, who, number)
	case err != nil:
		return err
	}
	w := s.words(c)
	v := caseView{
		Page: s.page(c, who, "desk.case.title", "Number", o.Number), Number: o.Number, Notice: note, Errors: t.errs,
		Missing: o.Missing, Vault: vaultLink(o),
	}
	v.State = httpd.Tag{Text: w.state(o.State)}
	roster := who.Roster
	b := builder{words: w, o: o, roster: roster, typed: t, path: "/desk/cases/" + o.Number}
	v.Next, v.Others, v.Acts = s.nextStep(b)
	v.Acts = append(v.Acts, s.holderLinks(b)...)
	v.Proposal = b.proposal()
	v.Report = b.report()
	v.Earlier, v.Thread = fold(b.thread())
	v.Folded = len(v.Earlier) > 0 && len(v.Earlier)+len(v.Thread) > longThread
	v.Facts, v.Cautions = b.facts()
	v.Dues, v.Holders = b.dues(), b.holders()
	v.Forms = s.forms(b)
	v.Errors = withQuestions(v.Errors, v.Forms...)
	v.Sections, v.Alarm = append(b.sections(), b.linked()...), b.retaliation()
	if t.is(formStep) || t.is(formDecide) && v.Proposal == nil {
		v.Typed = b.leftover()
	}
	return s.render(c, status, "case", v)
}

// refuse answers a form that was not stored: its faults beside its fields, or
// calm words and the case as it is now. Everything typed stays.
func (s *Site) refuse(c echo.Context, who *auth.Session, t typed, names map[string]string, err error) error {
	w, number := s.words(c), c.Param("number")
	var faults ethics.FieldErrors
	key, status := "", http.StatusUnprocessableEntity
	switch {
	case errors.As(err, &faults):
		t.errs = append(t.errs, w.wrong(faults, names)...)
	case errors.Is(err, casework.ErrNotStated):
		return s.showCase(c, who, number, http.StatusUnprocessableEntity, t, nil)
	case errors.Is(err, ethics.ErrNotFound):
		return err
	case errors.Is(err, errRow):
		status = http.StatusOK
	case errors.Is(err, ethics.ErrConflict), errors.Is(err, ethics.ErrRefused),
		errors.Is(err, ethics.ErrSamePerson), refusalKey(err) != "":
		if key = refusalKey(err); key == "" {
			key = refusedMoved
		}
	case errors.Is(err, ethics.ErrBusy):
		key, status = "desk.refused.busy", http.StatusServiceUnavailable
	case errors.Is(err, ethics.ErrUntrusted):
		return s.distrusted(c, who, number)
	default:
		return err
	}
	var note *httpd.Notice
	if key != "" {
		note = &httpd.Notice{Kind: "due", Title: w.T("desk.refused.title"), Text: w.T(key)}
	}
	if t.form == formStep {
		return s.showStep(c, who, number, ethics.Act(t.target), status, t, note)
	}
	return s.showCase(c, who, number, status, t, note)
}

type coverView struct {
	httpd.Page
	Number    string
	Notice    *httpd.Notice
	Errors    []httpd.FieldError
	Facts     []fact
	Statement form
	Closed    bool // the case cannot be trusted: no form
}

// cover is what a holder sees before the no-conflict statement: no content.
func (s *Site) cover(c echo.Context, who *auth.Session, number string, status int, t typed) error {
	cov, err := s.Casework.Cover(c.Request().Context(), &who.Acting, number)
	if err != nil {
		return err
	}
	w := s.words(c)
	v := coverView{Page: s.page(c, who, "desk.case.title", "Number", cov.Number), Number: cov.Number, Errors: t.errs}
	b := builder{words: w, o: &casework.Opened{Case: cov.Case}, roster: who.Roster, typed: t}
	v.Facts, _ = b.facts()
	v.Statement = form{
		Action: "/desk/cases/" + cov.Number + "/statement", Head: t.head(formState, w.Lang()),
		Button: w.T("desk.statement.button"),
		Fields: []httpd.Field{t.field(formState, httpd.Field{
			Kind: "checkbox", Name: "no_conflict", Label: w.T("desk.statement.label"),
			Choices: []httpd.Choice{{Value: policy.Ticked, Label: w.T("desk.statement.tick")}},
		})},
	}
	v.Errors = withQuestions(v.Errors, v.Statement)
	return s.render(c, status, "cover", v)
}

// distrusted stands for a case whose own row, keys or first entry do not agree
// with the log. Nothing of it is shown.
func (s *Site) distrusted(c echo.Context, who *auth.Session, number string) error {
	w := s.words(c)
	return s.render(c, http.StatusServiceUnavailable, "cover", coverView{
		Page: s.page(c, who, "desk.case.title", "Number", number), Number: number, Closed: true,
		Notice: &httpd.Notice{Kind: "danger", Title: w.T("desk.distrusted.title"), Text: w.T("desk.distrusted.text")},
	})
}
