package policy

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/ethics"
)

func TestOfferedFields(t *testing.T) {
	p := shipped(t)
	want := []string{"track", "language", "institution", "category", "description", "when", "where",
		"ongoing", "urgent_danger",
		"collection_amount", "collection_method", "persons_involved", "senior_involved",
		"excluded_handlers", "witnesses",
		"work_relation", "public_harm", "affected", "attachments", "evidence_elsewhere", "reported_before",
		"reported_before_result",
		"retaliation_status", "how_many_know", "meeting_request", "expected_outcome", "confirm_true", "confirm_privacy"}
	for _, track := range []string{"anonymous", "ethics"} {
		fields := p.OfferedFields(track)
		if diff := cmp.Diff(want, keys(fields)); diff != "" {
			t.Errorf("%s:\n%s", track, diff)
		}
		for _, f := range fields {
			switch f.ID {
			case "track":
				if got := keys(f.Options); !slices.Equal(got,
					[]string{"whistleblower", "anonymous", "ethics", "consultation"}) {
					t.Errorf("tracks offered: %v", got)
				}
			case "category":
				if len(f.Options) != 26 || f.Options[25].ID != "other_public_interest" {
					t.Errorf("%d categories offered", len(f.Options))
				}
			}
			if f.Store == "vault" {
				t.Errorf("%s: %s asks for a name", track, f.ID)
			}
		}
	}
	if got := keys(p.OfferedFields("consultation")); !slices.Equal(got,
		[]string{"track", "language", "institution", "description", "excluded_handlers"}) {
		t.Errorf("asked before a consultation: %v", got)
	}
	for _, track := range []string{"", "x"} {
		if got := p.OfferedFields(track); got != nil {
			t.Errorf("%q: %v", track, keys(got))
		}
	}
	if got := keys(p.OfferedTracks()); !slices.Equal(got,
		[]string{"whistleblower", "anonymous", "ethics", "consultation"}) {
		t.Error(got)
	}
	// The shared question keeps all its options: OfferedFields works on copies.
	if f, _ := p.Field("track"); len(f.Options) != 4 {
		t.Error("the policy itself was changed")
	}
	// A question off by default stays out, also on its own track.
	if got := keys(p.OfferedFields("whistleblower")); !slices.Contains(got, "if_not_recognised") ||
		slices.Contains(got, "access_code") {
		t.Error(got)
	}
}

func TestQuestionsOffByDefaultAreNotAsked(t *testing.T) {
	p := changed(t, fileQuestionnaire, "- id: witnesses\n", "- id: witnesses\n  enabled_by_default: false\n")
	if slices.Contains(keys(p.OfferedFields("ethics")), "witnesses") {
		t.Error("asked")
	}
}

func report(more ...string) map[string][]string {
	out := map[string][]string{"institution": {"novads"}, "category": {"gifts"}, "description": {"What I saw."}}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = append(out[more[i]], more[i+1])
	}
	return out
}

