package policy

import (
	"errors"

	"svilpe/internal/ethics"
)

// LeastExaminers must be assigned before an examination starts.
const LeastExaminers = 2

// Why a step is refused. Pages answer ErrGrant and ErrRole like not found.
var (
	ErrStep       = errors.New("policy: no such step here")
	ErrRole       = errors.New("policy: not a step of this member's roles")
	ErrGrant      = errors.New("policy: the member holds no grant of the case")
	ErrStatement  = errors.New("policy: the member has not signed a no-conflict statement")
	ErrExaminers  = errors.New("policy: fewer than two examiners without conflict are assigned")
	ErrFeedback   = errors.New("policy: the reporter has had no feedback")
	ErrSamePerson = errors.New("policy: the second person must be a different one")
	ErrAuthor     = errors.New("policy: the author of the draft cannot be its only approver")
	ErrDraft      = errors.New("policy: no draft of the decision stands")
	ErrQuorum     = errors.New("policy: too few members have voted")
	ErrMajority   = errors.New("policy: not more votes for the draft than against it")
	ErrMeasures   = errors.New("policy: a measure is open")
	ErrConsent    = errors.New("policy: the reporter has not agreed to mediation")
)

// Facts are what guards ask of a case. The caller reads them from the store and
// the opened case; what they leave out counts as not so.
type Facts struct {
	Track           string
	State           ethics.State
	Previous        ethics.State // state from which the reporter was asked, for awaiting_reporter
	Examiners       int          // people assigned, each with a signed no-conflict statement
	FeedbackSent    bool         // Policy.FeedbackSent
	Flags           []string     // Policy.Flagged
	DraftAuthor     string       // member who proposed the decision under approval
	IfNotRecognised string       // the reporter's answer to the question of that name
	Drafted         bool         // a draft of the decision stands
	Votes           Tally        // on that draft
	OpenMeasures    int
	NoMediation     bool // the category forbids it
	Consent         bool // the reporter said yes to the newest offer of mediation
	Recognition     bool // the deadline of recognition runs
	WatchOver       bool // the time of protection_watch has passed
	Extendable      bool // Policy.Extendable
	NoticeOpen      bool // NoticeOpen

	// Another tells whether two member ids are two people; without it nobody is a
	// second person. Policy knows ids, and two ids are not two people.
	Another func(a, b string) bool
}

func (f Facts) another(a, b string) bool { return f.Another != nil && f.Another(a, b) }

// NoReporter tells that the institution began the case: there is nobody to
// write to.
func (f Facts) NoReporter() bool { return contains(f.Flags, FlagOwn) }

// May says whether the member may take a step now or, where it needs four eyes,
// propose it: nil, or why not, with the least telling reason first (ErrStep,
// ErrGrant, ErrRole, ErrStatement, then the guards).
func (p *Policy) May(m Member, stepID ethics.Act, f Facts) error {
	s, err := p.stepNow(stepID, f)
	if err != nil {
		return err
	}
	if err := checkMember(m, s.Who); err != nil {
		return err
	}
	return p.missing(s, f)
}

// MayApprove says whether the member may give the second signature for a step
// that proposerID proposed. The case must still stand where the step begins: a
// proposal that was overtaken cannot be approved. The proposer never approves,
// whatever roles the proposer holds, and under no other id.
func (p *Policy) MayApprove(m Member, stepID ethics.Act, proposerID string, f Facts) error {
	s, err := p.stepNow(stepID, f)
	if err != nil {
		return err
	}
	if !s.FourEyes {
		return ErrStep
	}
	if err := checkMember(m, s.Approver); err != nil {
		return err
	}
	if !f.another(m.ID, proposerID) {
		return ErrSamePerson
	}
	for _, id := range s.Needs {
		if n := needs[id]; n.refuses != nil {
			if err := n.refuses(f, m.ID); err != nil {
				return err
			}
		}
	}
	return p.missing(s, f)
}

// Offered are the steps that the member may take or propose now.
func (p *Policy) Offered(m Member, f Facts) []Step {
	return keep(p.Steps, func(s Step) bool { return p.May(m, s.ID, f) == nil })
}

// OfferedActs are the sensitive actions that the member may take or propose now
// by the form of a step.
func (p *Policy) OfferedActs(m Member, f Facts) []Step {
	return keep(p.acts(), func(s Step) bool { return !s.OwnForm && p.May(m, s.ID, f) == nil })
}

// MayReporter says whether the reporter may take a step now. The caller has
// opened the case with its code; that is the reporter's only right.
func (p *Policy) MayReporter(stepID ethics.Act, f Facts) error {
	s, err := p.stepNow(stepID, f)
	if err != nil {
		return err
	}
	if !contains(s.Who, RoleReporter) {
		return ErrRole
	}
	return p.missing(s, f)
}

