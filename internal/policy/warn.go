package policy

import "slices"

// Deadlines and flags that the rules of this package name.
const (
	noticeDeadline = "person_concerned_notice"
	deferralReview = "deferral_review"
)

// Warning is one deadline that comes near.
type Warning struct {
	Due
	Left int // days until the last day, one of TimeRules.WarnBefore
}

// Warnings are those that fall on this day, in the order of the dues: each run of
// a deadline warns once for each number of TimeRules.WarnBefore, on the day
// that is so many days before its last one. A run that began or was learned of
// later than that has no such warning; lists show its nearness all the same:
// see Near.
func (p *Policy) Warnings(dues []Due, today Day) []Warning {
	var out []Warning
	for _, d := range dues {
		if d.Stopped != "" || today.Before(d.Started) || p.AfterEnd(d.ID) {
			continue
		}
		if left := today.DaysUntil(d.Due); slices.Contains(p.TimeRules.WarnBefore, left) {
			out = append(out, Warning{d, left})
		}
	}
	return out
}

// Near is the stage of warning that a last day has reached: the smallest number
// of TimeRules.WarnBefore that is not less than the days left. False before the
// first warning, and once the day has passed.
func (p *Policy) Near(due, today Day) (stage int, near bool) {
	left := today.DaysUntil(due)
	for _, n := range p.TimeRules.WarnBefore {
		if left >= 0 && left <= n && (!near || n < stage) {
			stage, near = n, true
		}
	}
	return stage, near
}

// FirstWarning is the greatest number of TimeRules.WarnBefore, 0 without any.
func (p *Policy) FirstWarning() int {
	most := 0
	for _, n := range p.TimeRules.WarnBefore {
		most = max(most, n)
	}
	return most
}

// IdleSince is the day on or before which an idle case was last written to.
func (p *Policy) IdleSince(today Day) Day {
	return today.AddPeriod(Period{-p.TimeRules.IdleDays, 'D'})
}

// Escalates tells whether somebody of these roles is told of cases that are
// overdue or idle: auditors of all, others of those they hold.
func (p *Policy) Escalates(roles []string) bool { return intersects(roles, p.TimeRules.EscalateTo) }

// Extendable tells whether a deadline runs that may be given more time today: one
// time each, and only while it can still be met.
func (p *Policy) Extendable(dues []Due, today Day) bool {
	return slices.ContainsFunc(dues, func(d Due) bool {
		rule, ok := p.Deadline(d.ID)
		return ok && len(rule.ExtendedBy) > 0 && d.Stopped == "" && d.Extended == "" && !d.Due.Before(today)
	})
}

// NoticeOpen tells whether the person concerned is still to be informed: the
// deadline for it runs, or it was put off.
func NoticeOpen(dues []Due) bool {
	return slices.ContainsFunc(dues, func(d Due) bool {
		return d.Stopped == "" && (d.ID == noticeDeadline || d.ID == deferralReview)
	})
}
