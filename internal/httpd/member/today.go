package member

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/insight"
	"svilpe/internal/registry"
)

// group is a pile of work under its heading. More leads to the rest of one that
// was cut.
type group struct {
	Title, More string
	Rows        []row
}

type todayView struct {
	httpd.Page
	Handles, Waits bool // Waits: enrolled, and the appointment is not signed yet
	Groups         []group
	Calm           bool // nothing is urgent
	Outliving      bool // cases or details whose time of keeping ends soon or is over
	ToSign         int
	// for the head of an institution; without rows before the first quarter was counted
	Counts             []httpd.Table
	ConsultationCounts httpd.Table // how many consultations; no rows for who is not told
	Running            string      // the last day of the quarter that is not told yet
	Contacts           []contact
	Trust              bool
	Auditor            *auditorBox
	Escalated          *escalatedBox
	Prepare            *prepareBox
	Lacking            *insight.Lacking
}

type auditorBox struct {
	Verified ethics.Day
	Size     int
	Damage   bool
	Never    bool
}

type prepareBox struct{ Enrolled, Waiting int }

// today is the first page: what is overdue and due, what waits for this member,
// what is new, then the rest, each case once; for offices without cases, what
// they look after.
func (s *Site) today(c echo.Context, who *auth.Session) error {
	if !who.Appointed {
		if who.Roster == nil {
			return seeOther(c, "/desk/founding")
		}
		return s.render(c, http.StatusOK, "today", todayView{Page: s.page(c, who, "desk.nav.today"), Waits: true})
	}
	v := todayView{Page: s.page(c, who, "desk.nav.today"), Handles: who.Has(handling...)}
	var err error
	if v.Lacking, err = s.Insight.Lacking(c.Request().Context(), &who.Acting); err != nil {
		return err
	}
	if v.Handles {
		if err := s.handlersToday(c, who, &v); err != nil {
			return err
		}
	}
	if who.Has(s.Policy.Erasers().Any()...) {
		list, err := s.Casework.Retained(c.Request().Context(), &who.Acting)
		if err != nil {
			return err
		}
		v.Outliving = len(list.Cases)+len(list.Details) > 0
	}
	return s.officesToday(c, who, &v)
}

func (s *Site) handlersToday(c echo.Context, who *auth.Session, v *todayView) error {
	w := s.words(c)
	today, err := s.Insight.Today(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	for _, g := range []struct {
		key, more string
		pile      insight.Pile
	}{
		{"desk.today.overdue", "/desk/cases?due=overdue", today.Overdue},
		{"desk.today.warned", "/desk/cases?due=week", today.Warned},
		{"desk.today.due", "/desk/cases?due=week", today.Due}, {"desk.today.idle", "/desk/cases?due=idle", today.Idle},
		{"desk.today.waiting", "/desk/approvals", today.Waiting}, {"decision.today", "/desk/approvals", today.Votes},
		{"desk.today.new", "/desk/cases", today.New},
		{"desk.today.later", "", today.Later},
	} {
		if len(g.pile.Cases) == 0 {
			continue
		}
		x := group{Title: w.T(g.key), Rows: s.rows(w, who, g.pile.Cases)}
		for i, l := range g.pile.Cases {
			x.Rows[i].Votes = today.Asked[l.ID]
		}
		if g.pile.More {
			x.More = g.more
		}
		v.Groups = append(v.Groups, x)
	}
	if err := s.showMarks(c, who, v); err != nil {
		return err
	}
	v.Calm = len(v.Groups) == 0 || len(v.Groups) == 1 && len(today.Later.Cases) > 0
	var parts [][]row
	for _, g := range v.Groups {
		parts = append(parts, g.Rows)
	}
	dropPlace(parts...)
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
	ctx := c.Request().Context()
	if who.Has(appoint.RoleHead) {
		if err := s.showFigures(c, who, v); err != nil {
			return err
		}
	}
	if who.Has(consultationCounters...) {
		if err := s.showConsultationCounts(c, who, v); err != nil {
			return err
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
		if s.Policy.Escalates(who.Roles) {
			if v.Escalated, err = s.escalated(c, who); err != nil {
				return err
			}
		}
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
	v := log.Verdict
	if v == nil {
		return &auditorBox{Never: true}
	}
	return &auditorBox{Verified: v.Day, Size: int(v.Head.Size), Damage: !v.Sound()}
}

// proposed tells whether somebody's appointment is before the signers already.
func proposed(waiting []registry.Waiting, member string) bool {
	for _, x := range waiting {
		if x.Appointment != nil && x.Appointment.Member == member {
			return true
		}
	}
	return false
}
