package member

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// formRedact is the form of a working copy. Its texts stand in fields of this
// prefix, by question, since a question may be called as any other field.
const (
	formRedact = "redact"
	leftOf     = "left_"
)

type originalView struct {
	httpd.Page
	Number, Back string
	Texts        []fact
	Cuts         []fact // who left what out, and why
}

// Format hides the texts.
func (originalView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// redactList leads to every text of the case from which something can be taken.
func (s *Site) redactList(c echo.Context, who *auth.Session) error {
	o, b, done, err := s.heldCase(c, who)
	if done {
		return err
	}
	if !s.Casework.MayRedact(o) {
		return ethics.ErrNotFound
	}
	v := removalView{
		Page: s.page(c, who, "redact.title", "Number", o.Number), Number: o.Number, Back: b.path,
		Lead: b.T("redact.lead"), Empty: b.T("redact.nothing"),
	}
	add := func(id, name string, redacted bool) {
		texts := s.Casework.Texts(o, id)
		if len(texts) == 0 {
			return
		}
		p := personRow{Href: b.path + "/redact/" + id, Name: name, Roles: opening(texts[0].Value)}
		if redacted {
			p.Mark = b.T("redact.mark")
		}
		v.People = append(v.People, p)
	}
	add(o.ReportID, b.T("desk.thread.report"), o.ReportRedacted)
	for _, i := range o.Thread {
		x := b.item(i)
		add(i.ID, join(join(x.Kind, x.Who), x.When), i.Redacted)
	}
	return s.renderRemoval(c, http.StatusOK, v)
}

// opening is how a text begins, to be told from others by.
func opening(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	const most = 90
	if cut := []rune(text); len(cut) > most {
		return string(cut[:most]) + "…"
	}
	return text
}

func (s *Site) redactForm(c echo.Context, who *auth.Session) error {
	return s.showRedact(c, who, http.StatusOK, typed{}, false)
}

// showRedact asks what is left of one text; with preview it shows the copy that
// would come of it.
func (s *Site) showRedact(c echo.Context, who *auth.Session, status int, t typed, preview bool) error {
	o, b, done, err := s.heldCase(c, who)
	if done {
		return err
	}
	id := c.Param("id")
	texts := s.Casework.Texts(o, id)
	if !s.Casework.MayRedact(o) || len(texts) == 0 {
		return ethics.ErrNotFound
	}
	if preview {
		if faults := lookedAt(texts, t); len(faults) > 0 {
			status, t.errs = http.StatusUnprocessableEntity, append(t.errs, s.words(c).wrong(faults, nil)...)
		}
	}
	v := removalView{
		Page: s.page(c, who, "redact.one", "Number", o.Number), Number: o.Number, Back: b.path,
		Errors: t.errs, Lead: b.T("redact.how"),
		ResultTitle: b.T("redact.preview"),
	}
	f := form{
		Action: b.path + "/redact/" + id, Head: t.head(formRedact, b.Lang()),
		Button: b.T("redact.do"), More: b.T("redact.look"),
	}
	for _, x := range texts {
		field := t.field(formRedact, httpd.Field{
			Kind: "textarea", Name: leftOf + x.Question, Rows: 8, Label: b.question(x.Question),
		})
		if !t.is(formRedact) {
			field.Value = x.Value
		}
		f.Fields = append(f.Fields, field)
		if copied, ok := casework.Cut(x.Value, t.get(formRedact, field.Name)); preview && ok && copied != x.Value {
			v.Result = append(v.Result, fact{field.Label, copied})
		}
	}
	why := httpd.Field{Kind: "radio", Name: "why", Label: b.T("redact.why")}
	for _, w := range ethics.RedactionWhys {
		why.Choices = append(why.Choices, httpd.Choice{Value: w, Label: b.T("redact.why." + w)})
	}
	f.Fields = append(f.Fields, t.field(formRedact, why),
		t.field(formRedact, httpd.Field{
			Kind: "textarea", Name: "reason", Rows: 3, Label: b.T("desk.step.reason"),
			Hint: b.T("conflict.recuse.reason_hint"),
		}))
	f.Consequences = []string{b.T("redact.weight"), b.T("redact.kept"), b.T("redact.reporter")}
	v.Form = &f
	if s.Casework.MayReadWhole(o) && s.redactedText(o, id) {
		v.Others, v.OthersTitle = []link{{b.path + "/original/" + id, b.T("redact.original_link")}}, b.T("redact.mark")
	}
	return s.renderRemoval(c, status, v)
}

// lookedAt tells why there is no copy to show.
func lookedAt(texts []casework.Text, t typed) (faults ethics.FieldErrors) {
	cut := false
	for _, x := range texts {
		copied, ok := casework.Cut(x.Value, t.get(formRedact, leftOf+x.Question))
		if !ok {
			faults = append(faults, ethics.FieldError{Field: leftOf + x.Question, Kind: ethics.FaultAdded})
		}
		cut = cut || copied != x.Value
	}
	if len(faults) == 0 && !cut {
		faults = ethics.FieldErrors{{Field: leftOf + texts[0].Question, Kind: ethics.FaultNothing}}
	}
	return faults
}

func (s *Site) redactedText(o *casework.Opened, id string) bool {
	if id == o.ReportID {
		return o.ReportRedacted
	}
	for _, i := range o.Thread {
		if i.ID == id {
			return i.Redacted
		}
	}
	return false
}

// question is what a text answers; a message or note is a text by itself.
func (w words) question(id string) string {
	if f, ok := w.policy.Field(id); ok {
		return w.in(f.Label)
	}
	return w.T("redact.text")
}

// redact makes the working copy, or shows what would come of it.
func (s *Site) redact(c echo.Context, who *auth.Session) error {
	f, draft, t, err := s.readRemovalForm(c, formRedact)
	if err != nil {
		return err
	}
	again := func(t typed) error { return s.showRedact(c, who, http.StatusUnprocessableEntity, t, false) }
	if len(t.errs) > 0 {
		return again(t)
	}
	if f.Get("more") != "" {
		return s.showRedact(c, who, http.StatusOK, t, true)
	}
	o, _, done, err := s.heldCase(c, who)
	if done {
		return err
	}
	left := map[string]string{}
	for _, x := range s.Casework.Texts(o, c.Param("id")) {
		left[x.Question] = f.Get(leftOf + x.Question)
	}
	_, err = s.Casework.Redact(c.Request().Context(), &who.Acting, c.Param("number"), draft, c.Param("id"), left,
		f.Get("why"), f.Get("reason"))
	var faults ethics.FieldErrors
	if errors.As(err, &faults) {
		for i, e := range faults {
			if e.Kind == ethics.FaultAdded || e.Kind == ethics.FaultNothing {
				faults[i].Field = leftOf + e.Field
			}
		}
		err = faults
	}
	if err != nil {
		return s.answerRefused(c, who, t, err, again)
	}
	return seeOther(c, "/desk/cases/"+c.Param("number")+"?done=redacted")
}

// original shows a text as it was written.
func (s *Site) original(c echo.Context, who *auth.Session) error {
	if _, _, done, err := s.heldCase(c, who); done {
		return err
	}
	o, texts, err := s.Casework.Whole(c.Request().Context(), &who.Acting, c.Param("number"), c.Param("id"))
	if err != nil {
		return err
	}
	w := s.words(c)
	v := originalView{
		Page: s.page(c, who, "redact.original", "Number", o.Number), Number: o.Number, Back: "/desk/cases/" + o.Number,
	}
	for _, x := range texts {
		v.Texts = append(v.Texts, fact{w.question(x.Question), x.Value})
	}
	for _, i := range o.Thread {
		if i.Redaction != nil && !i.Untrusted && i.Redaction.Of == c.Param("id") {
			v.Cuts = append(v.Cuts,
				fact{join(i.Name, w.Day(i.Day)), w.T("redact.why."+i.Redaction.Why) + ". " + i.Redaction.Reason})
		}
	}
	return s.render(c, http.StatusOK, "original", v)
}

// cutOut words a working copy for the thread.
func (b builder) cutOut(x *item, r *ethics.Redaction) {
	if r == nil {
		return
	}
	x.Kind = b.T("redact.thread")
	x.Facts = append(x.Facts, fact{b.T("redact.why"), b.T("redact.why." + r.Why)},
		fact{b.T("desk.step.reason"), r.Reason})
}
