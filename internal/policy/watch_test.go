package policy

import "testing"

// The reporter is asked how they are one, three, six and twelve months after the
// end, once each time, and no more when watching was ended or the case reopened.
func TestCheckIns(t *testing.T) {
	p := shipped(t)
	closed := []Event{{"received", "2026-01-05"}, {"closed", "2026-01-31"}}
	with := func(e ...Event) []Event { return append(append([]Event{}, closed...), e...) }
	for _, x := range []struct {
		name   string
		events []Event
		today  Day
		want   Day
	}{
		{"open", closed[:1], "2027-01-01", ""},
		{"the day before", closed, "2026-02-27", ""},
		{"a month later", closed, "2026-02-28", "2026-02-28"},
		{"not answered yet", closed, "2026-04-01", "2026-02-28"},
		{"the next one stands for both", closed, "2026-04-30", "2026-04-30"},
		{"answered", with(Event{"check_in_answered", "2026-02-28"}), "2026-03-01", ""},
		{"answered, and the next is due", with(Event{"check_in_answered", "2026-03-02"}), "2026-04-30", "2026-04-30"},
		{"a year later", closed, "2027-02-15", "2027-01-31"},
		{"ended", with(Event{"protection_watch_ended", "2026-02-01"}), "2026-03-01", ""},
		{"reopened", with(Event{"reopened", "2026-02-01"}), "2026-03-01", ""},
		{"closed again", with(Event{"reopened", "2026-02-01"}, Event{"closed", "2026-06-01"}), "2026-06-20", ""},
		{"closed again, a month later", with(Event{"reopened", "2026-02-01"},
			Event{"closed", "2026-06-01"}), "2026-07-01", "2026-07-01"},
	} {
		got, ok := p.CheckIn("anonymous", x.events, x.today)
		if got != x.want || ok != (x.want != "") {
			t.Errorf("%s: %q, %t, want %q", x.name, got, ok, x.want)
		}
	}
	for day, want := range map[Day]bool{"2027-01-31": false, "2027-02-02": true} {
		if got := p.WatchOver("anonymous", closed, day); got != want {
			t.Errorf("%s: over %t", day, got)
		}
	}
	if p.WatchOver("anonymous", with(Event{"protection_watch_ended", "2027-02-01"}), "2027-03-01") ||
		p.WatchOver("anonymous", closed[:1], "2030-01-01") {
		t.Error("over where nobody watches")
	}
}
