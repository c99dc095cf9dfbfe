package mycase

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
)

// fieldRecognise asks to be recognised as a whistleblower, with the details; ifNot
// says what to do where that is refused.
const (
	fieldRecognise = "recognise"
	ifNot          = "if_not_recognised"
)

type identityView struct {
	httpd.Page
	Errors   []httpd.FieldError
	Number   string
	Head     httpd.FormHead
	Kept     bool
	Erased   string // the day on which details were erased, their time being over
	May      bool
	TooFew   bool
	Ended    bool
	Named    bool // this track can ask for recognition
	Fields   []httpd.Field
	Ask      *httpd.Field // to be recognised
	If       *httpd.Field // what to do if not
	Shares   int
	Withdraw string // the draft of the other form
}

// Format hides what was typed.
func (identityView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// typedIdentity is what was typed, for the length of one request.
type typedIdentity struct {
	draft  derive.Secret
	typed  dialogue.Identification
	faults ethics.FieldErrors
}

// Format hides what was typed.
func (typedIdentity) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// askIdentity shows what is kept about the reporter – that, not what – and asks
// for details.
func (s *Site) askIdentity(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	return s.identityPage(c, http.StatusOK, visit, typedIdentity{draft: derive.New()})
}

func (s *Site) identityPage(c echo.Context, status int, visit dialogue.Visit, x typedIdentity) error {
	ctx := c.Request().Context()
	view, err := s.Dialogue.View(ctx, visit)
	if err != nil {
		return err
	}
	have, err := s.Dialogue.Identity(ctx, visit)
	if err != nil {
		return err
	}
	p := s.Server.Printer(c)
	v := identityView{
		Page: s.visited(c, "vault.mine.title"), Number: view.Number, Kept: have.Kept, Erased: have.Erased,
		May: have.MayGive, TooFew: have.TooFew,
		Ended: have.Ended, Named: have.MayAsk, Shares: have.Shares, Withdraw: derive.New().Text(),
		Head: httpd.FormHead{Draft: x.draft.Text(), Lang: s.Server.Lang(c), Step: "give"},
	}
	v.LangPath = ""
	for _, f := range have.Fields(s.Policy) {
		v.Fields = append(v.Fields, s.identityField(p, f, x))
	}
	if have.MayAsk {
		label := p.T("vault.mine.recognise_may")
		if have.MustAsk {
			label = p.T("vault.mine.recognise_must")
		}
		v.Ask = &httpd.Field{
			Kind: "checkbox", Name: fieldRecognise, Label: p.T("vault.mine.recognise"),
			Hint: p.T("vault.mine.recognise_hint"), Optional: !have.MustAsk,
			Choices: []httpd.Choice{{Value: policy.Ticked, Label: label, Chosen: x.typed.Recognise}},
			Error:   s.identityFault(p, x, fieldRecognise),
		}
		f, _ := s.Policy.Field(ifNot)
		q := s.identityField(p, f, x)
		v.If = &q
	}
	for _, e := range x.faults {
		label := p.T("vault.mine.recognise")
		if f, ok := s.Policy.Field(e.Field); ok {
			label = f.Label.In(p.Lang())
		}
		v.Errors = append(v.Errors, httpd.FieldError{Field: e.Field, Text: label + " – " + identityFaultText(p, s, e)})
	}
	return s.Server.Render(c, status, "reporter/identity", v)
}

var identityKinds = map[string]string{
	"text": "text", "textarea": "textarea", "checkbox_group": "checkbox", "radio": "radio",
}

func (s *Site) identityField(p *locale.Printer, f policy.Field, x typedIdentity) httpd.Field {
	lang := p.Lang()
	values := x.typed.Answers[f.ID]
	if f.ID == ifNot {
		values = []string{x.typed.IfNotRecognised}
	}
	out := httpd.Field{
		Kind: identityKinds[f.Type], Name: f.ID, Label: f.Label.In(lang), Hint: f.Help.In(lang),
		Rows: 4, Autocomplete: "off",
		Error: s.identityFault(p, x, f.ID), Optional: f.ID == "identity_disclosure_consent",
	}
	if len(values) > 0 {
		out.Value = values[0]
	}
	for _, o := range f.Options {
		out.Choices = append(out.Choices,
			httpd.Choice{Value: o.ID, Label: o.Label.In(lang), Chosen: slices.Contains(values, o.ID)})
	}
	return out
}

func (s *Site) identityFault(p *locale.Printer, x typedIdentity, field string) string {
	for _, e := range x.faults {
		if e.Field == field {
			return identityFaultText(p, s, e)
		}
	}
	return ""
}

func identityFaultText(p *locale.Printer, s *Site, e ethics.FieldError) string {
	switch {
	case e.Field == fieldRecognise:
		return p.T("vault.error.recognise")
	case e.Kind == ethics.FaultTooLong:
		most := policy.DefaultLimits.Short
		if f, _ := s.Policy.Field(e.Field); f.Type == "textarea" {
			most = s.Dialogue.Limits.TextChars
		}
		return p.T("reporter.error.too_long", "Max", most)
	case e.Kind == ethics.FaultUTF8 || e.Kind == ethics.FaultNUL:
		return p.T("form.not_text")
	case e.Kind == ethics.FaultRequired:
		return p.T("reporter.error.required")
	}
	return p.T("reporter.error.option")
}

// readIdentity takes what was typed on the form of the own details.
func (s *Site) readIdentity(form *httpd.Form) (typedIdentity, error) {
	x := typedIdentity{typed: dialogue.Identification{
		Answers: map[string][]string{}, Recognise: form.Get(fieldRecognise) == policy.Ticked,
		IfNotRecognised: form.Get(ifNot),
	}}
	var err error
	if x.draft, err = derive.ReadDraft(form.Get("draft")); err != nil {
		return x, httpd.ErrMalformed
	}
	for _, f := range s.Policy.IdentityFields(policy.Whistleblower) {
		x.typed.Answers[f.ID] = form.All(f.ID)
	}
	for _, f := range form.Faults() {
		x.faults = append(x.faults, ethics.FieldError{Field: f.Field, Kind: ethics.FaultUTF8})
	}
	return x, nil
}

// keepIdentity is what a visit that ended carries of the form, beside the code
// field and back: on pages only, never in the database.
func (s *Site) keepIdentity(x typedIdentity) *pendingText {
	a := &pendingText{back: backIdentity, identity: &x, attached: httpd.Attached{Draft: x.draft}}
	for _, f := range s.Policy.IdentityFields(policy.Whistleblower) {
		if values := x.typed.Answers[f.ID]; len(values) > 0 && f.Type != "checkbox_group" {
			a.text += strings.Join(values, "\n") + "\n" // for the case that it was not written in
		}
	}
	a.text = strings.TrimSpace(a.text)
	return a
}

func (s *Site) restoreIdentity(form *httpd.Form) (*pendingText, error) {
	x, err := s.readIdentity(form)
	if err != nil {
		return nil, err
	}
	return s.keepIdentity(x), nil
}

// hidden are the form's fields but its draft.
func (x typedIdentity) hidden() []httpd.Hidden {
	var out []httpd.Hidden
	for name, values := range x.typed.Answers {
		for _, v := range values {
			out = append(out, httpd.Hidden{Name: name, Value: v})
		}
	}
	slices.SortStableFunc(out, func(a, b httpd.Hidden) int { return strings.Compare(a.Name, b.Name) })
	if x.typed.Recognise {
		out = append(out, httpd.Hidden{Name: fieldRecognise, Value: policy.Ticked})
	}
	return append(out, httpd.Hidden{Name: ifNot, Value: x.typed.IfNotRecognised})
}

// identify gives, replaces or withdraws the details.
func (s *Site) identify(c echo.Context) error {
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	x, err := s.readIdentity(form)
	if err != nil {
		return err
	}
	switched, err := s.switchLang(c, form)
	if err != nil {
		return err
	}
	visit, err := s.visit(c)
	switch {
	case errors.Is(err, ethics.ErrSessionEnded):
		return s.ask(c, http.StatusUnauthorized, "", s.keepIdentity(x), false)
	case err != nil:
		return err
	case switched:
		x.faults = nil
		return s.identityPage(c, http.StatusOK, visit, x)
	case len(x.faults) > 0:
		return s.identityPage(c, http.StatusUnprocessableEntity, visit, x)
	}
	ctx := c.Request().Context()
	if form.Get("step") == "withdraw" {
		_, err = s.Dialogue.WithdrawIdentity(ctx, visit, x.draft)
	} else {
		_, err = s.Dialogue.Identify(ctx, visit, x.draft, x.typed)
	}
	switch {
	case errors.As(err, &x.faults):
		return s.identityPage(c, http.StatusUnprocessableEntity, visit, x)
	case errors.Is(err, ethics.ErrRefused):
		return s.page(c, http.StatusUnprocessableEntity, visit, casePage{conflict: true})
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/case")
}

// aboutIdentity words what was done with the details, for the thread: in fixed
// words, without any of them.
func aboutIdentity(p *locale.Printer, m dialogue.Message) string {
	switch {
	case m.Revealed != nil:
		return p.T("vault.told.opened", "Day", p.Day(m.Day)) + "\n\n" + m.Revealed.Reason
	case m.Identified == nil:
		return ""
	}
	text := p.T("vault.told." + m.Identified.Act)
	if m.Identified.Recognise {
		text += " " + p.T("vault.told.recognise")
	}
	return text
}
