package member

import (
	"slices"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
)

// builder words an opened case for one page.
type builder struct {
	words
	o      *casework.Opened
	roster *appoint.Roster
	typed  typed
	path   string // /desk/cases/{number}
}

// facts are what is known of the case besides its thread, and the cautions of
// its category and of a legal hold.
func (b builder) facts() (facts []fact, cautions []string) {
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, fact{b.T(key), text})
		}
	}
	place, unit := b.o.Institution, ""
	if in, err := b.roster.Institution(b.o.Institution); err == nil {
		place = in.Name
		if b.o.Report != nil {
			for _, u := range in.Units {
				if u.ID == b.o.Report.Unit {
					unit = u.Name
				}
			}
		}
	}
	add("desk.case.state", b.state(b.o.State))
	add("desk.case.institution", place)
	add("desk.case.unit", unit)
	add("desk.case.category", b.category(b.o.Category))
	c, known := b.policy.Category(b.o.Category)
	if known {
		add("desk.case.category_hint", b.in(c.Hint))
	}
	add("desk.case.track", b.track(b.o.Track))
	add("desk.case.received", b.Day(b.o.Received))
	if b.o.Report != nil {
		add("desk.case.language", locale.Name(b.o.Report.Language))
	}
	if known {
		cautions = b.cautions(c.Handling)
	}
	if day := b.policy.HeldSince(policy.Events(b.o.Events)); day != "" {
		cautions = append(cautions, b.T("desk.caution.hold", "Day", b.Short(string(day))))
	}
	return facts, cautions
}

func (b builder) cautions(h policy.Handling) []string {
	var out []string
	for _, x := range []struct {
		on  bool
		key string
	}{
		{h.Priority == "high", "desk.caution.priority"}, {h.UrgentScreen, "desk.caution.urgent"},
		{h.DoNotTipOff, "desk.caution.do_not_tip_off"},
		{h.Sensitive, "desk.caution.sensitive"}, {h.HideLineManager, "desk.caution.hide_line_manager"},
		{h.TrainedHandlerOnly, "desk.caution.trained"}, {h.MandatoryReport, "desk.caution.mandatory_report"},
		{h.NoForcedMediation, "desk.caution.no_forced_mediation"}, {h.LinksToCase, "desk.caution.links_to_case"},
	} {
		if x.on {
			out = append(out, b.T(x.key))
		}
	}
	return out
}

// dues are the deadlines, each with its last day or, where it was met, the day on which
// it was met. In a case that was opened again it leaves out keeping and watching that began
// with the earlier end: they stopped, but nobody fulfilled them.
func (b builder) dues() []httpd.Event {
	var out []httpd.Event
	for _, d := range b.o.Dues {
		if d.Stopped != "" && b.policy.AfterEnd(d.ID) && !slices.Contains(b.policy.Erasable(), b.o.State) {
			continue
		}
		e := httpd.Event{Kind: "due", Day: string(d.Due), Text: b.in(d.Name)}
		left, _ := b.left(ethics.Day(d.Due))
		switch {
		case d.Stopped != "":
			e.Kind, e.Day = "done", string(d.Stopped)
			if d.Due.Before(d.Stopped) {
				e.Note = b.T("desk.due.met_late", "Day", b.Day(string(d.Due)))
			}
		case d.Overdue(b.today):
			e.Kind, e.Note = "overdue", left
		default:
			e.Note = left
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(x, y httpd.Event) int { return strings.Compare(x.Day, y.Day) })
	return out
}

// holder is who can open the case, and who gave the key.
type holder struct{ Name, Roles, Given, Stated string }

func (b builder) holders() []holder {
	var out []holder
	for _, h := range b.o.Holders {
		x := holder{Name: h.Name, Roles: b.roles(h.Roles), Stated: b.T("desk.holder.not_stated")}
		x.Given = b.T("desk.holder.given", "Giver", h.Giver, "Day", b.Day(h.Day))
		if h.Giver == ethics.ActorReporter {
			x.Given = b.T("desk.holder.routed", "Day", b.Day(h.Day))
		}
		if h.Stated {
			x.Stated = b.T("desk.holder.stated")
		}
		out = append(out, x)
	}
	return out
}

// stepFacts are the parts of a step or proposal, by label.
func (b builder) stepFacts(
	id ethics.Act, from, to ethics.State, reason string, statements map[string][]string,
) []fact {
	var out []fact
	if from != to && to != "" {
		out = append(out, fact{b.T("desk.step.change"), b.state(from) + " → " + b.state(to)})
	}
	for _, st := range b.policy.Statements(id) {
		var said []string
		if st.Kind == policy.Rows {
			said = append(said, b.table(st, statements))
		}
		for _, v := range statements[st.ID] {
			said = append(said, b.stated(st, v))
		}
		if text := strings.Join(said, ", "); text != "" {
			out = append(out, fact{b.in(st.Label), text})
		}
	}
	if reason != "" {
		out = append(out, fact{b.T("desk.step.reason"), reason})
	}
	return out
}

func (b builder) stated(st policy.Statement, value string) string {
	switch st.Kind {
	case policy.Tick:
		return b.T("desk.yes")
	case policy.Date:
		return b.Day(value)
	case policy.Choice, policy.Choices:
		if st.Source == policy.SourceFiles {
			return b.fileName(value)
		}
		if st.Source == policy.SourceClauses {
			if c, ok := b.policy.Clause(value); ok {
				return c.Number + " " + b.in(c.Text)
			}
		}
		if i := slices.IndexFunc(b.o.Drafts, func(d casework.Draft) bool { return d.Step.ID == value }); i >= 0 {
			return b.T("decision.version", "Number", b.o.Drafts[i].Version)
		}
		for _, o := range st.Options {
			if o.ID == value {
				return b.in(o.Label)
			}
		}
	}
	return value
}

// leftover shows what was typed into a step's form that is gone, so that it can
// be copied.
func (b builder) leftover() []fact {
	var out []fact
	for _, f := range []struct{ name, key string }{{"reason", "desk.step.reason"}, {"message", "desk.step.message"}} {
		if text := b.typed.get(b.typed.form, f.name); text != "" {
			out = append(out, fact{b.T(f.key), text})
		}
	}
	for _, st := range b.policy.Statements(ethics.Act(b.typed.target)) {
		if text := b.typed.get(b.typed.form, st.ID); text != "" && st.Kind == policy.Words {
			out = append(out, fact{b.in(st.Label), text})
		}
	}
	return out
}

// linked are the cases that belong to this one. Who may not open one of them is
// told there that it does not exist.
func (b builder) linked() []link {
	var out []link
	for _, number := range b.o.Links {
		out = append(out, link{"/desk/cases/" + number, b.T("desk.linked", "Number", number)})
	}
	return out
}
