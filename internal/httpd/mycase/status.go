package mycase

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/token"
)

// longestCode is how much of what was typed the page gives back; a code is 35.
const longestCode = 200

type statusView struct {
	httpd.Page
	Errors []httpd.FieldError
	Head   httpd.FormHead
	Field  httpd.Field
	Ended  bool
	// What a visit that ended left behind, carried until the code is right.
	Return, Text string
	Details      bool // about the reporter: carried, and not shown
	Hidden       []httpd.Hidden
	Files        []httpd.FileRow
}

// Format hides the code and the text.
func (statusView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// status asks for the case code.
func (s *Site) status(c echo.Context) error { return s.ask(c, http.StatusOK, "", nil, false) }

// ask shows the code field. With 401 it says that the visit has ended; kept is
// what was being written. refused adds the one answer to every code that opens
// nothing, and a hint that depends on the typed text alone.
func (s *Site) ask(c echo.Context, status int, typed string, kept *pendingText, refused bool) error {
	p := s.Server.Printer(c)
	v := statusView{
		Page: s.Server.Page(c, "reporter.status.title"), Ended: status == http.StatusUnauthorized,
		Head: httpd.FormHead{Lang: s.Server.Lang(c)},
		Field: httpd.Field{
			Name: "code", Label: p.T("reporter.status.code"), Hint: p.T("reporter.status.code_hint"),
			Value: typed, Autocomplete: "off",
		},
	}
	v.LangPath = ""
	if refused {
		v.Field.Error = p.T("reporter.status.nothing") + hint(typed, p.T)
		v.Errors = []httpd.FieldError{{Field: "code", Text: v.Field.Error}}
	}
	if kept != nil {
		v.Head.Draft, v.Return, v.Text = kept.attached.Draft.Text(), kept.back, kept.text
		if kept.identity != nil {
			v.Details, v.Text, v.Hidden = true, "", kept.identity.hidden()
			return s.Server.Render(c, status, "reporter/status", v)
		}
		v.Hidden = kept.attached.HiddenFields()
		for _, f := range kept.attached.Files {
			v.Files = append(v.Files, httpd.FileRow{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size})
		}
	}
	return s.Server.Render(c, status, "reporter/status", v)
}

// hint tells what is visibly wrong with the typed text; it knows no case.
func hint(typed string, t func(string, ...any) string) string {
	switch r := token.Read(typed); r.Hint {
	case token.HintLength:
		return " " + t("reporter.status.length", "Typed", r.Typed)
	case token.HintTooManyMistakes:
		return " " + t("reporter.status.mistakes")
	}
	return ""
}

// enter opens a case with its code. Malformed, unknown, erased: one answer.
func (s *Site) enter(c echo.Context) error {
	form, err := s.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Server.UseLang(c, form.Get("lang"))
	var kept *pendingText
	if back := form.Get("return"); back != "" {
		if kept, err = s.restoreText(c, form, back); err != nil {
			return err
		}
	}
	typed := firstRunes(form.Get("code"), longestCode)
	if lang := form.Get("lang_switch"); lang != "" {
		if !s.Server.SwitchLang(c, lang) {
			return httpd.ErrMalformed
		}
		return s.ask(c, http.StatusOK, typed, kept, false)
	}
	entered, err := s.Dialogue.Enter(c.Request().Context(), typed)
	if errors.Is(err, ethics.ErrNotFound) {
		return s.ask(c, http.StatusUnprocessableEntity, typed, kept, true)
	}
	if err != nil {
		return err
	}
	return s.welcome(c, entered, kept)
}

// welcome begins the visit: the case page, or the way to it.
func (s *Site) welcome(c echo.Context, entered dialogue.Entered, kept *pendingText) error {
	ctx := c.Request().Context()
	old, had := s.cookie(c)
	same := false
	if had {
		var err error
		if same, err = s.Dialogue.Same(ctx, old, entered.Cookie); err != nil {
			return err
		}
		if err := s.Dialogue.Leave(ctx, old); err != nil {
			return err
		}
	}
	s.Server.Cookies.Set(c, httpd.CookieCase, entered.Cookie.Text(), 0)
	if kept == nil && len(entered.Corrected) == 0 {
		return c.Redirect(http.StatusSeeOther, "/case")
	}
	visit, err := s.Dialogue.Visit(ctx, entered.Cookie)
	if err != nil {
		return err
	}
	page := casePage{corrected: s.corrections(c, entered.Corrected)}
	switch {
	case kept == nil:
	case !same:
		page.apart = kept.text
	case kept.identity != nil:
		kept.identity.faults = nil
		return s.identityPage(c, http.StatusOK, visit, *kept.identity)
	case kept.back == backConsultation:
		page.pending = kept
	case kept.back == backRetaliation:
		return s.retaliationPage(c, http.StatusOK, visit, kept)
	case kept.back == backWithdraw:
		return s.withdrawPage(c, http.StatusOK, visit, kept)
	default:
		page.pending = kept
	}
	if visit.Consultation {
		return s.consultationPage(c, http.StatusOK, visit, page)
	}
	return s.page(c, http.StatusOK, visit, page)
}

// corrections are the groups that were read otherwise than typed.
func (s *Site) corrections(c echo.Context, groups map[int]string) []string {
	var numbers []int
	for n := range groups {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var out []string
	for _, n := range numbers {
		out = append(out, s.Server.Printer(c).T("reporter.status.corrected", "Number", n, "Group", groups[n]))
	}
	return out
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
