package admin

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/httpd"
)

// setupRows is how many members' appointments a page shows.
const setupRows = 50

type setupView struct {
	httpd.Page
	Institutions httpd.Table
	Members      httpd.Table
	Pager        httpd.Pager
}

// setup is the administrator's overview: institutions, and who serves until when.
func (s *Site) setup(c echo.Context, who *auth.Session) error {
	waiting, err := s.Registry.Waiting(c.Request().Context())
	if err != nil {
		return err
	}
	v := setupView{Page: s.Desk.Page(c, who, "admin.setup.title")}
	t := s.Desk.Server.Printer(c)
	places := s.places(who.Roster, waiting)
	open := map[string]bool{}
	for _, w := range waiting {
		if w.Institution != nil {
			open[w.Institution.ID] = true
		}
	}
	v.Institutions = httpd.Table{
		Caption: t.T("admin.setup.institutions"),
		Head: []string{
			t.T("admin.word.name"), t.T("admin.word.alternate"), t.T("admin.word.units"), t.T("admin.word.state"),
		},
	}
	for _, in := range places {
		state := httpd.Tag{Kind: "done", Text: t.T("admin.state.in_force")}
		if open[in.ID] {
			state = httpd.Tag{Kind: "due", Text: t.T("admin.state.waits")}
		}
		v.Institutions.Rows = append(v.Institutions.Rows, []httpd.Cell{
			{Text: in.Name, Href: "/desk/setup/institutions/" + in.ID}, {Text: placeName(places, in.Alternate)},
			{Text: strconv.Itoa(len(in.Units)), Figure: true}, {Tag: &state},
		})
	}
	v.Members = s.members(c, who, places)
	v.Pager, v.Members.Rows = pages(c.QueryParam("page"), v.Members.Rows)
	return s.Desk.Server.Render(c, http.StatusOK, "admin/setup", v)
}

// members is one row an appointment, in the order of appointment.
func (s *Site) members(c echo.Context, who *auth.Session, places []appoint.Institution) httpd.Table {
	t := s.Desk.Server.Printer(c)
	table := httpd.Table{
		Caption: t.T("admin.setup.members"),
		Head: []string{
			t.T("admin.word.person"), t.T("admin.word.institution"), t.T("admin.word.offices"),
			t.T("admin.word.term"), t.T("admin.word.state"),
		},
	}
	for _, m := range who.Roster.Members() {
		for _, a := range m.Appointments {
			table.Rows = append(table.Rows, []httpd.Cell{
				{Text: m.Name}, {Text: placeName(places, a.Institution)}, {Text: s.offices(c, a.Roles)},
				{Text: s.term(c, a.From, a.Until)}, {Tag: s.termTag(c, a)},
			})
		}
	}
	return table
}

func (s *Site) termTag(c echo.Context, a appoint.Appointment) *httpd.Tag {
	t := s.Desk.Server.Printer(c)
	switch {
	case appoint.InTerm(a, s.today()):
		return &httpd.Tag{Kind: "done", Text: t.T("admin.state.serves")}
	case s.today() < a.From:
		return &httpd.Tag{Kind: "new", Text: t.T("admin.state.not_yet")}
	}
	return &httpd.Tag{Text: t.T("admin.state.ended")}
}

// pages cuts one page out of rows. A page that does not exist is the first.
func pages(asked string, rows [][]httpd.Cell) (httpd.Pager, [][]httpd.Cell) {
	page, err := strconv.Atoi(asked)
	if last := (len(rows) + setupRows - 1) / setupRows; err != nil || page < 1 || page > last {
		page = 1
	}
	from := (page - 1) * setupRows
	to := min(from+setupRows, len(rows))
	p := httpd.Pager{From: from + 1, To: to, Total: len(rows)}
	if page > 1 {
		p.Previous = "/desk/setup?page=" + strconv.Itoa(page-1)
	}
	if to < len(rows) {
		p.Next = "/desk/setup?page=" + strconv.Itoa(page+1)
	}
	return p, rows[from:to]
}
