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
	"svilpe/internal/policy"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

type casesView struct {
	httpd.Page
	Filter   []httpd.Field
	Filtered bool
	Auditor  bool
	Table    httpd.Table
	Empty    bool
	First    string // address of the first page, "" on it
	Next     string
}

// cases is the list: handlers see those they hold a key to, the auditor all of
// them without a way in.
func (s *Site) cases(c echo.Context, who *auth.Session) error {
	w := s.words(c)
	v := casesView{Page: s.page(c, who, "desk.nav.cases"), Auditor: !who.Has(handling...)}
	q := c.QueryParams()
	f := s.readFilter(q, who)
	after := readKey(q.Get("after"))
	list, err := s.Insight.Cases(c.Request().Context(), &who.Acting, f, after)
	if err != nil {
		return err
	}
	v.Filtered = f != (store.Filter{})
	v.Filter = s.filterFields(w, who, q, v.Auditor)
	v.Table = w.table(w.rows(who, list.Cases), !v.Auditor)
	v.Empty = len(list.Cases) == 0
	address := func(key string) string {
		next := url.Values{}
		for _, name := range []string{"state", "category", "institution", "due", "mine"} {
			if x := q.Get(name); x != "" {
				next.Set(name, x)
			}
		}
		if key != "" {
			next.Set("after", key)
		}
		return "/desk/cases?" + next.Encode()
	}
	if after != (store.Key{}) {
		v.First = address("")
	}
	if list.Next != nil {
		v.Next = address(list.Next.Due + "." + list.Next.Number)
	}
	return s.render(c, http.StatusOK, "cases", v)
}

var keyForm = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})\.([0-9A-Z-]{1,20})$`)

// readKey reads where a page begins; anything else is the first page.
func readKey(s string) store.Key {
	m := keyForm.FindStringSubmatch(s)
	if m == nil {
		return store.Key{}
	}
	return store.Key{Due: m[1], Number: m[2]}
}

// readFilter takes known values only: an unknown one does not narrow.
func (s *Site) readFilter(q url.Values, who *auth.Session) store.Filter {
	var f store.Filter
	if _, ok := s.Policy.State(q.Get("state")); ok {
		f.State = q.Get("state")
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
	case "week":
		f.DueBefore = string(policy.Day(today).AddPeriod(policy.Period{N: soonDays, Unit: 'D'}))
	}
	f.Assigned = q.Get("mine") == "assigned"
	return f
}

func (s *Site) filterFields(w words, who *auth.Session, q url.Values, auditor bool) []httpd.Field {
	pick := func(name, key string, choices []httpd.Choice) httpd.Field {
		f := httpd.Field{Kind: "select", Name: name, Label: w.T(key), Choices: []httpd.Choice{{Label: w.T("desk.filter.all")}}}
		for _, x := range choices {
			x.Chosen = x.Value == q.Get(name)
			f.Choices = append(f.Choices, x)
		}
		return f
	}
	var states, categories, institutions []httpd.Choice
	for _, x := range s.Policy.States {
		states = append(states, httpd.Choice{Value: x.ID, Label: w.in(x.Name)})
	}
	for _, x := range s.Policy.Categories {
		categories = append(categories, httpd.Choice{Value: x.ID, Label: w.in(x.Name)})
	}
	for _, x := range who.Roster.Institutions() {
		institutions = append(institutions, httpd.Choice{Value: x.ID, Label: x.Name})
	}
	out := []httpd.Field{
		pick("state", "desk.case.state", states), pick("category", "desk.case.category", categories),
		pick("institution", "desk.case.institution", institutions),
		pick("due", "desk.case.due", []httpd.Choice{{Value: "overdue", Label: w.T("desk.filter.overdue")}, {Value: "week", Label: w.T("desk.filter.week")}}),
	}
	if !auditor {
		out = append(out, pick("mine", "desk.filter.mine", []httpd.Choice{{Value: "assigned", Label: w.T("desk.filter.assigned")}}))
	}
	return out
}

func (w words) table(rows []row, link bool) httpd.Table {
	t := httpd.Table{Caption: w.T("desk.cases.caption"), Head: []string{
		w.T("desk.case.number"), w.T("desk.case.state"), w.T("desk.case.category"), w.T("desk.case.institution"),
		w.T("desk.case.received"), w.T("desk.case.due"),
	}}
	for _, r := range rows {
		number := httpd.Cell{Text: r.Number}
		if link {
			number.Href = r.Href
			if r.New {
				number.Tag = &httpd.Tag{Kind: "new", Text: w.T("desk.case.unopened")}
			}
		}
		due := httpd.Cell{Text: strings.TrimSpace(r.Deadline)}
		if r.Left.Text != "" {
			tag := r.Left
			due.Tag = &tag
		}
		t.Rows = append(t.Rows, []httpd.Cell{number, {Text: r.State}, {Text: r.Category}, {Text: r.Institution}, {Text: r.Received}, due})
	}
	return t
}

type approvalsView struct {
	httpd.Page
	Rows []row
}

// approvals lists the acts that wait for this member's second signature.
func (s *Site) approvals(c echo.Context, who *auth.Session) error {
	today, err := s.Insight.Today(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	w := s.words(c)
	v := approvalsView{Page: s.page(c, who, "desk.nav.approvals")}
	for _, l := range today.Waiting {
		r := w.row(who, l)
		r.Deadline = w.step(l.Proposal)
		v.Rows = append(v.Rows, r)
	}
	return s.render(c, http.StatusOK, "approvals", v)
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
