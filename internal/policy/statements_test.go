package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/ethics"
)

func TestStatementsOfEachStep(t *testing.T) {
	p := shipped(t)
	got := map[string][]string{}
	for _, s := range p.Steps {
		for _, a := range p.Statements(s.ID) {
			got[string(s.ID)] = append(got[string(s.ID)], a.ID+":"+a.Kind)
		}
	}
	want := map[string][]string{
		"accept":     {"competence:choice", "also:choices"},
		"accept_own": {"competence:choice", "also:choices"},
		"forward":    {"authority:choice", "package:text", "package_files:choices", "not_revealing:tick"},
		"hold":       {"review_date:date"},
		"propose_decision": {
			"heard:choice", "not_heard_why:text", "draft_text:text", "outcome:choice",
			"clauses:choices", "other_clauses:text",
		},
		"approve_decision": {"version:choice", "outcome:choice"},
		"set_measures":     {"measures:rows"},
		"close":            {"systemic_cause:choice", "retaliation_asked:tick"},
		"end_mediation":    {"agreement:text"},
		"not_examine":      {"why:choice", "duplicate_of:case"},
		"reopen":           {"ground:choice"},
		"merge":            {"continued_in:case", "proof:text"},
		"recognise": {
			"natural_person:choice", "work_related:choice", "public_interest:choice",
			"believed_true:choice", "not_excluded:choice",
		},
		"refuse_recognition": {
			"natural_person:choice", "work_related:choice", "public_interest:choice",
			"believed_true:choice", "not_excluded:choice",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for step, n := range map[ethics.Act]int{"accept": 5, "change_category_or_route": 26} {
		if got := p.Statements(step)[0].Options; len(got) != n {
			t.Errorf("%s: %d options", step, len(got))
		}
	}
	authorities := keys(p.Statements("forward")[0].Options)
	if len(authorities) != 16 || slices.Contains(authorities, "KZ_EDU") || !slices.Contains(authorities, "KNAB") {
		t.Errorf("authorities offered: %v", authorities)
	}
	if s := p.Statements("hold")[0].Label.In("lv"); !strings.Contains(s, "60 dienu laikā") {
		t.Error(s)
	}
	if p.Statements("no such step") != nil || p.Statements("ask_reporter") != nil {
		t.Error("statements from nowhere")
	}
}

func TestCheckStatements(t *testing.T) {
	p := shipped(t)
	const today = Day("2026-11-22")
	for _, x := range []struct {
		name   string
		step   ethics.Act
		values map[string][]string
		want   []FieldError
	}{
		{"nothing asked", "ask_reporter", nil, nil},
		{"nothing said", "accept", nil, []FieldError{{"competence", ethics.FaultRequired}}},
		{"a route", "accept", map[string][]string{"competence": {"disciplinary"}}, nil},
		{
			"no route", "accept", map[string][]string{"competence": {"police"}},
			[]FieldError{{"competence", ethics.FaultOption}},
		},
		{
			"two routes", "accept", map[string][]string{"competence": {"disciplinary", "ethics_commission"}},
			[]FieldError{{"competence", ethics.FaultSingle}},
		},
		{"an authority, checked", "forward", sent("KNAB", "text", Ticked), nil},
		{
			"an authority, unchecked", "forward", sent("KNAB", "text", ""),
			[]FieldError{{"not_revealing", ethics.FaultRequired}},
		},
		{
			"a box that says no", "forward", sent("KNAB", "text", "no"),
			[]FieldError{{"not_revealing", ethics.FaultOption}},
		},
		{
			"an authority that is off", "forward", sent("KZ_EDU", "text", Ticked),
			[]FieldError{{"authority", ethics.FaultOption}},
		},
		{"nothing to send", "forward", sent("KNAB", " \n", Ticked), []FieldError{{"package", ethics.FaultRequired}}},
		{"a package as long as five answers", "forward", sent("KNAB",
			strings.Repeat("ā", 5*DefaultLimits.Long), Ticked), nil},
		{"a longer one", "forward", sent("KNAB", strings.Repeat("ā", 5*DefaultLimits.Long+1),
			Ticked), []FieldError{{"package", ethics.FaultTooLong}}},
		{"reviewed today", "hold", map[string][]string{"review_date": {"2026-11-22"}}, nil},
		{"reviewed on the last day", "hold", map[string][]string{"review_date": {"2027-01-21"}}, nil},
		{
			"reviewed a day late", "hold", map[string][]string{"review_date": {"2027-01-22"}},
			[]FieldError{{"review_date", ethics.FaultDate}},
		},
		{
			"reviewed yesterday", "hold", map[string][]string{"review_date": {"2026-11-21"}},
			[]FieldError{{"review_date", ethics.FaultDate}},
		},
		{
			"reviewed some day", "hold", map[string][]string{"review_date": {"soon"}},
			[]FieldError{{"review_date", ethics.FaultDate}},
		},
		{"heard", "propose_decision", drafted("heard", "heard"), nil},
		{
			"not heard, no word why", "propose_decision", drafted("heard", "not_heard", "not_heard_why", " "),
			[]FieldError{{"not_heard_why", ethics.FaultRequired}},
		},
		{"not heard, and why", "propose_decision", drafted("heard", "not_heard", "not_heard_why", "abroad"), nil},
		{"neither", "propose_decision", drafted(), []FieldError{{"heard", ethics.FaultRequired}}},
		{
			"a decision on no draft", "approve_decision", map[string][]string{"outcome": {"inconclusive"}},
			[]FieldError{{"version", ethics.FaultRequired}},
		},
		{"several clauses", "revise_draft", map[string][]string{
			"draft_text": {"x"}, "outcome": {"inconclusive"}, "clauses": {"a", "b"},
		}, nil},
		{"a measure", "set_measures", rows("do", "head", "2026-12-01"), nil},
		{"a measure and a row of blanks", "set_measures", rows(" ", "", "", "do", "head", "2026-12-01"), nil},
		{"rows of blanks only", "set_measures", rows("", "", " "), []FieldError{{"measure_1", ethics.FaultRequired}}},
		{"no rows", "set_measures", nil, []FieldError{{"measure_1", ethics.FaultRequired}}},
		{"a measure without post, another of yesterday", "set_measures", rows("do", "", "2026-12-01", "do", "head",
			"2026-11-21"), []FieldError{{"measure_post_1", ethics.FaultRequired}, {"measure_day_2", ethics.FaultDate}}},
		{"columns of unequal length", "set_measures", map[string][]string{
			"measure": {"do", "do"}, "measure_post": {"head"}, "measure_day": {"2026-12-01"},
		}, []FieldError{{"measure_1", ethics.FaultSingle}}},
		{
			"more rows than fit", "set_measures",
			rows(strings.Split(strings.Repeat("do,head,2026-12-01,", 13), ",")...),
			[]FieldError{{"measure_1", ethics.FaultSingle}},
		},
		{"a text too long", "set_measures", rows(strings.Repeat("ā", 20001), "head",
			"2026-12-01"), []FieldError{{"measure_1", ethics.FaultTooLong}}},
		{
			"a text with a NUL", "set_measures", rows("\x00", "head", "2026-12-01"),
			[]FieldError{{"measure_1", ethics.FaultNUL}},
		},
		{
			"a text that is none", "set_measures", rows("do", "\xff", "2026-12-01"),
			[]FieldError{{"measure_post_1", ethics.FaultUTF8}},
		},
		{
			"a duplicate of what", "not_examine", map[string][]string{"why": {"duplicate"}},
			[]FieldError{{"duplicate_of", ethics.FaultRequired}},
		},
		{"what was not asked", "close", map[string][]string{
			"systemic_cause": {"no"}, "retaliation_asked": {Ticked}, "zeal": {"x"}, "art": {"y"},
		}, []FieldError{{"art", ethics.FaultUnknown}, {"zeal", ethics.FaultUnknown}}},
		{
			"for a step without statements", "start", map[string][]string{"competence": {"disciplinary"}},
			[]FieldError{{"competence", ethics.FaultUnknown}},
		},
	} {
		if diff := cmp.Diff(x.want, p.CheckStatements(x.step, x.values, today, DefaultLimits)); diff != "" {
			t.Errorf("%s:\n%s", x.name, diff)
		}
	}
}

// drafted are the statements of a draft, and others in pairs.
func drafted(more ...string) map[string][]string {
	out := map[string][]string{"draft_text": {"text"}, "outcome": {"inconclusive"}}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = []string{more[i+1]}
	}
	return out
}

// sent are the statements of a package that goes to an authority.
func sent(authority, text, checked string) map[string][]string {
	return map[string][]string{"authority": {authority}, "package": {text}, "not_revealing": {checked}}
}

// rows are measures, three cells each.
func rows(cells ...string) map[string][]string {
	out := map[string][]string{}
	for i := 0; i+2 < len(cells); i += 3 {
		for n, column := range []string{"measure", "measure_post", "measure_day"} {
			out[column] = append(out[column], cells[i+n])
		}
	}
	return out
}

func TestTidyDropsBlankRows(t *testing.T) {
	got := shipped(t).Tidy("set_measures", rows("", " ", "", "do", "head", "2026-12-01"))
	if diff := cmp.Diff(rows("do", "head", "2026-12-01"), got); diff != "" {
		t.Error(diff)
	}
}

func TestLookingUp(t *testing.T) {
	p := shipped(t)
	for what, ok := range map[string][2]bool{
		"route": have(p.Route, "disciplinary"), "authority": have(p.Authority, "KNAB"),
		"category": have(p.Category, "gifts"),
		"track":    have(p.Track, "ethics"), "deadline": have(p.Deadline, "ack"),
		"outcome": have(p.Outcome, "inconclusive"),
		"state":   have(p.State, "triage"), "step": have(p.Step, "accept"), "action": have(p.Action, "change_track"),
		"role": have(p.Role, RoleChair), "row": have(p.Permission, "recuse"), "section": have(p.Section, "s_who"),
		"field": have(p.Field, "when"), "note": have(p.SafetyNote, "danger"),
	} {
		if !ok[0] || ok[1] {
			t.Errorf("%s: known %t, unknown %t", what, ok[0], ok[1])
		}
	}
}

func have[ID ~string, T any](get func(ID) (T, bool), id ID) [2]bool {
	_, known := get(id)
	_, none := get("nothing of the kind")
	return [2]bool{known, none}
}

// A browser sends every field of a form, also those that were left blank: such a
// field states nothing. Nor does an answer whose question fell away.
func TestBlankFieldsStateNothing(t *testing.T) {
	p := shipped(t)
	for _, x := range []struct {
		step       ethics.Act
		sent, want map[string][]string
	}{
		{"not_examine", said("why", "spam", "duplicate_of", ""), said("why", "spam")},
		{"not_examine", said("why", "spam", "duplicate_of", "2026-AAAAA"), said("why", "spam")},
		{"not_examine", said("why", "duplicate", "duplicate_of", " 2026-AAAAA"), said("why", "duplicate",
			"duplicate_of", " 2026-AAAAA")},
		{"not_examine", said("why", "", "duplicate_of", " \n"), said()},
		{"vote", said("vote", "for", "dissent", "\r\n"), said("vote", "for")},
		// cells keep their rows
		{"set_measures", said("measure", " ", "measure_post", "", "measure_day", ""), said("measure", " ",
			"measure_post", "", "measure_day", "")},
		{"vote", said("unasked", "x"), said("unasked", "x")}, // refused later, by name
	} {
		sent := fmt.Sprint(x.sent)
		if got := p.Stated(x.step, x.sent); !maps.EqualFunc(got, x.want, slices.Equal) || fmt.Sprint(x.sent) != sent {
			t.Errorf("%s: %v of %v", x.step, got, x.sent)
		}
	}
	if got := p.Stated("vote", nil); len(got) != 0 {
		t.Error(got)
	}
}

func said(pairs ...string) map[string][]string {
	out := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = []string{pairs[i+1]}
	}
	return out
}
