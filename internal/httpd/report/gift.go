package report

import (
	"errors"
	"fmt"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// full is the status where a day has taken as many as it takes. Nothing failed here,
// so no line of the log says that somebody came.
const full = 429

type giftView struct {
	httpd.Page
	Errors []httpd.FieldError
	Head   httpd.FormHead
	Fields []httpd.Field
	Full   bool // the day has taken as many as it takes
}

// Format hides what was typed.
func (giftView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// giftForm is an empty declaration of a gift or benefit.
func (s *Site) giftForm(c echo.Context) error {
	return s.giftPage(c, 200, &httpd.Form{}, derive.New(), nil)
}

func (s *Site) giftPage(
	c echo.Context, status int, form *httpd.Form, draft derive.Secret, errs ethics.FieldErrors,
) error {
	roster, err := s.Intake.Roster(c.Request().Context())
	if err != nil {
		return err
	}
	p := s.Server.Printer(c)
	v := giftView{
		Page: s.Server.Page(c, "gift.title"), Head: httpd.FormHead{Draft: draft.Text(), Lang: s.Server.Lang(c)},
		Fields: s.giftFields(c, form, roster), Full: status == full,
	}
	v.LangPath = ""
	for i, f := range v.Fields {
		if kind := errs.Of(f.Name); kind != "" {
			v.Fields[i].Error = p.T(giftFault(kind))
			v.Errors = append(v.Errors, httpd.FieldError{Field: f.Name, Text: f.Label + " – " + v.Fields[i].Error})
		}
	}
	return s.Server.Render(c, status, "reporter/gift", v)
}

func giftFault(kind ethics.FaultKind) string {
	switch kind {
	case ethics.FaultRequired, ethics.FaultTooLong, ethics.FaultDate, ethics.FaultNotReady:
		return "gift.error." + string(kind)
	case ethics.FaultUTF8:
		return httpd.FaultNotText
	}
	return "gift.error.option"
}

// giftLines are the questions answered in a line of text.
var giftLines = []string{"who", "what", "value", "from"}

func (s *Site) giftFields(c echo.Context, form *httpd.Form, roster *appoint.Roster) []httpd.Field {
	p := s.Server.Printer(c)
	place := httpd.Field{Kind: "select", Name: "institution", Label: p.T("gift.institution")}
	for _, in := range roster.Institutions() {
		place.Choices = append(place.Choices,
			httpd.Choice{Value: in.ID, Label: in.Name, Chosen: form.Get("institution") == in.ID})
	}
	out := []httpd.Field{place}
	for _, name := range giftLines {
		out = append(out, httpd.Field{
			Name: name, Label: p.T("gift." + name), Hint: p.T("gift." + name + "_hint"), Value: form.Get(name),
		})
	}
	done := httpd.Field{Kind: "radio", Name: "done", Label: p.T("gift.done")}
	for _, id := range ethics.GiftDone {
		done.Choices = append(done.Choices,
			httpd.Choice{Value: id, Label: p.T("gift.done_" + id), Chosen: form.Get("done") == id})
	}
	return append(out, httpd.Field{Kind: "date", Name: "when", Label: p.T("gift.when"), Value: form.Get("when")}, done)
}

type giftDoneView struct {
	httpd.Page
	Number string
}

// declareGift seals a declaration to those who keep the register. It is shown
// without a redirect: the number would have to be kept somewhere.
func (s *Site) declareGift(c echo.Context) error {
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	draft, err := form.Draft()
	if err != nil {
		return err
	}
	if lang := form.Get("lang_switch"); lang != "" {
		if !s.Server.SwitchLang(c, lang) {
			return httpd.ErrMalformed
		}
		return s.giftPage(c, 200, form, draft, nil)
	}
	number, err := s.Intake.DeclareGift(c.Request().Context(), draft, form.Get("institution"), ethics.Gift{
		Who: form.Get("who"), What: form.Get("what"), Value: form.Get("value"), From: form.Get("from"),
		When: form.Get("when"), Done: form.Get("done"),
	})
	var errs ethics.FieldErrors
	if errors.As(err, &errs) {
		return s.giftPage(c, 422, form, draft, errs)
	}
	if errors.Is(err, ethics.ErrQuota) {
		return s.giftPage(c, full, form, draft, nil)
	}
	if err != nil {
		return err
	}
	v := giftDoneView{Page: s.Server.Page(c, "gift.done_title"), Number: number}
	v.LangPath = ""
	return s.Server.Render(c, 200, "reporter/gift-declared", v)
}
