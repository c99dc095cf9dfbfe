package mycase

import (
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
)

// message is one of the thread, in the page's language.
type message struct {
	ID, From, Day, Text string
	Own, Untrusted      bool
	Answers             []row // the report itself
	Files               []httpd.FileRow
}

// row is a question of the report with its answers.
type row struct {
	Label  string
	Values []string
}

func (s *Site) message(p *locale.Printer, roster *appoint.Roster, m dialogue.Message) message {
	out := message{ID: m.ID, Day: m.Day, Text: m.Text, Own: m.From == ethics.ActorReporter, Untrusted: m.Untrusted}
	switch m.From {
	case ethics.ActorReporter:
		out.From = p.T("reporter.from.you")
	case ethics.ActorSystem:
		out.From = p.T("reporter.from.system")
	default:
		out.From = p.T("reporter.from.commission")
	}
	if m.Untrusted {
		out.Text = ""
		return out
	}
	out.Text = aboutProtection(p, m)
	if text := aboutIdentity(p, m); text != "" {
		out.Text = text
	}
	if r := m.Receipt; r != nil {
		out.Text = p.T("reporter.receipt", "Number", r.Params["number"], "Received", p.Day(r.Params["received"]),
			"Ack", p.Day(r.Params["ack"]))
	}
	if m.Report != nil {
		out.Answers = s.answers(p, roster, m.Report)
	}
	for _, f := range m.Files {
		row := httpd.FileRow{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size}
		if m.Readable {
			row.Href = "/case/files/" + f.ID
		}
		out.Files = append(out.Files, row)
	}
	return out
}

// answers are the report's questions and answers in words.
func (s *Site) answers(p *locale.Printer, roster *appoint.Roster, r *ethics.Report) []row {
	given := map[string][]string{
		"track": {r.Track}, "category": {r.Category}, "language": {r.Language},
		"excluded_handlers": names(roster, r.Excluded),
	}
	if in, err := roster.Institution(r.Institution); err == nil {
		given["institution"] = []string{in.Name}
		for _, u := range in.Units {
			if u.ID == r.Unit {
				given["institution"] = append(given["institution"], u.Name)
			}
		}
	}
	for id, values := range r.Answers {
		given[id] = values
	}
	var out []row
	if r.EnteredBy != "" {
		out = append(out, row{p.T("enter.by"), []string{p.T("way." + r.Way)}})
	}
	for _, f := range s.Policy.OfferedFields(r.Track) {
		if values := words(p, f, given[f.ID]); len(values) > 0 {
			out = append(out, row{f.Label.In(p.Lang()), values})
		}
	}
	return out
}

func words(p *locale.Printer, f policy.Field, values []string) []string {
	var out []string
	for _, v := range values {
		i := slices.IndexFunc(f.Options, func(o policy.Option) bool { return o.ID == v })
		switch {
		case i >= 0:
			v = f.Options[i].Label.In(p.Lang())
		case f.Type == "checkbox":
			v = p.T("reporter.yes")
		}
		out = append(out, v)
	}
	return out
}

func names(roster *appoint.Roster, ids []string) []string {
	var out []string
	for _, id := range ids {
		if m, err := roster.Member(id); err == nil {
			out = append(out, m.Name)
		}
	}
	return out
}
