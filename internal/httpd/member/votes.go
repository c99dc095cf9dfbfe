package member

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

type decisionView struct {
	httpd.Page
	Number, Back string
	Facts        []fact // competence, quorum, count
	Versions     []version
	Links        []link
	Writers      string   // who submits the draft and when, while there is none
	Signing      *signing // nil while nothing is decided
}

// version is one draft of the decision, with the votes on it.
type version struct {
	Title, Who string
	Stands     bool
	Text       string
	Facts      []fact
	Votes      []vote
}

// vote is one member's; Dissent is kept with the decision.
type vote struct {
	Who, When, Choice, Dissent string
	Left                       bool // no longer holds the case or the office: not counted
}

// refusedMoved is the key of the words for an act that what others did made impossible.
const refusedMoved = "desk.refused.moved"

// refusalKey is the key of the words for what stands against an act, or what a
// decision still needs; "" for other errors.
func refusalKey(err error) string {
	for _, x := range []struct {
		err error
		key string
	}{
		{ethics.ErrSameName, "desk.refused.same_name"}, {ethics.ErrSamePerson, "desk.refused.same_person"},
		{policy.ErrAuthor, "desk.refused.author"}, {policy.ErrExaminers, "desk.refused.examiners"},
		{policy.ErrFeedback, "desk.refused.feedback"}, {casework.ErrWaits, "desk.refused.waits"},
		{casework.ErrShares, "vault.desk.stuck"},
		{casework.ErrConcerned, "conflict.exclude.concerned"},
		{policy.ErrDraft, "decision.missing.draft"}, {policy.ErrQuorum, "decision.missing.quorum"},
		{policy.ErrMajority, "decision.missing.majority"},
		{policy.ErrMeasures, "decision.missing.measures"}, {policy.ErrConsent, "decision.missing.consent"},
	} {
		if errors.Is(err, x.err) {
			return x.key
		}
	}
	return ""
}

// decisionHelp says what the next step waits for, and where that is done.
func (s *Site) decisionHelp(b builder, err error, n *next) {
	key := refusalKey(err)
	if key == "" {
		return
	}
	n.Text = b.T(key)
	n.Help, n.HelpText = b.path+"/decision", b.T("decision.title")
	if s.voteMissing(b) {
		n.Title, n.Text, n.Href = b.T("decision.vote_now"), b.T("decision.vote_text"), b.stepPath(ethics.ActVote)
	}
	if errors.Is(err, policy.ErrMeasures) {
		n.Help, n.HelpText = b.path+"/measures", b.T("measures.title")
	}
}

// voteMissing tells that this member may vote on the draft that stands, and has
// not.
func (s *Site) voteMissing(b builder) bool {
	d := b.o.Draft
	return d != nil && s.Policy.May(b.o.Me, ethics.ActVote, b.o.Facts) == nil && !b.o.Voted(*d, b.o.Me.ID)
}

// openCase opens the case of an address for a page of its own; answered tells that
// the page was given already: the statement that comes first, or the warning.
func (s *Site) openCase(c echo.Context, who *auth.Session) (b builder, answered bool, err error) {
	number := c.Param("number")
	o, err := s.Casework.Open(c.Request().Context(), &who.Acting, number)
	switch {
	case errors.Is(err, casework.ErrNotStated):
		return b, true, s.cover(c, who, number, http.StatusOK, typed{})
	case errors.Is(err, ethics.ErrUntrusted):
		return b, true, s.distrusted(c, who, number)
	case err != nil:
		return b, true, err
	}
	return builder{words: s.words(c), o: o, roster: who.Roster, path: "/desk/cases/" + o.Number}, false, nil
}

// decision shows every version of the decision, who voted how, and what is
// missing.
func (s *Site) decision(c echo.Context, who *auth.Session) error {
	return s.showDecision(c, who, http.StatusOK)
}

