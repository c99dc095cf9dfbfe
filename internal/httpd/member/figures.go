package member

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/auth"
	"svilpe/internal/httpd"
	"svilpe/internal/insight"
)

// showFigures are the figures of the institutions that a member heads: classes of
// numbers, of quarters that have ended.
func (s *Site) showFigures(c echo.Context, who *auth.Session, v *todayView) error {
	counted, err := s.Insight.Counted(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	if v.Running, err = s.Insight.Running(); err != nil {
		return err
	}
	w := s.words(c)
	for _, in := range counted {
		t := httpd.Table{
			Caption: w.T("desk.counts.caption", "Institution", in.Institution),
			Head:    append([]string{w.T("desk.counts.what")}, w.quarters(in.Quarters)...),
		}
		for _, x := range []struct {
			key     string
			classes []insight.Class
		}{
			{"desk.counts.open", in.Open}, {"desk.counts.overdue", in.Overdue}, {"measures.counted", in.Measures},
			{"measures.late", in.Late}, {"measures.systemic", in.Systemic},
		} {
			if len(in.Quarters) > 0 {
				t.Rows = append(t.Rows, append([]httpd.Cell{{Text: w.T(x.key)}}, w.classes(x.classes)...))
			}
		}
		v.Counts = append(v.Counts, t)
	}
	return nil
}

// consultationCounters are who is told how many consultations there were.
var consultationCounters = []string{appoint.RoleHead, appoint.RoleResponsible, appoint.RoleAuditor}

// showConsultationCounts counts consultations by quarter.
func (s *Site) showConsultationCounts(c echo.Context, who *auth.Session, v *todayView) error {
	talked, err := s.Insight.Consultations(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	if v.Running, err = s.Insight.Running(); err != nil {
		return err
	}
	w := s.words(c)
	v.ConsultationCounts = httpd.Table{
		Caption: w.T("consult.counted"),
		Head:    append([]string{w.T("consult.place")}, w.quarters(talked.Quarters[:])...),
	}
	for _, in := range talked.Institutions {
		v.ConsultationCounts.Rows = append(v.ConsultationCounts.Rows,
			append([]httpd.Cell{{Text: in.Institution}}, w.classes(in.Counts)...))
	}
	return nil
}

func (w words) quarters(list []insight.Quarter) []string {
	var out []string
	for _, q := range list {
		out = append(out, w.T("consult.quarter", "Year", strconv.Itoa(q.Year), "Quarter", q.N))
	}
	return out
}

// classes are «fewer than 5», or the two ends of a class.
func (w words) classes(list []insight.Class) []httpd.Cell {
	var out []httpd.Cell
	for _, c := range list {
		text := w.T("desk.few")
		if !c.Few() {
			text = w.Number(int64(c.From)) + "–" + w.Number(int64(c.To))
		}
		out = append(out, httpd.Cell{Text: text})
	}
	return out
}
