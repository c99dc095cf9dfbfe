package member

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// kept is a form whose session ended while somebody wrote: its fields travel
// through the sign-in form, and nothing of them is stored.
type kept struct {
	Return string // address the form was for
	Kept   []keptField
}

type keptField struct{ Name, Value string }

const keptPrefix = "kept."

// neverKept are fields that do not travel: secrets are typed anew.
var neverKept = []string{
	"password", "new_password", "repeat_password", "old_password", "code", "totp_code", "totp_secret", "lang",
}

// Format hides what was typed.
func (kept) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Get is the first value of a field.
func (k kept) Get(name string) string {
	for _, f := range k.Kept {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// All are a field's values.
func (k kept) All(name string) []string {
	var out []string
	for _, f := range k.Kept {
		if f.Name == name {
			out = append(out, f.Value)
		}
	}
	return out
}

// readKept takes the fields back out of the sign-in form.
func readKept(f *httpd.Form) kept {
	k := kept{Return: f.Get("return")}
	if !strings.HasPrefix(k.Return, "/desk/") {
		return kept{}
	}
	for _, name := range f.Names() {
		if inner, ok := strings.CutPrefix(name, keptPrefix); ok {
			for _, v := range f.All(name) {
				k.Kept = append(k.Kept, keptField{inner, v})
			}
		}
	}
	return k
}

// ended answers a POST after its session: 401, the sign-in form, and everything
// typed in it. Files are not read: nobody may store them now.
func (s *Site) ended(c echo.Context) error {
	f, err := s.Desk.Server.ReadForm(c, func(*httpd.Form, httpd.Upload) error { return nil })
	if err != nil {
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	k := kept{Return: c.Request().URL.Path}
	for _, name := range f.Names() {
		if slices.Contains(neverKept, name) {
			continue
		}
		for _, v := range f.All(name) {
			k.Kept = append(k.Kept, keptField{name, v})
		}
	}
	return s.signInPage(c, http.StatusUnauthorized, nil, k, "")
}

// resumeView holds a form of another page, to be sent again by one press.
type resumeView struct {
	httpd.Page
	kept
}

// resume opens the page that a kept form was for, with the text back in it.
// Nothing is stored until it is sent again.
func (s *Site) resume(c echo.Context, who *auth.Session, k kept) error {
	if len(k.Kept) == 0 {
		return seeOther(c, "/desk")
	}
	rest, isCase := strings.CutPrefix(k.Return, "/desk/cases/")
	parts := strings.Split(rest, "/")
	if !isCase || len(parts) < 2 {
		return s.render(c, http.StatusOK, "resume", resumeView{s.page(c, who, "desk.resume.title"), k})
	}
	if !who.Appointed || !who.Has(handling...) {
		return seeOther(c, "/desk")
	}
	t := typed{values: k}
	if len(parts) > 2 {
		t.target = parts[2]
	}
	note := &httpd.Notice{Kind: "due", Title: s.words(c).T("desk.resume.title"), Text: s.words(c).T("desk.resume.text")}
	switch parts[1] {
	case "messages":
		t.form = formMessage
	case "notes":
		t.form = formNote
	case "assign":
		t.form = formAssign
	case "proposals":
		t.form = formDecide
	case "steps":
		t.form = formStep
		return s.showStep(c, who, parts[0], ethics.Act(t.target), http.StatusOK, t, note)
	default:
		return seeOther(c, "/desk/cases/"+parts[0])
	}
	return s.showCase(c, who, parts[0], http.StatusOK, t, note)
}