func (s *Site) showDecision(c echo.Context, who *auth.Session, status int) error {
	b, answered, err := s.openCase(c, who)
	if answered {
		return err
	}
	v := decisionView{Page: s.page(c, who, "decision.page", "Number", b.o.Number), Number: b.o.Number, Back: b.path}
	v.Facts = s.decisionFacts(b)
	for _, d := range slices.Backward(b.o.Drafts) {
		v.Versions = append(v.Versions, b.version(d))
	}
	if len(v.Versions) == 0 {
		v.Writers = b.writers()
	}
	v.Signing = b.signing(typed{})
	v.Links = s.actLinks(b, "decision")
	return s.render(c, status, "decision", v)
}

// writers says who submits a draft decision, and in which state of the case.
func (b builder) writers() string {
	step, ok := b.policy.Act(ethics.ActPropose)
	if !ok {
		return ""
	}
	var states []string
	for _, id := range step.From {
		states = append(states, b.state(id))
	}
	return b.T("decision.writers", "State", strings.Join(states, ", "), "People", b.people(step.Who, nil))
}

func (s *Site) decisionFacts(b builder) []fact {
	var out []fact
	if id := b.o.Competence(); id != "" {
		r, _ := b.policy.Route(id)
		out = append(out, fact{b.T("decision.competence"), b.in(r.Name)})
	}
	var names, waiting []string
	for _, m := range s.Casework.Voters(b.o) {
		names = append(names, m.Name)
		if d := b.o.Draft; d != nil && !b.o.Voted(*d, m.ID) {
			waiting = append(waiting, m.Name)
		}
	}
	if len(names) > 0 {
		out = append(out, fact{b.T("decision.voters"), strings.Join(names, ", ")})
	}
	if b.o.Draft == nil {
		return out
	}
	t := b.o.Facts.Votes
	out = append(out,
		fact{b.T("decision.count"), b.T("decision.counted", "For", t.For, "Against", t.Against, "Abstain", t.Abstain)})
	quorum := b.T("decision.quorum_missing")
	if b.policy.Quorate(t) {
		quorum = b.T("decision.quorum_there")
	}
	out = append(out, fact{b.T("decision.quorum"), quorum})
	if len(waiting) > 0 && b.o.Facts.Drafted {
		out = append(out, fact{b.T("decision.not_voted"), strings.Join(waiting, ", ")})
	}
	return out
}

func (b builder) version(d casework.Draft) version {
	st := d.Step.Step
	v := version{
		Title:  b.T("decision.version", "Number", d.Version),
		Who:    d.Step.Name + " · " + b.Moment(time.UnixMilli(d.Step.At)),
		Stands: b.o.Draft != nil && b.o.Draft.Step.ID == d.Step.ID, Text: d.Value("draft_text"),
	}
	for _, f := range b.policy.Statements(st.ID) {
		if f.ID == "draft_text" {
			continue
		}
		var said []string
		for _, x := range st.Statements[f.ID] {
			said = append(said, b.stated(f, x))
		}
		if text := strings.Join(said, "\n"); text != "" {
			v.Facts = append(v.Facts, fact{b.in(f.Label), text})
		}
	}
	if st.Reason != "" {
		v.Facts = append(v.Facts, fact{b.T("desk.step.reason"), st.Reason})
	}
	for _, x := range d.Votes {
		v.Votes = append(v.Votes, vote{
			Who: x.Step.Name, When: b.Moment(time.UnixMilli(x.Step.At)),
			Choice: b.chosen(ethics.ActVote, "vote", x.Choice), Dissent: x.Dissent,
			Left: v.Stands && !x.Counts,
		})
	}
	return v
}

// chosen words an option of an act's statement.
func (b builder) chosen(act ethics.Act, statement, value string) string {
	for _, st := range b.policy.Statements(act) {
		if st.ID == statement {
			return b.stated(st, value)
		}
	}
	return value
}

// actLinks lead to the forms of those of a page's steps and acts that this member may
// take now.
func (s *Site) actLinks(b builder, page string) []link {
	var out []link
	for _, id := range s.Policy.OnPage(page) {
		if step, ok := s.Policy.Act(id); ok && s.Casework.MayNow(b.o, step) == nil {
			out = append(out, link{b.stepPath(id), b.in(step.Name)})
		}
	}
	return out
}
