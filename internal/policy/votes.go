package policy

// Quorum says how many must vote on a draft of a decision.
type Quorum struct {
	OverPercent int   `yaml:"over_percent"` // more than this share of those who may
	Of          Names `yaml:"of"`           // roles that vote: their holders who hold the case
}

// Tally is how a draft was voted on: each member's newest vote.
type Tally struct {
	Voters                int // who may vote
	For, Against, Abstain int
}

// Voted is how many have voted; an abstention counts for the quorum.
func (t Tally) Voted() int { return t.For + t.Against + t.Abstain }

// Quorate tells whether enough have voted.
func (p *Policy) Quorate(t Tally) bool {
	return t.Voters > 0 && t.Voted()*100 > p.Quorum.OverPercent*t.Voters
}

// checkMajority tells whether the draft that stands may become the decision: nil,
// ErrDraft, ErrQuorum or ErrMajority.
func (p *Policy) checkMajority(f Facts) error {
	switch {
	case !f.Drafted:
		return ErrDraft
	case !p.Quorate(f.Votes):
		return ErrQuorum
	case f.Votes.For <= f.Votes.Against:
		return ErrMajority
	}
	return nil
}

func (c *checker) quorum() {
	if c.p.Quorum.OverPercent < 1 || c.p.Quorum.OverPercent > 99 || len(c.p.Quorum.Of) == 0 {
		c.fail(fileWorkflow, "quorum: want over_percent from 1 to 99, and roles")
	}
	refer(c, fileWorkflow, "quorum of", c.p.Quorum.Of, keys(c.p.Roles))
}
