package mycase

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

type caseView struct {
	httpd.Page
	Errors      []httpd.FieldError
	Corrected   []string // groups of the code read otherwise than typed
	Apart       string   // text that was written before, perhaps in another case
	Conflict    bool     // the case changed before the reporter's act
	Muted       bool     // messages are not taken now
	Sent        bool     // the message that was written just now
	Question    string   // that waits for an answer
	Unsent      string   // what was typed meanwhile
	Number      string
	State       string
	StateText   string
	Next        string
	Timeline    []httpd.Event
	Messages    []message
	Missing     bool
	Head        httpd.FormHead
	TextField   httpd.Field
	FilesOpen   bool
	FilesField  httpd.Field
	Kept        []httpd.FileRow
	Hidden      []httpd.Hidden
	CanWithdraw bool
	Asked       questions
	Identified  bool // personal details are kept apart
	FileMB      int64
	TotalMB     int64
	Max         int
}

// Format hides the case.
func (caseView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// casePage is what an act adds to the case page.
type casePage struct {
	pending   *pendingText // being written; nil for an empty one
	corrected []string
	apart     string
	conflict  bool
}

// open shows the case.
func (s *Site) open(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	if visit.Consultation {
		return c.Redirect(http.StatusSeeOther, "/consultation")
	}
	return s.page(c, http.StatusOK, visit, casePage{})
}

// page is the case as its reporter sees it, and the box to answer in.
func (s *Site) page(c echo.Context, status int, visit dialogue.Visit, add casePage) error {
	ctx := c.Request().Context()
	view, err := s.Dialogue.View(ctx, visit)
	if err != nil {
		return err
	}
	p, lang := s.Server.Printer(c), s.Server.Lang(c)
	v := caseView{
		Page: s.visited(c, "reporter.case.title"), Corrected: add.corrected, Apart: add.apart, Conflict: add.conflict,
		Number: view.Number, Missing: view.Missing > 0, CanWithdraw: view.CanWithdraw, Identified: view.Identified,
		Muted: view.Muted, Sent: c.QueryParam("sent") != "",
		Timeline: s.timeline(p, view), Next: s.next(p, view), Asked: s.questions(c, view),
	}
	v.LangPath = ""
	if state, ok := s.Policy.State(view.State); ok {
		v.State, v.StateText = state.Name.In(lang), state.ReporterText.In(lang)
	}
	for _, m := range view.Messages {
		v.Messages = append(v.Messages, s.message(p, view.Roster, m))
	}
	if view.State == ethics.StateAwaiting {
		v.Question = question(v.Messages)
	}
	if add.pending == nil {
		add.pending = newPendingText()
	}
	if v.Muted {
		v.Unsent = add.pending.text
	}
	if err := s.messageBox(ctx, c, &v, add.pending); err != nil {
		return err
	}
	return s.Server.Render(c, status, "reporter/case", v)
}

// question is the last message to the reporter: what is waited for an answer to.
func question(messages []message) string {
	for i := len(messages) - 1; i >= 0; i-- {
		if m := messages[i]; !m.Own && !m.Untrusted {
			return m.Text
		}
	}
	return ""
}

// messageBox is the form to answer in, with what is written there already.
func (s *Site) messageBox(ctx context.Context, c echo.Context, v *caseView, a *pendingText) error {
	p := s.Server.Printer(c)
	open, err := s.FilesOpen(ctx)
	if err != nil {
		return err
	}
	said := map[string]string{}
	for _, f := range a.faults {
		text := f.say(p)
		v.Errors = append(v.Errors, httpd.FieldError{Field: f.field, Text: text})
		if said[f.field] != "" {
			text = said[f.field] + " " + text
		}
		said[f.field] = text
	}
	v.Head = httpd.FormHead{Draft: a.attached.Draft.Text(), Lang: s.Server.Lang(c)}
	v.TextField = httpd.Field{
		Kind: "textarea", Name: "text", Label: p.T("reporter.case.text"), Hint: p.T("reporter.case.text_hint"),
		Value: a.text, Error: said["text"],
	}
	v.FilesOpen, v.FilesField = open, httpd.Field{
		Kind: "file", Name: "attachments", Label: p.T("reporter.case.files"), Error: said["attachments"],
	}
	v.Kept, v.Hidden = a.attached.Rows(), a.attached.Names()
	l := s.Dialogue.Limits
	v.FileMB, v.TotalMB, v.Max = l.FileBytes>>20, l.MessageBytes>>20, l.Files
	return nil
}
