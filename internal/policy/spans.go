package policy

// Spans are the program's own periods, in days: product defaults, none of which comes
// from a law, and how long its lists may grow.
type Spans struct {
	ShareLent   int `yaml:"share_lent"`   // an approved share of a vault lies ready for who asked
	Export      int `yaml:"export"`       // an approved export can be downloaded
	TermEnds    int `yaml:"term_ends"`    // before a term ends its cases can be handed over
	ErasureNear int `yaml:"erasure_near"` // before the end of keeping it is said
	Backups     int `yaml:"backups"`      // a backup from before an erasure may still be kept
	DueSoon     int `yaml:"due_soon"`     // a deadline counts as due
	DueFar      int `yaml:"due_far"`      // a deadline is no longer said in days from now
	Rows        int `yaml:"rows"`         // of lists that are shown whole: lessons, proposals
}

// Days is a period of n days; one back where n is negative.
func Days(n int) Period { return Period{N: n, Unit: 'D'} }

func (c *checker) spans() {
	s := c.p.Spans
	for name, n := range map[string]int{
		"share_lent": s.ShareLent, "export": s.Export, "term_ends": s.TermEnds, "erasure_near": s.ErasureNear,
		"backups": s.Backups, "due_soon": s.DueSoon, "due_far": s.DueFar, "rows": s.Rows,
	} {
		if n < 1 {
			c.fail(fileWorkflow, "spans %s: %d is not 1 or more", name, n)
		}
	}
	if s.DueFar < s.DueSoon {
		c.fail(fileWorkflow, "spans due_far: comes before due_soon")
	}
}
