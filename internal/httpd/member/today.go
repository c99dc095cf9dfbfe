package member

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/httpd"
	"svilpe/internal/insight"
	"svilpe/internal/store"
)

// row is one case in a list: metadata only.
type row struct {
	Number, Href       string
	State, Category    string
	Institution        string
	Received, Deadline string
	Left               httpd.Tag // «pēc 2 dienām»; no text without a deadline
	New                bool
}

type group struct {
	Title, Empty string
	Rows         []row
}

type todayView struct {
	httpd.Page
	Handles, Waits bool // Waits: enrolled, and the appointment is not signed yet
	Groups         []group
	ToSign         int
	Counts         []countRow
	Contacts       []contact
	Trust          bool
	Auditor        *auditorBox
	Prepare        *prepareBox
}

type countRow struct{ Institution, Open, Overdue string }

type auditorBox struct {
	Verified time.Time
	Size     int
	Damage   bool
	Never    bool
}

type prepareBox struct{ Enrolled, Waiting int }

func (w words) row(who *auth.Session, l store.ListedCase) row {
	r := row{
		Number: l.Number, Href: "/desk/cases/" + l.Number, State: w.state(l.State), Category: w.category(l.Category),
		Institution: l.Institution, Received: w.Day(l.Received), New: !l.Stated,
	}
	if in, err := who.Roster.Institution(l.Institution); err == nil {
		r.Institution = in.Name
	}
	if l.Due != "" {
		r.Deadline = w.deadline(l.DueID)
		r.Left.Text, r.Left.Kind = w.left(l.Due)
	}
	return r
}

func (w words) rows(who *auth.Session, list []store.ListedCase) []row {
	var out []row
	for _, l := range list {
		out = append(out, w.row(who, l))
	}
	return out
}

// today is the first page: what is overdue and due, then what is new, then what
// waits for this member; for offices without cases, what they look after.
func (s *Site) today(c echo.Context, who *auth.Session) error {
	if !who.Appointed {
		if who.Roster == nil {
			return seeOther(c, "/desk/founding")
		}
		return s.render(c, http.StatusOK, "today", todayView{Page: s.page(c, who, "desk.nav.today"), Waits: true})
	}
	v := todayView{Page: s.page(c, who, "desk.nav.today"), Handles: who.Has(handling...)}
	if v.Handles {
		if err := s.handlersToday(c, who, &v); err != nil {
			return err
		}
	}
	return s.officesToday(c, who, &v)
}

func (s *Site) handlersToday(c echo.Context, who *auth.Session, v *todayView) error {
	w := s.words(c)
	today, err := s.Insight.Today(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	v.Groups = []group{
		{w.T("desk.today.overdue"), w.T("desk.today.no_overdue"), w.rows(who, today.Overdue)},
		{w.T("desk.today.due"), w.T("desk.today.no_due"), w.rows(who, today.Due)},
		{w.T("desk.today.new"), w.T("desk.today.no_new"), w.rows(who, today.New)},
		{w.T("desk.today.waiting"), w.T("desk.today.no_waiting"), w.rows(who, today.Waiting)},
	}
	waiting, err := s.Registry.Waiting(c.Request().Context())
	if err != nil {
		return err
	}
	for _, x := range waiting {
		if s.Registry.MaySign(&who.Acting, x) {
			v.ToSign++
		}
	}
	return nil
}

func (s *Site) officesToday(c echo.Context, who *auth.Session, v *todayView) error {
	ctx, w := c.Request().Context(), s.words(c)
	if who.Has(appoint.RoleHead) {
		counts, err := s.Insight.Counts(ctx, &who.Acting)
		if err != nil {
			return err
		}
		for _, n := range counts {
			v.Counts = append(v.Counts, countRow{n.Institution, w.count(n.Open), w.count(n.Overdue)})
		}
	}
	if who.Has(appoint.RoleTrust) {
		v.Trust, v.Contacts = true, s.contacts(who)
	}
	if who.Has(appoint.RoleAuditor) {
		log, err := s.Insight.Log(ctx, &who.Acting, 0)
		if err != nil {
			return err
		}
		v.Auditor = audited(log)
	}
	if who.Has(appoint.RoleAdministrator) {
		enrolled, err := s.Registry.Enrolled(ctx)
		if err != nil {
			return err
		}
		waiting, err := s.Registry.Waiting(ctx)
		if err != nil {
			return err
		}
		v.Prepare = &prepareBox{Waiting: len(waiting)}
		for _, e := range enrolled {
			if !proposed(waiting, e.ID) {
				v.Prepare.Enrolled++
			}
		}
	}
	return s.render(c, http.StatusOK, "today", v)
}

func audited(log insight.Log) *auditorBox {
	if log.Last == nil {
		return &auditorBox{Never: true}
	}
	return &auditorBox{Verified: time.UnixMilli(log.Last.At), Size: int(log.Last.Size), Damage: log.Last.Damage != ""}
}

// count is a number, or «fewer than five» where insight hides it.
func (w words) count(n *int) string {
	if n == nil {
		return w.T("desk.few")
	}
	return w.Number(int64(*n))
}
