package member

import (
	"svilpe/internal/auth"
	"svilpe/internal/store"
)

// row is one case in a list: metadata only.
type row struct {
	Number, Href    string
	State, Category string
	Institution     string // "" where all rows have the same
	Received        string
	Due             due
	New, Awaits     bool // not opened yet; waits for this member's second signature
	Votes           bool // a draft decision waits for votes, perhaps for this member's
	Retaliates      bool // the reporter waits for an answer about retaliation
}

func (s *Site) row(w words, who *auth.Session, l store.ListedCase) row {
	r := row{
		Number: l.Number, Href: "/desk/cases/" + l.Number, State: w.state(l.State), Category: w.category(l.Category),
		Institution: l.Institution, Received: w.Short(l.Received), New: !l.Stated, Due: w.due(l.DueID, l.Due),
		Awaits: s.Insight.MayApprove(&who.Acting, l),
	}
	if in, err := who.Roster.Institution(l.Institution); err == nil {
		r.Institution = in.Name
	}
	return r
}

func (s *Site) rows(w words, who *auth.Session, list []store.ListedCase) []row {
	var out []row
	for _, l := range list {
		out = append(out, s.row(w, who, l))
	}
	return out
}

// dropPlace takes the institution out of rows that all have the same.
func dropPlace(parts ...[]row) {
	places := map[string]bool{}
	for _, rows := range parts {
		for _, r := range rows {
			places[r.Institution] = true
		}
	}
	for _, rows := range parts {
		for i := range rows {
			if len(places) == 1 {
				rows[i].Institution = ""
			}
		}
	}
}
