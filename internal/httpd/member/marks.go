package member

import (
	"slices"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/store"
)

// showMarks puts in front what no deadline tells: reporters who write of
// retaliation, and measures that are due.
func (s *Site) showMarks(c echo.Context, who *auth.Session, v *todayView) error {
	marks, err := s.Insight.Marks(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	w := s.words(c)
	var front []group
	if len(marks.Retaliating) > 0 {
		rows := s.rows(w, who, marks.Retaliating)
		for i := range rows {
			rows[i].Retaliates, rows[i].Href = true, rows[i].Href+"/protection"
		}
		front = append(front, group{Title: w.T("watch.today"), Rows: rows})
	}
	if len(marks.Measures) > 0 {
		front = append(front, group{Title: w.T("measures.today"), Rows: s.measureRows(w, who, marks.Measures)})
	}
	v.Groups = append(front, without(v.Groups, marks.Retaliating)...)
	return nil
}

// without drops cases from groups in which they would stand a second time.
func without(groups []group, shown []store.ListedCase) []group {
	var out []group
	for _, g := range groups {
		g.Rows = slices.DeleteFunc(g.Rows, func(r row) bool {
			return slices.ContainsFunc(shown, func(l store.ListedCase) bool { return l.Number == r.Number })
		})
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func (s *Site) measureRows(w words, who *auth.Session, list []store.MeasureDue) []row {
	var out []row
	for _, m := range list {
		r := s.row(w, who, store.ListedCase{Case: m.Case, Stated: true})
		r.Href += "/measures"
		r.Due = due{Name: w.T("measures.one"), Day: m.Due, Short: w.Short(m.Due)}
		r.Due.Left.Text, r.Due.Left.Kind = w.left(m.Due)
		out = append(out, r)
	}
	return out
}

// retaliates marks the rows of a list.
func (s *Site) retaliates(c echo.Context, who *auth.Session, rows []row) error {
	marks, err := s.Insight.Marks(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	numbers := map[string]bool{}
	for _, l := range marks.Retaliating {
		numbers[l.Number] = true
	}
	for i := range rows {
		rows[i].Retaliates = numbers[rows[i].Number]
	}
	return nil
}
