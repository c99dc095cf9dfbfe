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

type erasureView struct {
	httpd.Page
	Changed string // somebody asked for what cannot be done: why
	Done    bool
	Cases   httpd.Table
	Details httpd.Table // reporters' details that go by themselves
	Erased  httpd.Table
}

// erasure lists cases whose time of keeping ends soon or is over, and the record
// of those that were erased.
func (s *Site) erasure(c echo.Context, who *auth.Session) error {
	return s.erasureList(c, who, http.StatusOK, "")
}

func (s *Site) erasureList(c echo.Context, who *auth.Session, status int, changed string) error {
	list, err := s.Casework.Retained(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	w := s.words(c)
	v := erasureView{Page: s.page(c, who, "erasure.title"), Changed: changed, Done: c.QueryParam("done") != ""}
	v.Cases = httpd.Table{
		Caption: w.T("erasure.cases"),
		Head:    []string{w.T("erasure.number"), w.T("erasure.how"), w.T("erasure.last"), w.T("erasure.status")},
	}
	for _, r := range list.Cases {
		row := []httpd.Cell{{Text: r.Number}, {Text: w.state(r.State)}, {Text: w.Short(r.Last)}, {Text: w.erasing(r)}}
		if r.Mine {
			row[0].Href = "/desk/erasure/" + r.Number
		}
		v.Cases.Rows = append(v.Cases.Rows, row)
	}
	v.Details = httpd.Table{
		Caption: w.T("loose.erasure.details"),
		Head:    []string{w.T("erasure.number"), w.T("erasure.how"), w.T("erasure.last")},
	}
	for _, x := range list.Details {
		v.Details.Rows = append(v.Details.Rows,
			[]httpd.Cell{{Text: x.Number}, {Text: w.state(x.State)}, {Text: w.Short(x.Last)}})
	}
	v.Erased = httpd.Table{
		Caption: w.T("erasure.record"),
		Head:    []string{w.T("erasure.number"), w.T("erasure.day"), w.T("erasure.who"), w.T("erasure.copies")},
	}
	for _, e := range list.Erased {
		copies := w.T("erasure.copies_over")
		if e.Pending {
			copies = w.T("erasure.copies_until", "Day", w.Day(e.Until))
		}
		v.Erased.Rows = append(v.Erased.Rows,
			[]httpd.Cell{
				{Text: e.Number}, {Text: w.Short(e.Day)}, {Text: e.FirstName + ", " + e.SecondName}, {Text: copies},
			})
	}
	return s.render(c, status, "erasure", v)
}

// erasing says how a case on the list stands.
func (w words) erasing(r casework.Retained) string {
	switch {
	case errors.Is(r.Why, casework.ErrKept):
		return w.T("erasure.soon")
	case errors.Is(r.Why, casework.ErrHeld):
		return w.T("erasure.held")
	case errors.Is(r.Why, casework.ErrSpoilt):
		return w.T("desk.untrusted.title")
	case errors.Is(r.Why, casework.ErrUnread):
		return w.T("erasure.unread")
	case r.First != "":
		return w.T("erasure.second", "Name", r.First)
	}
	return w.T("erasure.first")
}

type eraseView struct {
	httpd.Page
	Number, State, Institution string
	Ended, Last                string
	First                      string // who signed before; then this signature erases
	Copies                     string // the last day of a permitted backup
	Head                       httpd.FormHead
}

// eraseForm says what erasing means, before a signature.
func (s *Site) eraseForm(c echo.Context, who *auth.Session) error {
	r, err := s.Casework.ToErase(c.Request().Context(), &who.Acting, c.Param("id"))
	if err != nil {
		return err
	}
	if !r.Mine {
		return s.erasureList(c, who, http.StatusUnprocessableEntity, "erasure.changed")
	}
	w := s.words(c)
	v := eraseView{
		Page: s.page(c, who, "erasure.one", "Number", r.Number), Number: r.Number, State: w.state(r.State),
		Institution: r.Institution,
		Ended:       r.Ended, Last: r.Last, First: r.First, Head: httpd.FormHead{Lang: w.Lang()},
		Copies: string(policy.Day(ethics.DayOf(s.Now())).AddPeriod(policy.Days(s.Policy.Spans.Backups))),
	}
	if in, err := who.Roster.Institution(r.Institution); err == nil {
		v.Institution = in.Name
	}
	return s.render(c, http.StatusOK, "erase", v)
}

// erase signs an erasure. Without its button nothing is signed.
func (s *Site) erase(c echo.Context, who *auth.Session) error {
	f, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	if f.Get("sign") != "yes" {
		return s.eraseForm(c, who)
	}
	err = s.Casework.SignErasure(c.Request().Context(), &who.Acting, c.Param("id"))
	switch {
	case errors.Is(err, ethics.ErrSameName):
		return s.erasureList(c, who, http.StatusUnprocessableEntity, "desk.refused.same_name")
	case errors.Is(err, ethics.ErrRefused), errors.Is(err, ethics.ErrConflict), errors.Is(err, ethics.ErrSamePerson):
		return s.erasureList(c, who, http.StatusUnprocessableEntity, "erasure.changed")
	case err != nil:
		return err
	}
	return seeOther(c, "/desk/erasure?done=signed")
}
