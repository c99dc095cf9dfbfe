package member

import "slices"

// Nothing is stored about who has read what (docs/adr/0027-nothing-about-readers.md),
// so what counts as read is seen in the thread itself: what stands before the
// viewer's own last entry.
const (
	foldMore   = 4  // at most so many read entries stay open
	longThread = 12 // beyond so many entries the report is folded as well
)

// fold parts a thread into what the viewer has read and the rest, which begins
// with the viewer's own last entry. Nothing is folded that cannot be trusted:
// that must be seen.
func fold(all []item) (earlier, rest []item) {
	own := -1
	for i := range all {
		if all[i].Mine {
			own = i
		}
	}
	if own <= foldMore || slices.ContainsFunc(all[:own], func(x item) bool { return x.Untrusted }) {
		return nil, all
	}
	return all[:own], all[own:]
}
