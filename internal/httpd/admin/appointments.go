package admin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

// shown is how many statements and people a page shows at once: the others come
// forward as these are done.
const shown = 12

type appointmentsView struct {
	httpd.Page
	Head     httpd.FormHead
	Errors   []httpd.FieldError
	Mine     []statement // wait for this member's signature
	Others   []statement
	People   []enrolled  // administrator: to be prepared
	Alike    []statement // administrator: people of one name
	More     int         // not shown
	Prepares bool
}

// statement is what waits for signatures.
type statement struct {
	ID, Title string
	Facts     []fact
	Was       []fact // of an institution that changes
	Words     []string
	Signers   string
	Tick      string // what the signer states, "" where nothing is asked
	Field     string // id of the tick
	Error     string
	Note      string    // why it cannot be signed yet, or any more
	Members   [2]string // of two of one name
}

type fact struct{ Label, Value string }

// appointments shows what waits for signatures and, to the administrator, who
// waits for being put before the signers.
func (s *Site) appointments(c echo.Context, who *auth.Session) error {
	return s.appointmentsPage(c, who, nil, nil)
}

// sign signs one statement, as its page showed it.
func (s *Site) sign(c echo.Context, who *auth.Session) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	id, err := url.PathUnescape(c.Param("id"))
	if err != nil {
		return ethics.ErrNotFound
	}
	err = s.Registry.SignStatement(c.Request().Context(), &who.Acting, id, form.Get("compared") == "yes")
	switch {
	case errors.Is(err, registry.ErrTicks):
		kind := ethics.FaultRequired
		if registry.IsDistinct(id) {
			kind = ethics.FaultTwoPeople
		}
		return s.appointmentsPage(c, who, form,
			&refused{id: id, kind: ethics.FieldError{Field: "compared", Kind: kind}})
	case errors.Is(err, registry.ErrMaySign):
		return ethics.ErrNotFound
	case errors.Is(err, ethics.ErrConflict): // changed or done by others: the page shows what waits now
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/desk/appointments")
}

// refused is what a form on this page got wrong, and which of the forms it was.
type refused struct {
	id   string
	kind ethics.FieldError
}

func (s *Site) appointmentsPage(c echo.Context, who *auth.Session, form *httpd.Form, wrong *refused) error {
	ctx := c.Request().Context()
	waiting, err := s.Registry.Waiting(ctx)
	if err != nil {
		return err
	}
	people, err := s.Registry.Enrolled(ctx)
	if err != nil {
		return err
	}
	v := appointmentsView{
		Page: s.Desk.Page(c, who, "admin.appointments.title"), Head: s.head(c, form, ""),
		Prepares: who.Has(appoint.RoleAdministrator),
	}
	may := func(w registry.Waiting) int {
		if s.Registry.MaySign(&who.Acting, w) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(waiting, func(a, b registry.Waiting) int { return may(a) - may(b) })
	for _, w := range waiting {
		x := s.statement(c, who, w, len(v.Mine)+len(v.Others), waiting, people)
		switch {
		case len(v.Mine)+len(v.Others) == shown && (wrong == nil || wrong.id != w.ID):
			v.More++
		case may(w) == 0:
			v.Mine = append(v.Mine, x)
		default:
			v.Others = append(v.Others, x)
		}
	}
	if v.Prepares {
		s.toPrepare(c, who, waiting, people, &v)
		if err := s.alike(c, who, waiting, people, &v); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if wrong != nil {
		status = http.StatusUnprocessableEntity
		s.mark(c, form, wrong, &v)
	}
	return s.Desk.Server.Render(c, status, "admin/appointments", v)
}

// mark puts a refusal beside the form it belongs to.
func (s *Site) mark(c echo.Context, form *httpd.Form, wrong *refused, v *appointmentsView) {
	text := s.faults(c, form, ethics.FieldErrors{wrong.kind}, wrong.kind.Field).of(wrong.kind.Field)
	at := "main"
	for i := range v.Mine {
		if v.Mine[i].ID == wrong.id {
			v.Mine[i].Error, at = text, v.Mine[i].Field
		}
	}
	for i := range v.People {
		if v.People[i].ID == wrong.id {
			v.People[i].Error, v.People[i].Until, at = text, form.Get("until"), v.People[i].Field
		}
	}
	v.Errors = []httpd.FieldError{{Field: at, Text: text}}
}

func (s *Site) statement(
	c echo.Context, who *auth.Session, w registry.Waiting, n int, waiting []registry.Waiting, people []store.Enrolment,
) statement {
	t := s.Desk.Server.Printer(c)
	x := statement{ID: w.ID, Words: w.Words, Field: "compared-" + strconv.Itoa(n)}
	var names []string
	for _, id := range w.Signers {
		if m, err := who.Roster.Member(id); err == nil {
			names = append(names, m.Name)
		}
	}
	x.Signers = strings.Join(names, ", ")
	places := s.places(who.Roster, waiting)
	x.Note = s.whyUnsignable(c, who, w)
	if w.Distinct != nil {
		x.Tick, x.Members = t.T("admin.distinct.tick"), w.Distinct.Members
		s.tellApart(c, who, places, people, &x)
		return x
	}
	if in := w.Institution; in != nil {
		x.Title = t.T("admin.appointments.new_institution", "Name", in.Name)
		if old, err := who.Roster.Institution(in.ID); err == nil {
			x.Title = t.T("admin.appointments.changed_institution", "Name", old.Name)
			x.Was = s.institutionFacts(c, old, places)
		}
		x.Facts = s.institutionFacts(c, *in, places)
		return x
	}
	a := w.Appointment
	x.Title, x.Tick = a.Name, t.T("admin.founding.tick", "Name", a.Name)
	x.Facts = []fact{
		{t.T("admin.word.institution"), placeName(places, a.Institution)},
		{t.T("admin.word.offices"), s.offices(c, a.Roles)},
		{t.T("admin.word.term"), s.term(c, a.From, a.Until)},
	}
	if a.Contact != "" {
		x.Facts = append(x.Facts, fact{t.T("admin.word.contact"), a.Contact})
	}
	if _, err := who.Roster.Institution(a.Institution); err != nil && x.Note == "" {
		x.Note = t.T("admin.appointments.institution_first")
	}
	return x
}

func (s *Site) institutionFacts(c echo.Context, in appoint.Institution, places []appoint.Institution) []fact {
	t := s.Desk.Server.Printer(c)
	alternate := t.T("admin.word.none")
	if in.Alternate != "" {
		alternate = placeName(places, in.Alternate)
	}
	units := make([]string, 0, len(in.Units))
	for _, u := range in.Units {
		units = append(units, u.Name)
	}
	if len(units) == 0 {
		units = []string{t.T("admin.word.none")}
	}
	return []fact{
		{t.T("admin.word.name"), in.Name}, {t.T("admin.word.alternate"), alternate},
		{t.T("admin.word.units"), strings.Join(units, "; ")},
	}
}

// places are the institutions in force, then the new ones that still wait.
func (s *Site) places(roster *appoint.Roster, waiting []registry.Waiting) []appoint.Institution {
	var out []appoint.Institution
	if roster != nil {
		out = roster.Institutions()
	}
	for _, w := range waiting {
		if w.Institution != nil && placeName(out, w.Institution.ID) == "" {
			out = append(out, *w.Institution)
		}
	}
	return out
}

func placeName(places []appoint.Institution, id string) string {
	for _, in := range places {
		if in.ID == id {
			return in.Name
		}
	}
	return ""
}
