package policy

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"svilpe/internal/ethics"
)

func TestDaysAndPeriods(t *testing.T) {
	for _, x := range []struct {
		from   Day
		period string
		want   Day
	}{
		{"2026-11-01", "P7D", "2026-11-08"},
		{"2026-12-28", "P7D", "2027-01-04"},
		{"2028-02-26", "P7D", "2028-03-04"},
		{"2026-02-26", "P7D", "2026-03-05"},
		{"2026-03-28", "P3D", "2026-03-31"}, // summer time begins on the 29th
		{"2026-01-31", "P1M", "2026-02-28"},
		{"2028-01-31", "P1M", "2028-02-29"},
		{"2026-03-31", "P1M", "2026-04-30"},
		{"2026-11-30", "P3M", "2027-02-28"},
		{"2026-02-28", "P1M", "2026-03-28"},
		{"2026-12-31", "P2M", "2027-02-28"},
		{"2026-05-15", "P12M", "2027-05-15"},
		{"2028-02-29", "P1Y", "2029-02-28"},
		{"2028-02-29", "P4Y", "2032-02-29"},
		{"2026-11-22", "P5Y", "2031-11-22"},
	} {
		p, err := ParsePeriod(x.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := x.from.AddPeriod(p); got != x.want {
			t.Errorf("%s + %s = %s, want %s", x.from, x.period, got, x.want)
		}
	}
	if n := Day("2026-03-28").DaysUntil("2026-03-31"); n != 3 {
		t.Error(n)
	}
	if n := Day("2026-03-02").DaysUntil("2026-02-28"); n != -2 {
		t.Error(n)
	}
	if Day("2026-03-02").Before("2026-03-02") || !Day("2026-03-01").Before("2026-03-02") {
		t.Error("before")
	}
	for _, s := range []string{
		"", "2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", " 2026-01-01", "2026-01-01T00:00:00Z",
	} {
		if _, err := ParseDay(s); !errors.Is(err, ErrDay) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestAPeriodNeverEndsBeforeItBegins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := Day("2000-01-01").AddPeriod(Period{rapid.IntRange(1, 9999).Draw(t, "day"), 'D'})
		p := Period{rapid.IntRange(1, 60).Draw(t, "n"), rapid.SampledFrom([]byte("DMY")).Draw(t, "unit")}
		to := from.AddPeriod(p)
		if !from.Before(to) {
			t.Fatalf("%s + %s = %s", from, p, to)
		}
		if p.Unit == 'D' && from.DaysUntil(to) != p.N {
			t.Fatalf("%s + %s = %s", from, p, to)
		}
		// Clamping moves the end to an earlier day of the month, never to the next month.
		if p.Unit != 'D' && to[8:] > from[8:] {
			t.Fatalf("%s + %s = %s", from, p, to)
		}
	})
}

// run is a Due without its name, for comparing.
type run struct {
	ID                    string
	Started, Due, Stopped Day
}

func runsOf(t *testing.T, track string, events ...Event) []run {
	t.Helper()
	dues, err := shipped(t).Due(track, events)
	if err != nil {
		t.Fatal(err)
	}
	var out []run
	for _, d := range dues {
		if d.Name.In("en") == "" {
			t.Errorf("%s has no name", d.ID)
		}
		out = append(out, run{d.ID, d.Started, d.Due, d.Stopped})
	}
	return out
}

