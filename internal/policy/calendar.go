package policy

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/lv"
)

// latvia knows the public holidays of the law „Par svētku, atceres un atzīmējamām
// dienām” Art. 1: those of a fixed day, those that follow Easter, and the free
// Monday after a 4 May or an 18 November on a weekend. Mothers' Day and Whitsun
// are Sundays anyway.
//
// Days that an order of the Cabinet moves between weeks stay what the law says:
// such an order binds who works that day and moves no deadline. Assumed until a
// lawyer decides; it never gives an institution more time.
var latvia = sync.OnceValue(func() *cal.BusinessCalendar {
	c := cal.NewBusinessCalendar()
	c.AddHoliday(lv.Holidays...)
	return c
})

// Working tells whether a day is neither Saturday, Sunday nor a public holiday
// of Latvia. Panics on a malformed day.
func (p *Policy) Working(d Day) bool {
	t := d.time()
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || contains(p.TimeRules.Besides, string(d)) {
		return false
	}
	actual, observed, _ := latvia().IsHoliday(t)
	return !actual && !observed
}

// last moves the last day of a deadline to the next working day, where the rules
// say so (Regulation (EEC, Euratom) 1182/71 Art. 3(4)). The program's own
// periods (roll: false) end when they end.
func (p *Policy) last(d Deadline, day Day) Day {
	if !p.TimeRules.RollForward || d.Roll != nil && !*d.Roll {
		return day
	}
	for !p.Working(day) {
		day = day.AddPeriod(Period{1, 'D'})
	}
	return day
}
