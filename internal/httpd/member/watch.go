package member

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

type watchView struct {
	httpd.Page
	Number, Back string
	Reported     bool // the reporter waits for an answer about retaliation
	Facts        []fact
	Said         []item // what the reporter said of retaliation and when asked
	Links        []link
}

// watch shows how the reporter fares: the risk, what they said, when they are
// asked again.
func (s *Site) watch(c echo.Context, who *auth.Session) error {
	b, answered, err := s.openCase(c, who)
	if answered {
		return err
	}
	v := watchView{
		Page: s.page(c, who, "watch.page", "Number", b.o.Number), Number: b.o.Number, Back: b.path,
		Reported: b.retaliation(),
	}
	risk := b.T("watch.no_risk")
	if id := b.o.Risk(); id != "" {
		risk = b.chosen(ethics.ActRisk, "risk", id)
	}
	v.Facts = append(v.Facts, fact{b.T("watch.risk"), risk})
	for _, d := range b.o.Dues {
		if (d.ID == "protection_watch" || d.ID == "risk_review") && d.Stopped == "" {
			v.Facts = append(v.Facts, fact{b.in(d.Name), b.Day(string(d.Due))})
		}
	}
	if since, ok := s.Policy.CheckIn(b.o.Track, policy.Events(b.o.Events), b.today); ok {
		v.Facts = append(v.Facts, fact{b.T("watch.asked_since"), b.Day(string(since))})
	}
	for _, i := range b.o.Thread {
		if !i.Untrusted && i.Author == ethics.ActorReporter &&
			(i.Event == ethics.EventRetaliation || i.Event == ethics.EventCheckedIn) {
			v.Said = append(v.Said, item{Kind: b.T(eventKeys[i.Event]), When: b.Day(i.Day), Text: i.Text})
		}
	}
	v.Links = s.actLinks(b, "protection")
	if s.Policy.MayWrite(b.o.Me, b.o.Facts) {
		v.Links = append([]link{{b.path + "#message-form", b.T("watch.answer")}}, v.Links...)
	}
	return s.render(c, http.StatusOK, "watch", v)
}

// retaliation tells whether the reporter waits for an answer about it.
func (b builder) retaliation() bool {
	for _, id := range b.o.Facts.Flags {
		if id == policy.FlagRetaliation {
			return true
		}
	}
	return false
}

// sections are the pages of a case beside its own.
func (b builder) sections() []link {
	out := []link{{b.path + "/decision", b.T("decision.title")}}
	if len(b.o.Measures) > 0 {
		out = append(out, link{b.path + "/measures", b.T("measures.title")})
	}
	if !b.o.Facts.NoReporter() {
		out = append(out, link{b.path + "/protection", b.T("watch.title")})
	}
	if b.forwarded() {
		out = append(out, link{b.path + "/package", b.T("forward.title")})
	}
	return append(out, link{b.path + "/export", b.T("export.title")})
}
