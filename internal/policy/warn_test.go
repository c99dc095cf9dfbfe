package policy

import (
	"slices"
	"testing"

	"svilpe/internal/ethics"
)

func dues(t *testing.T, track string, events ...Event) []Due {
	t.Helper()
	out, err := shipped(t).Due(track, events)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func one(t *testing.T, id string, list []Due) Due {
	t.Helper()
	i := slices.IndexFunc(list, func(d Due) bool { return d.ID == id })
	if i < 0 {
		t.Fatalf("%s does not run", id)
	}
	return list[i]
}

func TestWarnedThreeAndOneDaysBefore(t *testing.T) {
	p := shipped(t)
	list := dues(t, "anonymous", Event{"received", "2026-11-16"}) // ack until the 23rd
	for day, want := range map[Day]int{
		"2026-11-19": 0, "2026-11-20": 3, "2026-11-21": 0, "2026-11-22": 1, "2026-11-23": 0, "2026-11-24": 0,
	} {
		got := 0
		for _, w := range p.Warnings(list, day) {
			if w.ID == "ack" {
				got = w.Left
			}
		}
		if got != want {
			t.Errorf("%s: warned of %d days, want %d", day, got, want)
		}
	}
	for day, want := range map[Day]int{
		"2026-11-19": 0, "2026-11-20": 3, "2026-11-21": 3, "2026-11-22": 1, "2026-11-23": 1, "2026-11-24": 0,
	} {
		if stage, near := p.Near("2026-11-23", day); stage != want || near != (want > 0) {
			t.Errorf("%s: stage %d", day, stage)
		}
	}
	if p.FirstWarning() != 3 {
		t.Error(p.FirstWarning())
	}
	if w := p.Warnings(dues(t, "anonymous", Event{"received", "2026-11-16"}, Event{"acknowledged", "2026-11-19"}),
		"2026-11-20"); len(w) != 0 {
		t.Errorf("warned of what was done: %v", w)
	}
}

// A statutory clock runs while the reporter is asked and while the case is on
// hold, to the same last day.
func TestNothingStopsAStatutoryClock(t *testing.T) {
	life := []Event{
		{"received", "2026-01-05"}, {"acknowledged", "2026-01-06"}, {"triage", "2026-01-06"},
		{"recognised", "2026-01-12"},
	}
	paused := append(slices.Clone(life), Event{"awaiting_reporter", "2026-01-13"},
		Event{"reporter_replied", "2026-02-02"},
		Event{"recognised", "2026-02-02"}, Event{"on_hold", "2026-02-03"}, Event{"investigation", "2026-03-30"})
	for _, id := range []string{"feedback", "progress_info", "decision_notice"} {
		plain, held := one(t, id, dues(t, "whistleblower", life...)), one(t, id, dues(t, "whistleblower", paused...))
		if plain.Due != held.Due || plain.Started != held.Started || held.Stopped != "" {
			t.Errorf("%s: %+v became %+v", id, plain, held)
		}
	}
	for _, d := range shipped(t).Deadlines {
		if d.ID != "reporter_silence" && intersects(d.Stops, []ethics.EventKind{"awaiting_reporter", "on_hold"}) {
			t.Errorf("%s stops for a question or a hold", d.ID)
		}
	}
}

// After a question the case stands where it stood: the decision need not be told
// again, the person concerned not be informed again.
func TestComingBackIsNoSecondEntry(t *testing.T) {
	list := dues(t, "whistleblower", Event{"recognised", "2026-01-12"}, Event{"reporter_notified", "2026-01-12"},
		Event{"awaiting_reporter", "2026-01-13"},
		Event{"reporter_replied", "2026-01-20"}, Event{"recognised", "2026-01-20"})
	if n := len(slices.DeleteFunc(list, func(d Due) bool { return d.ID != "decision_notice" })); n != 1 {
		t.Errorf("%d runs of decision_notice", n)
	}
	again := []Event{
		{"investigation", "2026-01-12"}, {"person_concerned_informed", "2026-01-15"},
		{"on_hold", "2026-01-20"}, {"investigation", "2026-02-20"},
	}
	if d := one(t, "person_concerned_notice", dues(t, "ethics", again...)); d.Stopped != "2026-01-15" ||
		NoticeOpen(dues(t, "ethics", again...)) {
		t.Errorf("informed, and asked to inform once more: %+v", d)
	}
	opened := append(again, Event{"closed", "2026-03-01"}, Event{"reopened", "2026-04-01"},
		Event{"investigation", "2026-04-10"})
	if !NoticeOpen(dues(t, "ethics", opened...)) {
		t.Error("a reopened case has a new examination to tell of")
	}
	// A second decision on recognition is a decision, not a return.
	twice := dues(t, "whistleblower", Event{"not_recognised", "2026-01-12"}, Event{"reporter_notified", "2026-01-12"},
		Event{"accepted", "2026-01-14"},
		Event{"changed_to_whistleblower", "2026-01-15"}, Event{"recognised", "2026-01-16"})
	if d := slices.DeleteFunc(twice, func(d Due) bool {
		return d.ID != "decision_notice" || d.Stopped != ""
	}); len(d) != 1 {
		t.Errorf("the second decision: %v", d)
	}
}

func TestTheReplyIsExtendedOnceAndInTime(t *testing.T) {
	p := shipped(t)
	received := Event{"received", "2026-01-30"}
	for _, x := range []struct {
		name     string
		events   []Event
		due, ext Day
	}{
		{"not", []Event{received}, "2026-03-02", ""}, // 28 February is a Saturday
		{"in time", []Event{received, {"deadline_extended", "2026-03-02"}}, "2026-06-01", "2026-03-02"},
		{
			"twice", []Event{received, {"deadline_extended", "2026-02-20"}, {"deadline_extended", "2026-05-20"}},
			"2026-06-01", "2026-02-20",
		},
		{"too late", []Event{received, {"deadline_extended", "2026-03-03"}}, "2026-03-02", ""},
	} {
		d := one(t, "general_reply", dues(t, "ethics", x.events...))
		if d.Due != x.due || d.Extended != x.ext {
			t.Errorf("%s: %+v", x.name, d)
		}
	}
	for _, x := range []struct {
		track  string
		today  Day
		events []Event
		want   bool
	}{
		{"ethics", "2026-03-02", []Event{received}, true},
		{"ethics", "2026-03-03", []Event{received}, false},
		{"ethics", "2026-02-21", []Event{received, {"deadline_extended", "2026-02-20"}}, false},
		{"ethics", "2026-02-21", []Event{received, {"decided", "2026-02-20"}}, false},
		{"anonymous", "2026-02-02", []Event{received}, false},
		{"whistleblower", "2026-02-02", []Event{received}, false},
	} {
		if got := p.Extendable(dues(t, x.track, x.events...), x.today); got != x.want {
			t.Errorf("%s %s %v: %t", x.track, x.today, x.events, got)
		}
	}
}

// Putting off informing the person concerned is looked at again within a month,
// as often as it is put off, until the person is informed.
func TestADeferralIsReviewed(t *testing.T) {
	events := []Event{{"investigation", "2026-01-12"}, {"deferral_recorded", "2026-01-31"}}
	list := dues(t, "anonymous", events...)
	if one(t, "person_concerned_notice", list).Stopped != "2026-01-31" ||
		one(t, "deferral_review", list).Due != "2026-02-28" || !NoticeOpen(list) {
		t.Errorf("%+v", list)
	}
	events = append(events, Event{"deferral_reviewed", "2026-02-27"}, Event{"deferral_recorded", "2026-02-27"})
	list = slices.DeleteFunc(dues(t, "anonymous", events...), func(d Due) bool {
		return d.ID != "deferral_review" || d.Stopped != ""
	})
	if len(list) != 1 || list[0].Due != "2026-03-27" {
		t.Errorf("%+v", list)
	}
	if list = dues(t, "anonymous",
		append(events, Event{"person_concerned_informed", "2026-03-01"})...); NoticeOpen(list) {
		t.Errorf("%+v", list)
	}
}

// A case that ended has nothing left that somebody works against.
func TestNothingRunsOnAfterTheEnd(t *testing.T) {
	for _, end := range []ethics.EventKind{"returned", "withdrawn"} {
		for _, track := range []string{"whistleblower", "anonymous", "ethics"} {
			list := dues(t, track, Event{"received", "2026-01-05"}, Event{"meeting_requested", "2026-01-05"},
				Event{"awaiting_reporter", "2026-01-06"}, Event{end, "2026-01-20"})
			for _, d := range list {
				if d.Stopped == "" && !contains(afterEnd, d.ID) {
					t.Errorf("%s, %s: %s runs", track, end, d.ID)
				}
			}
		}
	}
}
