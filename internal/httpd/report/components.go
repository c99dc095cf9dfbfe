package report

import (
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/httpd"
)

// componentsView holds one of each partial, with words that are on other pages
// anyway.
type componentsView struct {
	httpd.Page
	Colours     []string
	Errors      []httpd.FieldError
	Fields      []httpd.Field
	Notices     []httpd.Notice
	Tags        []httpd.Tag
	Events      []httpd.Event
	Code        []string
	Kept, Files []httpd.FileRow
	Table       httpd.Table
	Pager       httpd.Pager
	Tabs        []httpd.Link
}

// components is the living style guide of a practice instance: every component
// as the pages use it, so that a change is seen before it is everywhere.
func (s *Site) components(c echo.Context) error {
	p := s.Server.Printer(c)
	choices := []httpd.Choice{
		{Value: "a", Label: p.T("reporter.start.report"), Hint: p.T("reporter.start.report_hint"), Chosen: true},
		{Value: "b", Label: p.T("reporter.start.code"), Hint: p.T("reporter.start.code_hint")},
	}
	long := strings.Repeat(p.T("layout.about")+" ", 12)
	v := componentsView{
		Page: s.Server.Page(c, "components.title"),
		Colours: []string{
			"ground", "paper", "soft", "ink", "muted", "line", "edge", "accent", "link", "focus", "info-bg", "done",
			"done-bg", "due", "due-bg", "over", "over-bg",
		},
		Errors: []httpd.FieldError{{Field: "wrong", Text: p.T("reporter.error.description")}},
		Fields: []httpd.Field{
			{Name: "plain", Label: p.T("components.field"), Hint: p.T("reporter.status.code_hint"), Optional: true},
			{
				Name: "wrong", Kind: "textarea", Rows: 3, Label: p.T("components.field_wrong"),
				Error: p.T("reporter.error.description"), Value: long,
			},
			{Name: "one", Kind: "radio", Label: p.T("components.radio"), Choices: choices},
			{Name: "many", Kind: "checkbox", Label: p.T("components.checkbox"), Choices: choices},
			{Name: "list", Kind: "select", Label: p.T("components.select"), Choices: choices},
			{Name: "file", Kind: "file", Label: p.T("components.file")},
		},
		Notices: []httpd.Notice{
			{Text: long}, {Kind: "done", Text: long}, {Kind: "due", Text: long}, {Kind: "danger", Text: long},
		},
		Tags: []httpd.Tag{
			{Text: p.T("components.tag")}, {Kind: "new", Text: p.T("notice.info")},
			{Kind: "done", Text: p.T("timeline.done")},
			{Kind: "due", Text: p.T("timeline.due")}, {Kind: "overdue", Text: p.T("timeline.overdue")},
		},
		Events: []httpd.Event{
			{Kind: "done", Day: "2026-11-22", Text: p.T("timeline.done")},
			{Kind: "", Day: "2026-11-23", Text: p.T("notice.info")},
			{Kind: "overdue", Day: "2026-11-29", Text: p.T("timeline.overdue")},
			{Kind: "due", Day: "2027-02-22", Text: p.T("timeline.due"), Note: long},
		},
		Code: []string{"00000", "11111", "22222", "33333", "44444", "55555"}, // opens nothing: the checksum is wrong
		Kept: []httpd.FileRow{{ID: "sample", Name: "līgums.pdf", Size: 1_234_567, Keep: true}},
		Files: []httpd.FileRow{
			{ID: "other", Name: strings.Repeat("garš-nosaukums-", 12) + ".pdf", Size: 5 << 20, Href: "#files"},
		},
		Table: httpd.Table{
			Caption: p.T("components.table"),
			Head:    []string{p.T("reporter.number"), p.T("components.tag"), p.T("components.figure")},
			Rows: [][]httpd.Cell{
				{
					{Text: "2026-K7Q4M", Href: "#table"},
					{Tag: &httpd.Tag{Kind: "due", Text: p.T("timeline.due")}}, {Text: "7", Figure: true},
				},
				{{Text: "2026-AB7VF", Href: "#table"}, {Text: long}, {Text: "1 024", Figure: true}},
			},
		},
		Pager: httpd.Pager{Previous: "#pager", Next: "#pager", From: 26, To: 50, Total: 214},
		Tabs: []httpd.Link{
			{Href: "#tabs", Text: p.T("layout.safety"), Current: true, Count: 3},
			{Href: "#tabs", Text: p.T("layout.privacy")}, {Href: "#tabs", Text: p.T("layout.about")},
		},
	}
	return s.Server.Render(c, 200, "reporter/components", v)
}
