package policy

import (
	"slices"
	"strings"
	"testing"
)

// TestIdentityFieldsStandApart: no question about the reporter is among those of
// the report, on any track, and the anonymous track asks none.
func TestIdentityFieldsStandApart(t *testing.T) {
	p := shipped(t)
	for track, want := range map[string]string{
		Whistleblower: "identity_name identity_contact identity_disclosure_consent",
		"ethics":      "identity_name identity_contact identity_disclosure_consent",
		"anonymous":   "", "consultation": "", "": "",
	} {
		if got := strings.Join(keys(p.IdentityFields(track)), " "); got != want {
			t.Errorf("%s asks %q, want %q", track, got, want)
		}
		for _, f := range p.OfferedFields(track) {
			if f.Store != "case" || slices.Contains(keys(p.IdentityFields(track)), f.ID) {
				t.Errorf("%s: %s is part of the report", track, f.ID)
			}
		}
	}
}

// TestIdentityIsRequiredForProtectionOnly: name and contact on the
// whistleblower's track, nothing on the ethics track; nothing else is taken.
func TestIdentityIsRequiredForProtectionOnly(t *testing.T) {
	p := shipped(t)
	said := func(track string, answers map[string][]string) string {
		var out []string
		for _, e := range p.CheckIdentity(track, answers, DefaultLimits) {
			out = append(out, e.Field+":"+string(e.Kind))
		}
		return strings.Join(out, " ")
	}
	blank := map[string][]string{"identity_name": {"  "}}
	full := map[string][]string{
		"identity_name": {"A"}, "identity_contact": {"B"}, "identity_disclosure_consent": {"authority", "commission"},
	}
	for _, x := range []struct {
		track   string
		answers map[string][]string
		want    string
	}{
		{Whistleblower, nil, "identity_name:required identity_contact:required"},
		{Whistleblower, blank, "identity_name:required identity_contact:required"},
		{Whistleblower, full, ""},
		{"ethics", nil, ""}, {"ethics", full, ""}, {"anonymous", full, ""},
		{
			"ethics", map[string][]string{"identity_disclosure_consent": {"everybody"}},
			"identity_disclosure_consent:option",
		},
		{
			"ethics", map[string][]string{"identity_name": {strings.Repeat("x", DefaultLimits.Short+1)}},
			"identity_name:too_long",
		},
	} {
		if got := said(x.track, x.answers); got != x.want {
			t.Errorf("%s %v: %q, want %q", x.track, x.answers, got, x.want)
		}
	}
	if got := p.CleanIdentity("anonymous", full); len(got) != 0 {
		t.Errorf("anonymous keeps %v", got)
	}
	if got := p.CleanIdentity("ethics",
		map[string][]string{"description": {"x"}, "identity_name": {"A"}}); len(got) != 1 {
		t.Errorf("kept %v", got)
	}
}
