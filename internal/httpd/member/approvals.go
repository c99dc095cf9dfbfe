package member

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/httpd"
	"svilpe/internal/store"
)

// waiting is an act that waits for a second person.
type waiting struct {
	row
	Step, Who string // Who: by whom, or for whom, it waits
	Since     string
}

type approvalsView struct {
	httpd.Page
	Mine, Others []waiting // for this member's signature; proposed by this member
	Votes        []row     // cases whose draft decision waits for votes
}

// approvals lists the acts that wait for this member's second signature, the
// drafts that wait for votes, and the acts that this member proposed and somebody
// else decides on.
func (s *Site) approvals(c echo.Context, who *auth.Session) error {
	all, err := s.Insight.Proposals(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	w := s.words(c)
	v := approvalsView{Page: s.page(c, who, "desk.nav.approvals"), Votes: s.rows(w, who, all.ToVote)}
	dropPlace(v.Votes)
	one := func(l store.ListedCase) waiting {
		return waiting{row: s.row(w, who, l), Step: w.step(l.Proposal), Since: w.Short(l.Proposed)}
	}
	for _, l := range all.Waiting {
		x := one(l)
		name := l.Proposer
		if m, err := who.Roster.Member(l.Proposer); err == nil {
			name = m.Name
		}
		x.Who = w.T("desk.approvals.by", "Name", name)
		v.Mine = append(v.Mine, x)
	}
	for _, l := range all.Own {
		x := one(l)
		if step, ok := s.Policy.Act(l.Proposal); ok {
			x.Who = w.T("desk.proposal.waits", "Roles", w.roles(step.Approver))
		}
		v.Others = append(v.Others, x)
	}
	return s.render(c, http.StatusOK, "approvals", v)
}