// ReporterStep is a step that the reporter may take now, and the state that it leads to;
// why not as MayReporter says.
func (p *Policy) ReporterStep(id ethics.Act, f Facts) (Step, ethics.State, error) {
	if err := p.MayReporter(id, f); err != nil {
		return Step{}, "", err
	}
	step, _ := p.Act(id)
	if step.ReporterTo != "" {
		return step, step.ReporterTo, nil
	}
	return step, p.Target(step, f), nil
}

// Take writes into a status what taking the step makes of a case: its event and the
// further ones before the state that it leads to, then entering that, then the last ones.
// A step that leads nowhere leaves the case where it is.
func (s Step) Take(st *ethics.Status, to ethics.State, before, after []ethics.EventKind) {
	st.Act = s.ID
	if s.Event != "" {
		st.Events = append(st.Events, s.Event)
	}
	st.Events = append(st.Events, before...)
	if len(s.To) > 0 {
		st.Enter(to)
		st.Events = append(st.Events, ethics.Entered(to))
	}
	st.Events = append(st.Events, after...)
}

// OfferedReporter are the steps that the reporter may take now.
func (p *Policy) OfferedReporter(f Facts) []Step {
	return keep(p.Steps, func(s Step) bool { return p.MayReporter(s.ID, f) == nil })
}

// stepNow is the step if it is offered at all and begins where the case stands.
func (p *Policy) stepNow(id ethics.Act, f Facts) (Step, error) {
	s, ok := p.Act(id)
	_, action := p.Action(id)
	switch {
	case action && !contains(p.offer.Acts, id):
		return Step{}, ErrStep
	case !ok, contains(p.offer.Steps, id), !p.casesOn(f.Track), !contains(s.From, f.State):
		return Step{}, ErrStep
	case intersects(s.Unless, f.Flags), len(s.While) > 0 && !intersects(s.While, f.Flags):
		return Step{}, ErrStep
	case contains(s.To, Previous) && p.Target(s, f) == "", !s.offers(f):
		return Step{}, ErrStep
	}
	return s, nil
}

// checkMember asks for grant, role and statement. The reporter and the system are never
// members, whatever a member's roles say.
func checkMember(m Member, roles []string) error {
	members := keep(roles, func(r string) bool { return r != RoleReporter && r != actorSystem })
	switch {
	case !m.HoldsGrant:
		return ErrGrant
	case !intersects(m.Roles, members):
		return ErrRole
	case !m.Stated:
		return ErrStatement
	}
	return nil
}

// Next is the one next step of the case, if it is this member's to take now;
// false when it is someone else's, or something is missing: see NextFor.
func (p *Policy) Next(m Member, f Facts) (Step, bool) {
	w, ok := p.NextFor(f)
	if !ok || p.May(m, w.Step.ID, f) != nil {
		return Step{}, false
	}
	return w.Step, true
}

// Waiting is what a case waits for.
type Waiting struct {
	Step    Step
	Roles   []string // who may take it
	Missing error    // nil, or what must come first: ErrExaminers, ErrFeedback, ErrQuorum and the like
}

// NextFor says for which step the case waits, whoever is looking. While the
// reporter was asked it is the reporter's turn; resume_without_reply is a side
// step. False where the case waits for nothing: on hold, closed, left
// unexamined, withdrawn.
func (p *Policy) NextFor(f Facts) (Waiting, bool) {
	if s, err := p.stepNow(ethics.ActReply, f); err == nil {
		return Waiting{Step: s, Roles: []string{RoleReporter}}, true
	}
	for _, id := range p.offer.Next {
		if s, err := p.stepNow(id, f); err == nil {
			return Waiting{Step: s, Roles: s.Who, Missing: p.missing(s, f)}, true
		}
	}
	return Waiting{}, false
}

// Target is the state that a step leads to; an action stays where the case is.
// "" where that is open: a step with several ends, or Previous when no one can
// have asked from there.
func (p *Policy) Target(s Step, f Facts) ethics.State {
	if len(s.To) == 0 {
		return f.State
	}
	if len(s.To) != 1 {
		return ""
	}
	if s.To[0] != Previous {
		return s.To[0]
	}
	for _, asked := range p.Steps {
		if contains(asked.To, f.State) && contains(asked.From, f.Previous) {
			return f.Previous
		}
	}
	return ""
}

// MayWrite says whether the member may write to the reporter, if there is one.
func (p *Policy) MayWrite(m Member, f Facts) bool {
	return !f.NoReporter() && p.Allowed(m, "message_reporter")
}

// MessageRequired says whether the step's form demands a message to the
// reporter, stored in the same transaction: the text of the new state speaks of
// it. Going back to a previous state needs none; that one had its message.
func (p *Policy) MessageRequired(s Step, f Facts) bool {
	if f.NoReporter() {
		return false
	}
	if s.Message {
		return true
	}
	for _, id := range s.To {
		if state, ok := p.State(id); ok && state.Message {
			return true
		}
	}
	return false
}
