package member

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/insight"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

type casesView struct {
	httpd.Page
	Filter   []httpd.Field
	Filtered bool
	Auditor  bool
	Table    httpd.Table
	Pager    httpd.Pager
	Notice   *httpd.Notice
	Lacking  *insight.Lacking
}

// cases is the list: handlers see those they hold a key to, the auditor all of
// them without a way in.
func (s *Site) cases(c echo.Context, who *auth.Session) error {
	w := s.words(c)
	v := casesView{Page: s.page(c, who, "desk.nav.cases"), Auditor: !who.Has(handling...)}
	q := c.QueryParams()
	f := s.readFilter(q, who)
	list, err := s.Insight.Cases(c.Request().Context(), &who.Acting, f, readKey(q))
	if err != nil {
		return err
	}
	if v.Lacking, err = s.Insight.Lacking(c.Request().Context(), &who.Acting); err != nil {
		return err
	}
	if q.Get("done") == "recused" {
		v.Notice = &httpd.Notice{Kind: "done", Text: w.T("conflict.done.recused")}
	}
	v.Filtered = f != (store.Filter{})
	v.Filter = s.filterFields(w, who, q, v.Auditor)
	rows := s.rows(w, who, list.Cases)
	dropPlace(rows)
	if err := s.retaliates(c, who, rows); err != nil {
		return err
	}
	v.Table = w.table(rows, !v.Auditor)
	v.Pager = httpd.Pager{
		From: list.Before + 1, To: list.Before + len(rows), Total: list.Total,
		Previous: address(q, list.Previous), Next: address(q, list.Next),
	}
	return s.render(c, http.StatusOK, "cases", v)
}

var keyForm = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})\.([0-9A-Z-]{1,20})$`)

// readKey reads where a page begins or ends; anything else is the first page.
func readKey(q url.Values) store.Key {
	m, back := keyForm.FindStringSubmatch(q.Get("after")), false
	if m == nil {
		m, back = keyForm.FindStringSubmatch(q.Get("before")), true
	}
	if m == nil {
		return store.Key{}
	}
	return store.Key{Due: m[1], Number: m[2], Back: back}
}

// address leads to another page of the list under the same filter, "" to none.
func address(q url.Values, key *store.Key) string {
	if key == nil {
		return ""
	}
	to := url.Values{}
	for _, name := range []string{"state", "category", "institution", "due", "mine"} {
		if x := q.Get(name); x != "" {
			to.Set(name, x)
		}
	}
	place := "after"
	if key.Back {
		place = "before"
	}
	to.Set(place, key.Due+"."+key.Number)
	return "/desk/cases?" + to.Encode()
}

// readFilter takes known values only: an unknown one does not narrow.
func (s *Site) readFilter(q url.Values, who *auth.Session) store.Filter {
	var f store.Filter
	if state, ok := s.Policy.State(ethics.State(q.Get("state"))); ok {
		f.State = state.ID
	}
	if _, ok := s.Policy.Category(q.Get("category")); ok {
		f.Category = q.Get("category")
	}
	if _, err := who.Roster.Institution(q.Get("institution")); err == nil {
		f.Institution = q.Get("institution")
	}
	today := ethics.DayOf(s.Now())
	switch q.Get("due") {
	case "overdue":
		f.OverdueOn = today
	case "idle":
		f.Untouched = string(s.Policy.IdleSince(policy.Day(today)))
	case "week":
		f.DueBefore = string(policy.Day(today).AddPeriod(policy.Days(s.Policy.Spans.DueSoon)))
	}
	f.Assigned = q.Get("mine") == "assigned"
	return f
}

func (s *Site) filterFields(w words, who *auth.Session, q url.Values, auditor bool) []httpd.Field {
	pick := func(name, key string, choices []httpd.Choice) httpd.Field {
		f := httpd.Field{
			Kind: "select", Name: name, Label: w.T(key), Choices: []httpd.Choice{{Label: w.T("desk.filter.all")}},
		}
		for _, x := range choices {
			x.Chosen = x.Value == q.Get(name)
			f.Choices = append(f.Choices, x)
		}
		return f
	}
	var states, categories, institutions []httpd.Choice
	for _, x := range s.Policy.States {
		states = append(states, httpd.Choice{Value: string(x.ID), Label: w.in(x.Name)})
	}
	for _, x := range s.Policy.Categories {
		categories = append(categories, httpd.Choice{Value: x.ID, Label: w.in(x.Name)})
	}
	for _, x := range who.Roster.Institutions() {
		institutions = append(institutions, httpd.Choice{Value: x.ID, Label: x.Name})
	}
	out := []httpd.Field{
		pick("state", "desk.case.state", states), pick("category", "desk.case.category", categories),
		pick("due", "desk.case.due", []httpd.Choice{
			{Value: "overdue", Label: w.T("desk.filter.overdue")}, {Value: "week", Label: w.T("desk.filter.week")},
			{Value: "idle", Label: w.T("desk.filter.idle")},
		}),
	}
	if len(institutions) > 1 {
		out = append(out, pick("institution", "desk.case.institution", institutions))
	}
	if !auditor {
		out = append(out, pick("mine", "desk.filter.mine",
			[]httpd.Choice{{Value: "assigned", Label: w.T("desk.filter.assigned")}}))
	}
	return out
}

// table has no column of institutions where all rows have the same.
func (w words) table(rows []row, link bool) httpd.Table {
	places := len(rows) > 0 && rows[0].Institution != ""
	t := httpd.Table{Caption: w.T("desk.cases.caption"), Head: []string{
		w.T("desk.case.number"), w.T("desk.case.category"), w.T("desk.case.state"),
	}}
	if places {
		t.Head = append(t.Head, w.T("desk.case.institution"))
	}
	t.Head = append(t.Head, w.T("desk.case.received"), w.T("desk.case.due"))
	for _, r := range rows {
		number, kind := httpd.Cell{Text: r.Number}, httpd.Cell{Text: r.Category}
		if link {
			number.Href = r.Href
		}
		switch {
		case r.Retaliates:
			kind.Tag = &httpd.Tag{Kind: "overdue", Text: w.T("watch.tag")}
		case link && r.New:
			kind.Tag = &httpd.Tag{Kind: "new", Text: w.T("desk.case.unopened")}
		case r.Awaits:
			kind.Tag = &httpd.Tag{Kind: "new", Text: w.T("desk.case.awaits")}
		}
		cells := []httpd.Cell{number, kind, {Text: r.State}}
		if places {
			cells = append(cells, httpd.Cell{Text: r.Institution})
		}
		d := httpd.Cell{Text: strings.TrimSpace(r.Due.Short + " " + r.Due.Name)}
		if r.Due.Left.Text != "" {
			d.Tag = &r.Due.Left
		}
		t.Rows = append(t.Rows, append(cells, httpd.Cell{Text: r.Received}, d))
	}
	return t
}
