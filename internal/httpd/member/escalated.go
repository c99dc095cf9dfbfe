package member

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/insight"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

// escalatedBox is what an auditor asks the handlers about: numbers, states and
// days, no content and no way into a case.
type escalatedBox struct{ Overdue, Idle escalatedList }

// escalatedList is a table, with where the rest of one that was cut stands.
type escalatedList struct {
	Table httpd.Table
	More  string
}

func (s *Site) escalated(c echo.Context, who *auth.Session) (*escalatedBox, error) {
	found, err := s.Insight.Escalated(c.Request().Context(), &who.Acting)
	if err != nil {
		return nil, err
	}
	w := s.words(c)
	late := func(l store.ListedCase) httpd.Cell {
		d := w.due(l.DueID, l.Due)
		return httpd.Cell{Text: d.Short + " " + d.Name, Tag: &d.Left}
	}
	still := func(l store.ListedCase) httpd.Cell {
		return httpd.Cell{
			Text: w.Short(l.Changed),
			Tag:  &httpd.Tag{Kind: "overdue", Text: w.N("desk.escalated.idle_days", w.since(l.Changed))},
		}
	}
	return &escalatedBox{
		Overdue: w.escalatedList(found.Overdue, "desk.escalated.overdue", "desk.case.due",
			"/desk/cases?due=overdue", late),
		Idle: w.escalatedList(found.Idle, "desk.today.idle", "desk.escalated.last", "/desk/cases?due=idle", still),
	}, nil
}

// since counts the days from a day to today.
func (w words) since(day ethics.Day) int { return policy.Day(day).DaysUntil(w.today) }

func (w words) escalatedList(
	p insight.Pile, caption, last, more string, cell func(store.ListedCase) httpd.Cell,
) escalatedList {
	out := escalatedList{Table: httpd.Table{
		Caption: w.T(caption), Head: []string{w.T("desk.case.number"), w.T("desk.case.state"), w.T(last)},
	}}
	for _, l := range p.Cases {
		out.Table.Rows = append(out.Table.Rows, []httpd.Cell{{Text: l.Number}, {Text: w.state(l.State)}, cell(l)})
	}
	if p.More {
		out.More = more
	}
	return out
}
