package casework

import "svilpe/internal/ethics"

// deferNotice records that informing the person concerned was put off. A deferral
// before it counts as reviewed, so that the next review is a month from today.
func deferNotice(d *deed) error {
	d.events = append(d.events, ethics.EventDeferralReviewed, ethics.EventDeferred)
	return nil
}
