package casework

import "svilpe/internal/ethics"

// deferNotice records that informing the person concerned was put off. A deferral
// before it counts as reviewed, so that the next review is a month from today.
func deferNotice(d *execution) error {
	d.eventsBefore = append(d.eventsBefore, ethics.EventDeferralReviewed, ethics.EventDeferred)
	return nil
}
