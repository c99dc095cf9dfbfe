package mycase

import (
	"context"
	"errors"
	"fmt"

	"github.com/labstack/echo/v4"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
)

// Where what was typed goes back to.
const (
	backMessage  = "message"
	backWithdraw = "withdraw"

	backRetaliation  = "retaliation"
	backConsultation = "talk" // to trust persons
	backIdentity     = "identity"
)

// pendingText is what the reporter is writing, for the length of one request. It
// holds plaintext and prints as [redacted].
type pendingText struct {
	form     *httpd.Form
	back     string
	text     string
	attached httpd.Attached // the draft and its files
	faults   []fault
	cut      bool           // more was sent than is taken; what came before is here
	identity *typedIdentity // the own details, on their form
}

// fault is what is wrong with one field, to be said in the page's language.
type fault struct {
	field string
	say   func(*locale.Printer) string
}

// Format hides what was typed.
func (pendingText) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

func (a *pendingText) wrong(field, key string, args ...any) {
	a.faults = append(a.faults, fault{field, func(p *locale.Printer) string { return p.T(key, args...) }})
}

// newPendingText is an empty one, with the secret its envelope's id comes from.
func newPendingText() *pendingText {
	return &pendingText{attached: httpd.Attached{Draft: derive.New()}, back: backMessage}
}

// begin is an answer that is read, its files at most a message's.
func (s *Site) begin(back string) *pendingText {
	a, limits := &pendingText{back: back}, s.Dialogue.Limits
	a.attached = httpd.Attached{
		Receive: s.Dialogue.ReceiveFile, Kept: s.Dialogue.Kept, Drop: s.Dialogue.DropFiles, Open: s.FilesOpen,
		Wrong: a.wrong, Words: httpd.ReporterFileWords,
		Most: limits.Files, FileBytes: limits.FileBytes, TotalBytes: limits.MessageBytes,
	}
	return a
}

// restoreText takes back what a page carried beside the code field.
func (s *Site) restoreText(c echo.Context, form *httpd.Form, back string) (*pendingText, error) {
	if back == backIdentity {
		return s.restoreIdentity(form)
	}
	if back != backMessage && back != backWithdraw && back != backRetaliation && back != backConsultation {
		return nil, httpd.ErrMalformed
	}
	a := s.begin(back)
	a.form = form
	return a, s.fill(c.Request().Context(), a)
}

// read takes a message in, its files sealed as they arrive.
func (s *Site) read(c echo.Context, back string) (*pendingText, error) {
	ctx := c.Request().Context()
	a := s.begin(back)
	form, err := s.Server.ReadForm(c, func(f *httpd.Form, u httpd.Upload) error {
		a.form = f
		return a.attached.Take(ctx, f, u)
	})
	if errors.Is(err, httpd.ErrTooLarge) && a.form != nil {
		a.cut, form, err = true, a.form, nil // the text stood before the files
		a.wrong("attachments", "reporter.file.cut")
	}
	if err == nil {
		a.form = form
		err = s.fill(ctx, a)
	}
	if err != nil {
		a.attached.Forget(ctx)
		return nil, err
	}
	s.Server.UseLang(c, form.Get("lang"))
	return a, nil
}

func (s *Site) fill(ctx context.Context, a *pendingText) error {
	if err := a.attached.Keep(ctx, a.form); err != nil {
		return err
	}
	a.text = a.form.Get("text")
	for _, f := range a.form.Faults() {
		if f.Field == "text" || f.Field == "attachments" {
			a.wrong(f.Field, f.Key)
		}
	}
	return nil
}