func TestDeadlinesOfACase(t *testing.T) {
	for _, x := range []struct {
		name   string
		track  string
		events []Event
		want   []run
	}{
		{"nothing happened", "anonymous", nil, nil},
		{"received: feedback counts from the seventh day", "anonymous", []Event{{"received", "2026-11-22"}}, []run{
			{"ack", "2026-11-22", "2026-11-30", ""},
			{"feedback", "2026-11-29", "2027-03-01", ""},
		}},
		{"an ethics submission has its own reply to come", "ethics", []Event{{"received", "2026-11-22"}}, []run{
			{"ack", "2026-11-22", "2026-11-30", ""},
			{"general_reply", "2026-11-22", "2026-12-22", ""},
			{"feedback", "2026-11-29", "2027-03-01", ""},
		}},
		{"acknowledged in time: feedback counts from then", "anonymous",
			[]Event{{"received", "2026-11-22"}, {"acknowledged", "2026-11-24"}, {"triage", "2026-11-24"}}, []run{
				{"ack", "2026-11-22", "2026-11-30", "2026-11-24"},
				{"feedback", "2026-11-24", "2027-02-24", ""},
			}},
		{"acknowledged late: no time gained", "anonymous",
			[]Event{{"received", "2026-11-22"}, {"acknowledged", "2026-12-20"}}, []run{
				{"ack", "2026-11-22", "2026-11-30", "2026-12-20"},
				{"feedback", "2026-11-29", "2027-03-01", ""},
			}},
		{"withdrawn at once: feedback never began", "anonymous",
			[]Event{{"received", "2026-11-22"}, {"withdrawn", "2026-11-23"}}, []run{
				{"ack", "2026-11-22", "2026-11-30", "2026-11-23"},
				{"protection_watch", "2026-11-23", "2027-11-23", ""},
				{"retention_case", "2026-11-23", "2031-11-23", ""},
			}},
		{"withdrawn later: feedback is stopped", "anonymous",
			[]Event{{"received", "2026-11-22"}, {"withdrawn", "2026-12-23"}}, []run{
				{"ack", "2026-11-22", "2026-11-30", "2026-12-23"},
				{"feedback", "2026-11-29", "2027-03-01", "2026-12-23"},
				{"protection_watch", "2026-12-23", "2027-12-23", ""},
				{"retention_case", "2026-12-23", "2031-12-23", ""},
			}},
		{"asked twice: two runs", "anonymous",
			[]Event{{"awaiting_reporter", "2026-11-01"}, {"awaiting_reporter", "2026-11-05"},
				{"reporter_replied", "2026-11-09"}, {"awaiting_reporter", "2026-12-01"}}, []run{
				{"reporter_silence", "2026-11-01", "2026-12-01", "2026-11-09"},
				{"reporter_silence", "2026-12-01", "2026-12-31", ""},
			}},
		{"a stop of what never ran", "anonymous", []Event{
			{"feedback_sent", "2026-11-01"}, {"person_concerned_informed", "2026-11-02"},
		}, nil},
		{"a whistleblower's deadlines are nobody else's", "anonymous", []Event{
			{"recognised", "2026-11-01"}, {"changed_to_whistleblower", "2026-11-01"},
		}, nil},
		{"and theirs are theirs", "whistleblower", []Event{{"recognised", "2026-11-01"}}, []run{
			{"decision_notice", "2026-11-01", "2026-11-04", ""},
			{"progress_info", "2026-11-01", "2027-01-04", ""},
		}},
		{"closed, reopened, closed: watched again from the start", "anonymous",
			[]Event{{"closed", "2026-01-31"}, {"reopened", "2026-03-01"},
				{"triage", "2026-03-01"}, {"closed", "2026-08-31"}}, []run{
				{"protection_watch", "2026-01-31", "2027-01-31", "2026-03-01"},
				{"protection_watch", "2026-08-31", "2027-08-31", ""},
				{"retention_case", "2026-01-31", "2031-01-31", "2026-03-01"},
				{"retention_case", "2026-08-31", "2031-08-31", ""},
			}},
		{"received twice changes nothing", "anonymous",
			[]Event{{"received", "2026-11-22"}, {"received", "2026-12-22"}}, []run{
				{"ack", "2026-11-22", "2026-11-30", ""},
				{"feedback", "2026-11-29", "2027-03-01", ""},
			}},
		{"no such track", "private", []Event{{"received", "2026-11-22"}}, nil},
	} {
		if diff := cmp.Diff(x.want, runsOf(t, x.track, x.events...)); diff != "" {
			t.Errorf("%s:\n%s", x.name, diff)
		}
	}
}

func TestDueRefusesWhatIsNoEvent(t *testing.T) {
	p := shipped(t)
	if _, err := p.Due("anonymous", []Event{{"recieved", "2026-11-22"}}); !errors.Is(err, ErrEvent) {
		t.Error(err)
	}
	if _, err := p.Due("anonymous", []Event{{"received", "22.11.2026"}}); !errors.Is(err, ErrDay) {
		t.Error(err)
	}
}

func TestOverdue(t *testing.T) {
	d := Due{Due: "2026-11-29"}
	if d.Overdue("2026-11-29") || !d.Overdue("2026-11-30") {
		t.Error("the last day is in time, the day after is not")
	}
	d.Stopped = "2026-12-24"
	if d.Overdue("2027-01-01") {
		t.Error("a stopped deadline is not overdue")
	}
}

func TestFeedbackSent(t *testing.T) {
	for _, x := range []struct {
		events []Event
		want   bool
	}{
		{nil, false},
		{[]Event{{"received", ""}, {"acknowledged", ""}, {"forwarded", ""}}, false},
		{[]Event{{"forwarded", ""}, {"feedback_sent", ""}}, true},
		{[]Event{{"decided", ""}, {"measures", ""}}, true},
		{[]Event{{"decided", ""}, {"closed", ""}, {"reopened", ""}, {"triage", ""}, {"forwarded", ""}}, false},
		{[]Event{{"reopened", ""}, {"triage", ""}, {"decided", ""}}, true},
	} {
		if got := shipped(t).FeedbackSent(x.events); got != x.want {
			t.Errorf("%v: %t", x.events, got)
		}
	}
}

func TestNearest(t *testing.T) {
	p := shipped(t)
	for _, x := range []struct {
		events  []ethics.Event
		day, id string
	}{
		{[]ethics.Event{{Name: "received", Day: "2026-11-22"}}, "2026-11-30", "ack"},
		{
			[]ethics.Event{{Name: "received", Day: "2026-11-22"}, {Name: "acknowledged", Day: "2026-11-22"}},
			"2027-02-22", "feedback",
		},
		{[]ethics.Event{{Name: "received", Day: "2026-11-22"}, {Name: "withdrawn", Day: "2026-11-22"}}, "", ""},
		{nil, "", ""},
	} {
		day, id, err := p.Nearest("anonymous", x.events)
		if day != x.day || id != x.id || err != nil {
			t.Errorf("%v: %s %s %v", x.events, day, id, err)
		}
	}
	if _, _, err := p.Nearest("anonymous", []ethics.Event{{Name: "no", Day: "2026-11-22"}}); !errors.Is(err, ErrEvent) {
		t.Error(err)
	}
}
