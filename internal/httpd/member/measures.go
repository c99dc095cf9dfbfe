package member

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/store"
)

type measuresView struct {
	httpd.Page
	Number, Back string
	Measures     []measure
	Links        []link
}

// measure is one thing a decision ordered, and what became of it.
type measure struct {
	ID, Text, Post, Due string
	State               httpd.Tag
	Left                httpd.Tag // how far its day is, while it is open
	Followed            []item
}

// measures shows what the decision ordered.
func (s *Site) measures(c echo.Context, who *auth.Session) error {
	b, answered, err := s.openCase(c, who)
	if answered {
		return err
	}
	v := measuresView{Page: s.page(c, who, "measures.page", "Number", b.o.Number), Number: b.o.Number, Back: b.path}
	for _, m := range b.o.Measures {
		v.Measures = append(v.Measures, b.measure(m))
	}
	v.Links = s.actLinks(b, "measures")
	return s.render(c, http.StatusOK, "measures", v)
}

func (b builder) measure(m casework.Measure) measure {
	out := measure{
		ID: m.ID(), Text: m.Text, Post: m.Post, Due: b.Day(m.Due), State: httpd.Tag{Text: b.T("measures.open")},
	}
	switch m.State {
	case store.MeasureOpen:
		out.Left.Text, out.Left.Kind = b.left(m.Due)
	case store.MeasureDone:
		out.State = httpd.Tag{Kind: "done", Text: b.T("measures.done")}
	case store.MeasureHandedOver:
		out.State = httpd.Tag{Kind: "done", Text: b.T("measures.handed_over")}
	}
	for _, i := range m.Followed {
		said := i.Step.Statements
		x := item{
			Who: i.Name, When: b.Moment(time.UnixMilli(i.At)), Text: i.Step.Reason,
			Kind: b.chosen(ethics.ActFollow, "became", firstValue(said["became"])),
		}
		if to := firstValue(said["moved_to"]); to != "" {
			x.Kind += ": " + b.Day(to)
		}
		out.Followed = append(out.Followed, x)
	}
	return out
}

func firstValue(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

type lessonsView struct {
	httpd.Page
	Lessons []lessonRow
}

type lessonRow struct{ Title, Day, Text string }

// lessons are for the members of all institutions.
func (s *Site) lessons(c echo.Context, who *auth.Session) error {
	list, err := s.Insight.Lessons(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	w := s.words(c)
	v := lessonsView{Page: s.page(c, who, "lessons.title")}
	for _, l := range list {
		v.Lessons = append(v.Lessons, lessonRow{l.Title, w.Day(l.Day), l.Text})
	}
	return s.render(c, http.StatusOK, "lessons", v)
}

// lessonsText is the same as plain text, to keep.
func (s *Site) lessonsText(c echo.Context, who *auth.Session) error {
	list, err := s.Insight.Lessons(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	out := ""
	for _, l := range list {
		out += l.Title + " (" + l.Day + ")\n\n" + l.Text + "\n\n\n"
	}
	httpd.Attach(c, "svilpe-lessons.txt")
	_, err = c.Response().Write([]byte(out))
	return err
}
