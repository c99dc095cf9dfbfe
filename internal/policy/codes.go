package policy

import "slices"

// Code is a code of conduct whose clauses a decision cites.
type Code struct {
	ID           string   `yaml:"id"`
	Institutions []string `yaml:"institutions"` // ids; none: every institution's
	Name         Text     `yaml:"name"`
	Clauses      []Clause `yaml:"clauses"`
}

// Clause is one rule of a code, by the number it has there.
type Clause struct {
	ID     string `yaml:"id"`
	Number string `yaml:"number"`
	Text   Text   `yaml:"text"`
}

func (x Code) key() string   { return x.ID }
func (x Clause) key() string { return x.ID }

// Clauses are what a decision of an institution may cite, as options that name
// number and text.
func (p *Policy) Clauses(institution string) []Option {
	var out []Option
	for _, c := range p.Codes {
		if len(c.Institutions) > 0 && !contains(c.Institutions, institution) {
			continue
		}
		for _, x := range c.Clauses {
			label := Text{}
			for lang, text := range x.Text {
				label[lang] = x.Number + " " + text
			}
			out = append(out, Option{x.ID, label})
		}
	}
	return out
}

// Clause finds a clause of any code by id.
func (p *Policy) Clause(id string) (Clause, bool) {
	for _, c := range p.Codes {
		if x, ok := find(c.Clauses, id); ok {
			return x, true
		}
	}
	return Clause{}, false
}

// CitesClauses tells whether a decision must cite a clause: one that the ethics
// commission takes, on the ethics track or by competence, and that finds a breach.
func (p *Policy) CitesClauses(track, competence, outcome string) bool {
	breach := slices.ContainsFunc(p.Outcomes, func(o Outcome) bool { return o.ID == outcome && o.Breach })
	return breach && (track == "ethics" || competence == "ethics_commission")
}

func (c *checker) codes() {
	const file = fileCodes
	var all []string
	for _, x := range c.p.Codes {
		for _, cl := range x.Clauses {
			all = append(all, cl.ID)
			if cl.Number == "" {
				c.fail(file, "clauses %s: no number", cl.ID)
			}
		}
	}
	ids(c, file, "codes", c.p.Codes)
	unique(c, file, "clauses", all)
}
