package appoint

import (
	"slices"

	"svilpe/internal/derive"
)

// Acting is a signed-in member for the length of one request: who acts, in
// which roles today, with which secret. Every request reads it anew, so a term
// that ended at midnight is not in it.
type Acting struct {
	ID          string
	Name        string
	Institution string   // home institution
	Roles       []string // in force today, anywhere
	Secret      derive.Secret
	Roster      *Roster // nil before the founding
}

// Has tells whether the member holds one of the roles today.
func (a *Acting) Has(roles ...string) bool {
	return slices.ContainsFunc(a.Roles, func(r string) bool { return slices.Contains(roles, r) })
}
