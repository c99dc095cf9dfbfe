package policy

import "testing"

// Details are kept a year from the end; not counted while erasing is forbidden,
// after the case was opened again, or once they are gone.
func TestIdentityKept(t *testing.T) {
	p := shipped(t)
	for _, x := range []struct {
		what   string
		track  string
		events []Event
		want   Day
	}{
		{"an open case", "ethics", []Event{{"received", "2026-01-05"}}, ""},
		{"ended", "ethics", []Event{{"received", "2026-01-05"}, {"closed", "2026-02-05"}}, "2027-02-05"},
		{"a track that keeps none", "anonymous", []Event{{"closed", "2026-02-05"}}, ""},
		{"opened again", "ethics", []Event{{"closed", "2026-02-05"}, {"reopened", "2026-03-05"}}, ""},
		{"ended again", "ethics", []Event{
			{"closed", "2026-02-05"}, {"reopened", "2026-03-05"}, {"closed", "2026-04-05"},
		}, "2027-04-05"},
		{"held", "whistleblower", []Event{{"closed", "2026-02-05"}, {"legal_hold_set", "2026-03-05"}}, ""},
		{"held no more", "whistleblower", []Event{
			{"closed", "2026-02-05"}, {"legal_hold_set", "2026-03-05"}, {"legal_hold_lifted", "2026-04-05"},
		}, "2027-02-05"},
		{"erased", "ethics", []Event{{"closed", "2026-02-05"}, {"identity_erased", "2027-02-06"}}, ""},
		{"no date", "ethics", []Event{{"closed", "soon"}}, ""},
	} {
		if got, ok := p.IdentityKept(x.track, x.events); got != x.want || ok != (x.want != "") {
			t.Errorf("%s: kept until %q", x.what, got)
		}
	}
}
