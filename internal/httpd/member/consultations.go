package member

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/store"
)

const consultationsPath = "/desk/consultations"

type consultationsView struct {
	httpd.Page
	Consultations httpd.Table
	Pager         httpd.Pager
	Influx        casework.Influx
}

// consultations lists a trust person's consultations: new ones first.
func (s *Site) consultations(c echo.Context, who *auth.Session) error {
	place, back := readPlace(c.QueryParams(), consultationKeyForm)
	at := store.ConsultationKey{Back: back}
	if place != nil {
		at.Stands, at.Changed, at.Number = int(place[1][0]-'0'), place[2], place[3]
	}
	list, err := s.Casework.Consultations(c.Request().Context(), &who.Acting, at)
	if err != nil {
		return err
	}
	w := s.words(c)
	v := consultationsView{Page: s.page(c, who, "consult.nav"), Influx: list.Today}
	to := func(key *store.ConsultationKey) string {
		if key == nil {
			return ""
		}
		return placed(consultationsPath, nil, key.Back, strconv.Itoa(key.Stands)+"."+key.Changed+"."+key.Number)
	}
	v.Pager = httpd.Pager{
		From: list.Before + 1, To: list.Before + len(list.Rows), Total: list.Total,
		Previous: to(list.Newer), Next: to(list.Older),
	}
	v.Consultations = httpd.Table{
		Caption: w.T("consult.order"),
		Head: []string{
			w.T("consult.number"), w.T("consult.stands"), w.T("consult.last"), w.T("consult.institution"),
		},
	}
	for _, t := range list.Rows {
		v.Consultations.Rows = append(v.Consultations.Rows, []httpd.Cell{
			{Text: t.Number, Href: consultationsPath + "/" + t.Number}, {Text: w.T("consult.stands_" + t.Stands)},
			{Text: w.Short(t.Changed)}, {Text: placeName(who, t.Institution)},
		})
	}
	return s.render(c, http.StatusOK, "talks", v)
}

func placeName(who *auth.Session, id string) string {
	if in, err := who.Roster.Institution(id); err == nil {
		return in.Name
	}
	return id
}

type consultationView struct {
	httpd.Page
	Errors  []httpd.FieldError
	Number  string
	Unsent  string // what was being written when it ended
	Ended   bool
	Until   string
	Missing bool
	Facts   []fact
	Texts   []consultationText
	Reply   form
	Note    form
	End     form
	Keep    int // days
}

// consultationText is one text of the thread.
type consultationText struct {
	Who, Day, Text, Lang       string
	Note, Untrusted, Elsewhere bool
}

