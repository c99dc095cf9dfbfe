package policy

import (
	"regexp"
	"slices"

	"svilpe/internal/casefile"
)

var idForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)

// ids are the ids of a list, each well-formed and said once.
func ids[T interface{ key() string }](c *checker, file, list string, of []T) []string {
	var out []string
	for _, x := range of {
		out = append(out, x.key())
	}
	unique(c, file, list, out)
	return out
}

func unique[T ~string](c *checker, file, list string, ids []T) {
	if len(ids) == 0 {
		c.fail(file, "%s: empty", list)
	}
	seen := map[T]bool{}
	for _, id := range ids {
		if !idForm.MatchString(string(id)) {
			c.fail(file, "%s: %q is no id", list, id)
		}
		if seen[id] {
			c.fail(file, "%s: %q twice", list, id)
		}
		seen[id] = true
	}
}

// refer demands that each name is one of the known.
func refer[T ~string](c *checker, file, where string, list, known []T) {
	for _, s := range list {
		if !contains(known, s) {
			c.fail(file, "%s: unknown %q", where, s)
		}
	}
}

func keys[T interface{ key() string }](of []T) []string {
	var out []string
	for _, x := range of {
		out = append(out, x.key())
	}
	return out
}

func (c *checker) categories() {
	const file = fileCategories
	routes := ids(c, file, "routes", c.p.Routes)
	authorities := ids(c, file, "authorities", c.p.Authorities)
	for _, x := range c.p.Authorities {
		if _, err := casefile.Recipient(x.Recipient); x.Recipient != "" && err != nil {
			c.fail(file, "authorities %s: %v", x.ID, err)
		}
	}
	ids(c, file, "categories", c.p.Categories)
	fallbacks, last := 0, 0
	for _, x := range c.p.Categories {
		at := "categories " + x.ID
		refer(c, file, at+" route", append(slices.Clone(x.Route.Also), x.Route.Primary), routes)
		if contains(x.Route.Also, x.Route.Primary) {
			c.fail(file, "%s route: primary again in also", at)
		}
		refer(c, file, at+" route", x.Route.Authorities, authorities)
		refer(c, file, at+" wb_eligible", []string{x.Eligible}, []string{"yes", "possible", "rarely"})
		refer(c, file, at+" handling priority", []string{x.Handling.Priority}, []string{"", "high"})
		for _, n := range x.LawArea {
			if n < 1 || n > 22 {
				c.fail(file, "%s lv_law_area: %d is not 1 to 22", at, n)
			}
		}
		if x.Order <= last {
			c.fail(file, "%s order: %d does not grow", at, x.Order)
		}
		last = x.Order
		if x.Fallback {
			fallbacks++
		}
	}
	if fallbacks != 1 {
		c.fail(file, "categories: %d fallbacks, want 1", fallbacks)
	}
}

func (c *checker) permissions(order, roles []string) {
	const file = filePermissions
	known := ids(c, file, "roles", c.p.Roles)
	if !slices.Equal(order, known) || !sameSet(known, roles) {
		c.fail(file, "order, roles and the roles of %s differ", fileWorkflow)
	}
	refer(c, file, "roles (named in the program)",
		[]string{RoleReporter, RoleResponsible, RoleCommission, RoleChair, RoleAuditor, RoleAdministrator}, known)
	ids(c, file, "matrix", c.p.Matrix)
	for _, row := range c.p.Matrix {
		if len(row.Levels) != len(known) {
			c.fail(file, "matrix %s: %d values for %d roles", row.ID, len(row.Levels), len(known))
		}
		if _, ok := c.p.Step(row.Of); row.Of != "" && !ok {
			c.fail(file, "matrix %s of: unknown %q", row.ID, row.Of)
		}
		if !row.Case && slices.Contains(row.Levels, Assigned) {
			c.fail(file, "matrix %s: asg in a row that is not about a case", row.ID)
		}
		if row.Action == "" {
			c.fail(file, "matrix %s: no action", row.ID)
		}
	}
	if len(c.p.Separation) == 0 {
		c.fail(file, "separation_of_duties: empty")
	}
}
