package member

import (
	"slices"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// next is the box in front of everything: the one next step, or whom the case
// waits for.
type next struct {
	Title, Text string
	Href        string // the step's form, when it is this member's
	Help        string // address of what must come first on this page
	HelpText    string
}

type link struct{ Href, Text string }

// nextStep is the box, the other steps, and the sensitive acts.
func (s *Site) nextStep(b builder) (n next, others, acts []link) {
	step, more, waiting := s.Casework.Offered(b.o)
	if b.o.Open != nil {
		return next{}, nil, nil // the proposal stands in front
	}
	others, acts = b.links(more), b.links(s.Casework.Acts(b.o))
	switch {
	case step != nil:
		n = next{Title: b.in(step.Name), Href: b.stepPath(step.ID), Text: b.T("desk.next.yours")}
		if step.FourEyes {
			n.Text = b.T("desk.next.four_eyes", "Roles", b.approvers(*step, b.o.Me.ID))
		}
		return n, others, acts
	case waiting == nil:
		n = next{Title: b.T("desk.next.nothing"), Text: b.T("desk.next.nothing_text")}
		for _, d := range b.o.Dues {
			if d.Stopped == "" && !b.policy.AfterEnd(d.ID) {
				n.Text = b.T("desk.next.due_left", "Deadline", b.in(d.Name), "Day", b.Day(string(d.Due)))
				break
			}
		}
		return n, others, acts
	}
	n = next{Title: b.in(waiting.Step.Name), Text: b.T("desk.next.waits", "Roles", b.people(waiting.Roles, nil))}
	switch waiting.Missing {
	case policy.ErrExaminers: //nolint:errorlint // one of the policy's own, never wrapped
		n.Text = b.T("desk.refused.examiners")
		switch silent := b.unstated(); {
		case b.o.Facts.Examiners+len(silent) >= policy.LeastExaminers:
			n.Text = b.T("desk.next.unstated", "Names", strings.Join(silent, ", "))
		case len(s.Casework.Assignable(b.o)) > 0:
			n.Help, n.HelpText = "#assign-form", b.T("desk.assign.title")
		}
	case policy.ErrFeedback:
		n.Text, n.Help, n.HelpText = b.T("desk.refused.feedback"), "#message-form", b.T("desk.message.title")
	case nil:
	default:
		s.decisionHelp(b, waiting.Missing, &n)
	}
	return n, others, acts
}

// unstated are the assigned examiners who have not yet said that they have no
// conflict of interest.
func (b builder) unstated() []string {
	var out []string
	for _, h := range b.o.Holders {
		if h.Via == "assigned" && !h.Stated {
			out = append(out, h.Name)
		}
	}
	return out
}

// stepPath is the address of a step's form.
func (b builder) stepPath(id ethics.Act) string { return b.path + "/steps/" + string(id) }

func (b builder) links(steps []policy.Step) []link {
	var out []link
	for _, x := range steps {
		out = append(out, link{b.stepPath(x.ID), b.in(x.Name)})
	}
	return out
}

// people are those who can open the case and hold one of the roles there, by
// name; the roles alone where there is nobody.
func (b builder) people(roles []string, may func(policy.Member) bool) string {
	var out []string
	for _, h := range b.o.Holders {
		m := policy.Member{ID: h.Member, Roles: b.rolesHere(h.Member), HoldsGrant: true, Stated: true}
		theirs := slices.DeleteFunc(slices.Clone(m.Roles), func(r string) bool { return !slices.Contains(roles, r) })
		if len(theirs) > 0 && (may == nil || may(m)) {
			out = append(out, h.Name+" ("+b.roles(theirs)+")")
		}
	}
	if len(out) == 0 {
		return b.roles(roles)
	}
	return strings.Join(out, ", ")
}

// approvers are those who could give the second signature to a step that a
// member proposes: never that member, nor the author of a draft.
func (b builder) approvers(step policy.Step, proposer string) string {
	return b.people(step.Approver, func(m policy.Member) bool {
		if p := b.o.Open; p != nil && p.Content != nil && p.Content.Removal != nil &&
			b.roster.Among(p.Content.Removal.Members, m.ID) {
			return false // the proposal is about this one
		}
		return b.policy.MayApprove(m, step.ID, proposer, b.o.Facts) == nil
	})
}

// office is a member's offices, with the institution where it is not the case's.
func (b builder) office(m appoint.Member) string {
	text := b.roles(b.roster.AllRoles(m.ID, string(b.today)))
	if in, err := b.roster.Institution(m.Home()); err == nil && in.ID != b.o.Institution {
		text += " · " + in.Name
	}
	return text
}

// rolesHere are a member's roles in the case's institution or the one that
// stands in for it.
func (b builder) rolesHere(member string) []string {
	return b.roster.RolesFor(member, b.o.Institution, string(b.today))
}