// Format hides the consultation.
func (consultationView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

const (
	formReply = "reply"
	formJot   = "jot"
	formEnd   = "end"
)

// consultation is one consultation, for its trust persons.
func (s *Site) consultation(c echo.Context, who *auth.Session) error {
	return s.consultationPage(c, who, http.StatusOK, typed{}, "")
}

func (s *Site) consultationPage(c echo.Context, who *auth.Session, status int, t typed, unsent string) error {
	number := c.Param("consultation")
	o, err := s.Casework.Consultation(c.Request().Context(), &who.Acting, number)
	if err != nil {
		return err
	}
	w := s.words(c)
	path := consultationsPath + "/" + o.Number
	v := consultationView{
		Page: s.page(c, who, "consult.one", "Number", o.Number), Number: o.Number, Errors: t.errs, Unsent: unsent,
		Ended: o.Stands == casework.ConsultationEnded, Until: o.Until,
		Missing: o.Missing > 0, Keep: s.Policy.Consultations.KeepDays,
		Facts: []fact{
			{w.T("consult.institution"), w.place(who, o.Institution, o.Unit)},
			{w.T("consult.language"), w.language(o.Language)},
			{w.T("consult.read_by"), strings.Join(o.TrustPersons, ", ")},
		},
	}
	if len(o.Excluded) > 0 {
		v.Facts = append(v.Facts, fact{w.T("consult.excluded"), strings.Join(o.Excluded, ", ")})
	}
	for _, x := range o.Texts {
		row := consultationText{
			Who: x.Name, Day: x.Day, Text: x.Text, Note: x.Note, Untrusted: x.Untrusted, Elsewhere: x.Elsewhere,
		}
		if x.Author == ethics.ActorReporter {
			row.Who, row.Lang = w.T("consult.asker"), o.Language
		}
		v.Texts = append(v.Texts, row)
	}
	v.Reply = form{
		Action: path + "/messages", Head: t.head(formReply, w.Lang()), Button: w.T("consult.reply_button"),
		Consequences: []string{w.T("desk.step.no_recall")},
		Fields: []httpd.Field{
			t.field(formReply, httpd.Field{Kind: "textarea", Name: "text", Label: w.T("consult.reply_text")}),
		},
	}
	v.Note = form{
		Action: path + "/notes", Head: t.head(formJot, w.Lang()), Button: w.T("consult.note_button"),
		Fields: []httpd.Field{
			t.field(formJot, httpd.Field{
				Kind: "textarea", Name: "note", Rows: 5, Label: w.T("consult.note_text"),
				Hint: w.T("consult.note_hint"),
			}),
		},
	}
	v.End = form{
		Action: path + "/end", Head: t.head(formEnd, w.Lang()), Button: w.T("consult.end"),
		Fields: []httpd.Field{
			t.field(formEnd, httpd.Field{
				Kind: "checkbox", Name: "over", Label: w.T("consult.end_ask"),
				Choices: []httpd.Choice{{Value: "yes", Label: w.T("consult.end_tick")}},
			}),
		},
	}
	v.Errors = withQuestions(v.Errors, v.Reply, v.Note, v.End)
	return s.render(c, status, "talk", v)
}

// place is an institution, and the unit in it.
func (w words) place(who *auth.Session, institution, unit string) string {
	in, err := who.Roster.Institution(institution)
	if err != nil {
		return institution
	}
	for _, u := range in.Units {
		if u.ID == unit {
			return in.Name + ", " + u.Name
		}
	}
	return in.Name
}

// language is a language as the questionnaire calls it.
func (w words) language(id string) string {
	f, _ := w.policy.Field("language")
	for _, o := range f.Options {
		if o.ID == id {
			return o.Label.In(w.Lang())
		}
	}
	return id
}

func (s *Site) answerConsultation(c echo.Context, who *auth.Session) error {
	return s.writeConsultation(c, who, formReply, "text", false)
}

func (s *Site) noteConsultation(c echo.Context, who *auth.Session) error {
	return s.writeConsultation(c, who, formJot, "note", true)
}

func (s *Site) writeConsultation(c echo.Context, who *auth.Session, name, field string, note bool) error {
	f, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	draft, err := derive.ReadDraft(f.Get("draft"))
	if err != nil {
		return httpd.ErrMalformed
	}
	t := typed{form: name, values: f}
	_, err = s.Casework.WriteConsultation(c.Request().Context(), &who.Acting, c.Param("consultation"),
		draft, f.Get(field), note)
	var errs ethics.FieldErrors
	switch {
	case errors.As(err, &errs):
		t.errs = s.words(c).wrong(errs, map[string]string{"text": field})
		return s.consultationPage(c, who, http.StatusUnprocessableEntity, t, "")
	case errors.Is(err, ethics.ErrConflict):
		return s.consultationPage(c, who, http.StatusUnprocessableEntity, t, f.Get(field))
	case err != nil:
		return err
	}
	return seeOther(c, consultationsPath+"/"+c.Param("consultation"))
}

// endConsultation closes a consultation for both sides, with a tick.
func (s *Site) endConsultation(c echo.Context, who *auth.Session) error {
	f, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	if f.Get("over") != "yes" {
		t := typed{
			form: formEnd, values: f, errs: []httpd.FieldError{{Field: "over", Text: s.words(c).T("consult.end_must")}},
		}
		return s.consultationPage(c, who, http.StatusUnprocessableEntity, t, "")
	}
	err = s.Casework.EndConsultation(c.Request().Context(), &who.Acting, c.Param("consultation"))
	if err != nil && !errors.Is(err, ethics.ErrConflict) { // the reporter ended it in this moment
		return err
	}
	return seeOther(c, consultationsPath+"/"+c.Param("consultation"))
}