func TestCheck(t *testing.T) {
	p := shipped(t)
	long := strings.Repeat("ā", 20000)
	for _, x := range []struct {
		name    string
		track   string
		answers map[string][]string
		want    []FieldError
	}{
		{"the four required answers", "anonymous", report(), nil},
		{"on the ethics track too", "ethics", report(), nil},
		{"nothing", "anonymous", nil, []FieldError{
			{"institution", ethics.FaultRequired}, {"category", ethics.FaultRequired},
			{"description", ethics.FaultRequired},
		}},
		{"a description of blanks", "anonymous", map[string][]string{
			"institution": {"x"}, "category": {"gifts"}, "description": {" \n "},
		}, []FieldError{{"description", ethics.FaultRequired}}},
		{
			"a consultation without a question", "consultation", map[string][]string{"institution": {"x"}},
			[]FieldError{{"description", ethics.FaultRequired}},
		},
		{"what a consultation does not ask is dropped", "consultation", map[string][]string{
			"institution": {"x"}, "description": {"x"}, "category": {"gossip"},
		}, nil},
		{"a track nobody knows", "advice", report(), []FieldError{{"track", ethics.FaultOption}}},
		{"no track", "", report(), []FieldError{{"track", ethics.FaultOption}}},
		{"another track typed into the form", "anonymous", report("track", "whistleblower"), nil},
		{
			"an unknown category", "anonymous", report("category", "gossip"),
			[]FieldError{{"category", ethics.FaultSingle}},
		},
		{"an unknown category alone", "anonymous", map[string][]string{
			"institution": {"x"}, "category": {"gossip"}, "description": {"x"},
		}, []FieldError{{"category", ethics.FaultOption}}},
		{
			"an option that is none", "anonymous", report("ongoing", "maybe"),
			[]FieldError{{"ongoing", ethics.FaultOption}},
		},
		{
			"two answers where one is asked", "anonymous", report("ongoing", "past", "ongoing", "planned"),
			[]FieldError{{"ongoing", ethics.FaultSingle}},
		},
		{"two answers where many may be", "anonymous", report("affected", "only_me", "affected", "colleagues"), nil},
		{
			"one wrong among many", "anonymous", report("affected", "only_me", "affected", "aliens"),
			[]FieldError{{"affected", ethics.FaultOption}},
		},
		{"handlers are the caller's to check", "anonymous", report("excluded_handlers", "m1",
			"excluded_handlers", "m2"), nil},
		{"a ticked box", "anonymous", report("urgent_danger", Ticked), nil},
		{
			"a box that says something else", "anonymous", report("urgent_danger", "on"),
			[]FieldError{{"urgent_danger", ethics.FaultOption}},
		},
		{"the longest text", "anonymous", map[string][]string{
			"institution": {"x"}, "category": {"gifts"}, "description": {long},
		}, nil},
		{"one character more", "anonymous", map[string][]string{
			"institution": {"x"}, "category": {"gifts"}, "description": {long + "ā"},
		}, []FieldError{{"description", ethics.FaultTooLong}}},
		{"the longest line", "anonymous", report("when", long[:2*1000]), nil},
		{"a longer line", "anonymous", report("when", long[:2*1001]), []FieldError{{"when", ethics.FaultTooLong}}},
		{"line breaks count once", "anonymous", report("witnesses", strings.Repeat("\r\n", 19999)+"x"), nil},
		{"no UTF-8", "anonymous", report("where", "a\xff"), []FieldError{{"where", ethics.FaultUTF8}}},
		{"a NUL", "anonymous", report("where", "a\x00"), []FieldError{{"where", ethics.FaultNUL}}},
		{"a NUL in the institution", "anonymous", map[string][]string{
			"institution": {"\x00"}, "category": {"gifts"}, "description": {"x"},
		}, []FieldError{{"institution", ethics.FaultNUL}}},
		{"a question that is not visible is dropped", "anonymous", report("collection_method", "gold",
			"collection_amount", "\xff"), nil},
		{"and asked where it is", "anonymous", map[string][]string{
			"institution": {"x"}, "category": {"illegal_collections"}, "description": {"x"},
			"collection_method": {"gold"},
		}, []FieldError{{"collection_method", ethics.FaultOption}}},
		{"vault fields are dropped", "ethics", report("identity_name", "Jānis"), nil},
		{"what nobody asked is dropped", "ethics", report("colour", "red\x00"), nil},
	} {
		if diff := cmp.Diff(x.want, p.Check(x.track, x.answers, DefaultLimits)); diff != "" {
			t.Errorf("%s:\n%s", x.name, diff)
		}
	}
	if got := p.Check("ethics", report("when", "spring 2025"),
		Limits{Long: 20000, Short: 8}); !slices.Equal(got, []FieldError{{"when", ethics.FaultTooLong}}) {
		t.Errorf("another limit: %v", got)
	}
}

func TestAHiddenRequiredQuestionIsNotRequired(t *testing.T) {
	p := changed(t, fileQuestionnaire,
		"visible_if: {category: [illegal_collections]}\n  required: {W: false, A: false, E: false}",
		"visible_if: {category: [illegal_collections]}\n  required: {W: false, A: true, E: false}")
	if got := p.Check("anonymous", report(), DefaultLimits); got != nil {
		t.Error(got)
	}
	open := report()
	open["category"] = []string{"illegal_collections"}
	if got := p.Check("anonymous", open, DefaultLimits); !slices.Equal(got,
		[]FieldError{{"collection_amount", ethics.FaultRequired}}) {
		t.Error(got)
	}
	if got := p.Check("ethics", open, DefaultLimits); got != nil {
		t.Errorf("required on another track: %v", got)
	}
}

func TestCleanKeepsWhatWasAskedAndNothingElse(t *testing.T) {
	p := shipped(t)
	in := report("identity_name", "Jānis Bērziņš", "identity_contact", "janis@example.lv", "access_code", "x",
		"if_not_recognised", "ethics",
		"collection_amount", "10", "reported_before", "first", "reported_before_result", "none", "where", "  ",
		"witnesses", " two \r\n people ",
		"track", "whistleblower")
	before := maps.Clone(in)
	want := map[string][]string{"track": {"anonymous"}, "institution": {"novads"}, "category": {"gifts"},
		"description":     {"What I saw."},
		"reported_before": {"first"}, "witnesses": {" two \r\n people "}}
	if diff := cmp.Diff(want, p.Clean("anonymous", in)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, in); diff != "" {
		t.Errorf("the caller's answers were changed:\n%s", diff)
	}
	want["track"], want["if_not_recognised"] = []string{"whistleblower"}, []string{"ethics"}
	if diff := cmp.Diff(want, p.Clean("whistleblower", in)); diff != "" {
		t.Error(diff)
	}
	want = map[string][]string{"track": {"consultation"}, "institution": {"novads"}, "description": {"What I saw."}}
	if diff := cmp.Diff(want, p.Clean("consultation", in)); diff != "" {
		t.Error(diff)
	}
}
