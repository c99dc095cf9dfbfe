package policy

import (
	"slices"
	"testing"
	"time"
)

// byLaw are Latvia's public holidays as the law names them, written down apart
// from the calendar that the program uses.
func byLaw(year int) []string {
	at := func(m time.Month, d int) time.Time { return time.Date(year, m, d, 0, 0, 0, 0, time.UTC) }
	easter := easterOf(year)
	days := []time.Time{
		at(1, 1), easter.AddDate(0, 0, -2), easter, easter.AddDate(0, 0, 1), at(5, 1), at(5, 4), at(6, 23), at(6, 24),
		at(11, 18), at(12, 24), at(12, 25), at(12, 26), at(12, 31),
	}
	for _, d := range []time.Time{at(5, 4), at(11, 18)} {
		for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			d = d.AddDate(0, 0, 1)
		}
		days = append(days, d)
	}
	var out []string
	for _, d := range days {
		out = append(out, d.Format(time.DateOnly))
	}
	return out
}

// easterOf is the anonymous Gregorian rule (Butcher 1876).
func easterOf(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(y, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

func TestEveryHolidayOfTheLaw(t *testing.T) {
	p := shipped(t)
	for year := 2024; year <= 2060; year++ {
		free := byLaw(year)
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			day := d.Format(time.DateOnly)
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			if got, want := p.Working(Day(day)), !weekend && !slices.Contains(free, day); got != want {
				t.Errorf("%s %s: working %t", day, d.Weekday(), got)
			}
		}
	}
}

// Days that everyone in Latvia remembers or can look up.
func TestHolidaysByName(t *testing.T) {
	p := shipped(t)
	for day, working := range map[Day]bool{
		"2026-04-03": false, // Good Friday
		"2026-04-06": false, // Easter Monday
		"2025-05-05": false, // for Sunday the 4th
		"2024-05-06": false, // for Saturday the 4th
		"2023-11-20": false, // for Saturday the 18th
		"2026-06-23": false,
		"2026-06-22": true, // moved by an order of the Cabinet, not by law
		"2027-01-04": true,
		"2028-02-29": true,
		"2027-03-29": false, // Easter Monday, the day after summer time begins
	} {
		if p.Working(day) != working {
			t.Errorf("%s: working %t", day, !working)
		}
	}
}

func TestADayMadeFreeOnce(t *testing.T) {
	p := *shipped(t)
	if !p.Working("2028-07-10") {
		t.Fatal("an ordinary Monday")
	}
	p.TimeRules.Besides = []string{"2028-07-10"}
	if p.Working("2028-07-10") {
		t.Error("a day made free by the data")
	}
}

// The last day moves, the start and the program's own periods do not.
func TestTheLastDayMovesToAWorkingDay(t *testing.T) {
	p := shipped(t)
	for _, x := range []struct {
		received, ack Day
	}{
		{"2026-11-16", "2026-11-23"}, // a Monday
		{"2026-11-14", "2026-11-23"}, // Saturday
		{"2026-03-27", "2026-04-07"}, // Good Friday, the weekend, Easter Monday
		{"2026-12-17", "2026-12-28"}, // the three days of Christmas and a Sunday
		{"2027-12-24", "2028-01-03"}, // New Year's Eve, and New Year on a Saturday
		{"2030-11-11", "2030-11-19"}, // 18 November
		{"2029-11-11", "2029-11-20"}, // 18 November is a Sunday, Monday is free
		{"2026-06-16", "2026-06-25"},
	} {
		dues, err := p.Due("anonymous", []Event{{"received", x.received}})
		if err != nil || dues[0].ID != "ack" || dues[0].Due != x.ack || dues[0].Started != x.received {
			t.Errorf("received %s: %+v, want %s; %v", x.received, dues[0], x.ack, err)
		}
	}
	for id, want := range map[string]bool{
		"ack": true, "recognition": true, "decision_notice": true, "forwarding": true,
		"progress_info": true, "feedback": true,
		"general_reply": true, "meeting": true, "person_concerned_notice": true,
		"reporter_silence": false, "protection_watch": false, "retention_identity": false, "retention_case": false,
		"risk_review": false, "deferral_review": false,
	} {
		d, ok := p.Deadline(id)
		if moved := p.last(d, "2026-11-22") != "2026-11-22"; !ok || moved != want {
			t.Errorf("%s: moved off a Sunday %t", id, moved)
		}
	}
	still := *p
	still.TimeRules.RollForward = false
	if dues, _ := still.Due("anonymous", []Event{{"received", "2026-11-14"}}); dues[0].Due != "2026-11-21" {
		t.Error("moved although the rules say no")
	}
}
