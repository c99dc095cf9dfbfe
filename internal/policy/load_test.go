package policy

import (
	"io/fs"
	"maps"
	"strings"
	"svilpe/internal/ethics"
	"testing"
	"testing/fstest"
)

// shipped gives the policy that ships.
func shipped(t testing.TB) *Policy {
	t.Helper()
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// files gives the shipped files, to be changed by a test.
func files(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(defaults, "defaults/*.yaml")
	if err != nil || len(names) != 7 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		b, err := defaults.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(name, "defaults/")] = &fstest.MapFile{Data: b}
	}
	return out
}

// edit replaces the first old in a file; a test whose old is gone must fail.
func edit(t testing.TB, f fstest.MapFS, name, old, new string) {
	t.Helper()
	s := string(f[name].Data)
	if !strings.Contains(s, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	f[name] = &fstest.MapFile{Data: []byte(strings.Replace(s, old, new, 1))}
}

// changed loads the shipped policy with one change.
func changed(t testing.TB, name, old, new string) *Policy {
	t.Helper()
	f := files(t)
	edit(t, f, name, old, new)
	p, err := Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestShippedDataIsWhole(t *testing.T) {
	p := shipped(t)
	for what, n := range map[string][2]int{
		"routes": {len(p.Routes), 5}, "authorities": {len(p.Authorities), 18}, "categories": {len(p.Categories), 26},
		"tracks": {len(p.Tracks), 4}, "deadlines": {len(p.Deadlines), 15}, "states": {len(p.States), 17},
		"steps": {len(p.Steps), 25}, "actions": {len(p.Actions), 24}, "matrix": {len(p.Matrix), 32},
		"fields": {len(p.Fields), 34},
	} {
		if n[0] != n[1] {
			t.Errorf("%s: %d, want %d", what, n[0], n[1])
		}
	}
	again, err := Default()
	if err != nil || again != p {
		t.Errorf("parsed twice: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, x := range []struct{ name, file, old, new, want string }{
		{"a field nobody reads", fileWorkflow, "{id: start,", "{id: start, four_eye: true,", "four_eye"},
		{"a field nobody reads, deep", fileQuestionnaire, "{id: few, ", "{id: few, colour: red, ", "colour"},
		{"a second document", fileOffered, "version: 1", "version: 1\n---\n", "more than one document"},
		{"another version", fileCategories, "version: 1", "version: 2", "version 1"},
		{"a language less", fileStatements, "languages: [lv, en, ru, kk]", "languages: [lv, en, ru]", "languages"},
		{"a text missing", fileWorkflow, `, kk: "Алынды"`, ``, `states "received" name: no text in kk`},
		{"a text of blanks", fileWorkflow, `kk: "Алынды"`, `kk: "  "`, `states "received" name: no text in kk`},
		{"a text missing altogether", fileCategories, `  hint: {lv: "Konkurss,`, `  seed2: {lv: "Konkurss,`, "seed2"},
		{
			"an option's text missing", fileQuestionnaire, `en: "A few (1–3)", `, ``,
			`fields "how_many_know" options "few" label: no text in en`,
		},
		{"a fifth language", fileWorkflow, `kk: "Алынды"`, `kk: "Алынды", de: "Da"`, `unknown language "de"`},
		{"a period of no deadline", fileWorkflow, "{ack|within}", "{akc|within}", "placeholder"},
		{"a period in no form", fileWorkflow, "{ack|within}", "{ack|since}", "placeholder"},
		{
			"a promise in three languages only", fileWorkflow, "Мы напишем Вам здесь {ack|within}",
			"Мы напишем Вам здесь", "ru names other periods",
		},
		{
			"another promise in Russian", fileWorkflow, "Мы напишем Вам здесь {ack|within}",
			"Мы напишем Вам здесь {feedback|within}", "ru names other periods",
		},
		{"an id twice", fileCategories, "- id: gifts", "- id: procurement", `"procurement" twice`},
		{"an option twice", fileQuestionnaire, "{id: few, ", "{id: some, ", `"some" twice`},
		{"no id", fileCategories, "- id: gifts", `- id: "gifts now"`, "is no id"},
		{
			"an unknown route", fileCategories, "{primary: disciplinary, also: [ethics",
			"{primary: police, also: [ethics", `unknown "police"`,
		},
		{
			"an unknown authority", fileCategories, "authorities: [KNAB, VDI]", "authorities: [KNAP, VDI]",
			`recruitment_bias route: unknown "KNAP"`,
		},
		{
			"an authority's key that is none", fileCategories, "{id: VP,", "{id: VP, recipient: age1pq1, ",
			"authorities VP: casefile: not an age recipient",
		},
		{"a tick as long as a report", fileStatements, "kind: tick", "kind: tick\n    whole: true", "whole: for texts"},
		{
			"a law area that is none", fileCategories, "lv_law_area: [1, 2]", "lv_law_area: [0, 2]",
			"recruitment_bias lv_law_area",
		},
		{"no fallback category", fileCategories, "  fallback: true\n", "", "0 fallbacks"},
		{"order that shrinks", fileCategories, "order: 20\n", "order: 5\n", "does not grow"},
		{
			"an unknown state in from", fileWorkflow, "from: received, to: triage", "from: recieved, to: triage",
			`acknowledge from: unknown "recieved"`,
		},
		{
			"an unknown state in to", fileWorkflow, "from: received, to: triage",
			"from: received, to: triaje", `unknown "triaje"`,
		},
		{
			"an unknown role", fileWorkflow, "who: [commission_chair], four_eyes: true",
			"who: [chairman], four_eyes: true", `unknown "chairman"`,
		},
		{
			"an unknown approver", fileWorkflow, "approver: [commission_member]",
			"approver: [friend]", `unknown "friend"`,
		},
		{
			"the system as approver", fileWorkflow, "approver: [commission_member]",
			"approver: [system]", `unknown "system"`,
		},
		{"four eyes without a second", fileWorkflow, "approver: [commission_member], ", "", "four_eyes is true with 0"},
		{
			"a second without four eyes", fileWorkflow, "four_eyes: true, approver: [commission_member]",
			"four_eyes: false, approver: [commission_member]", "four_eyes is false with 1",
		},
		{
			"nobody who may", fileWorkflow, "to: triage, who: [responsible_person]",
			"to: triage, who: []", "nobody in who",
		},
		{"an unknown need", fileWorkflow, "needs: [feedback,", "needs: [feedbak,", `unknown "feedbak"`},
		{"an unknown event of a step", fileWorkflow, "event: reopened", "event: opened", `unknown "opened"`},
		{
			"a step that stops nothing of what it says", fileWorkflow, "stops: [ack], starts: [feedback]",
			"stops: [feedback], starts: [feedback]", "transitions acknowledge stops",
		},
		{"an event forgotten on a step", fileWorkflow, "event: reopened, ", "", "transitions reopen stops"},
		{
			"a state that starts a deadline unsaid", fileWorkflow, "  starts: [reporter_silence]\n", "",
			"states awaiting_reporter starts",
		},
		{"a state with no way out", fileWorkflow, "  terminal: true\n", "", "states erased: terminal"},
		{"two beginnings", fileWorkflow, "- id: triage\n", "- id: triage\n  initial: true\n", "2 initial"},
		{
			"a deadline on an unknown event", fileWorkflow, "stops: [acknowledged, returned,",
			"stops: [aknowledged, returned,", `ack stops: unknown`,
		},
		{
			"a deadline on an unknown track", fileWorkflow, "applies: [ethics]", "applies: [etics]",
			`general_reply applies: unknown "etics"`,
		},
		{"a period in words", fileWorkflow, "value: P14D", "value: two weeks", "two weeks"},
		{"a period of zero", fileWorkflow, "value: P14D", "value: P0D", "P0D"},
		{"a strange fallback", fileWorkflow, `"received + 7 days"`, `"received and a week"`, "received and a week"},
		{
			"a fallback from nowhere", fileWorkflow, `"received + 7 days"`, `"recieved + 7 days"`,
			"feedback fallback_start",
		},
		{
			"a deadline that stops as it starts", fileWorkflow, "starts: received, stops: [decided,",
			"starts: received, stops: [received, decided,", "starts and stops at the same",
		},
		{
			"a name that would go to an authority", fileQuestionnaire, "store: vault", "store: vault\n  matter: true",
			"no matter for an authority",
		},
		{
			"a code that the reporter would send", fileQuestionnaire, "store: client", "store: case",
			"generated and store client",
		},
		{
			"a deadline that stops at its fallback", fileWorkflow, "stops: [feedback_sent, decided,",
			"stops: [received, feedback_sent, decided,", "feedback: starts and stops at the same",
		},
		{
			"an event that is a state", fileWorkflow, "events: [acknowledged,",
			"events: [decided, acknowledged,", "is a state too",
		},
		{"days counted otherwise", fileWorkflow, "count: calendar_days", "count: working_days", "time_rules count"},
		{
			"a row one value short", filePermissions, `v: [own, "no", "no", asg, asg, asg, "no", "no", "no"]`,
			`v: [own, "no", "no", asg, asg, asg, "no", "no"]`, "8 values for 9 roles",
		},
		{
			"an unknown level", filePermissions, `v: [own, "no", "no", asg,`,
			`v: [own, "no", "no", all,`, `unknown level "all"`,
		},
		{
			"a grant asked where no case is", filePermissions, "{id: read_content, case: true,", "{id: read_content,",
			"matrix read_content: asg",
		},
		{
			"roles in another order", filePermissions, "order: [reporter, trust_person,",
			"order: [trust_person, reporter,", "order",
		},
		{"a role less", filePermissions, "- {id: auditor, name", "- {id: inspector, name", "differ"},
		{
			"an unknown section", fileQuestionnaire, "  section: s_protect",
			"  section: s_protekt", `unknown "s_protekt"`,
		},
		{"an unknown hint", fileQuestionnaire, "safety: [files]", "safety: [fails]", `unknown "fails"`},
		{
			"a question on a later one", fileQuestionnaire, "visible_if: {category: [illegal",
			"visible_if: {confirm_true: [illegal", "no earlier field",
		},
		{
			"a question on an answer that is none", fileQuestionnaire, "visible_if: {category: [illegal_collections]}",
			"visible_if: {category: [illegal]}", `unknown "illegal"`,
		},
		{
			"a track forgotten in required", fileQuestionnaire, "required: {W: true, A: true, E: true}",
			"required: {W: true, A: true}", "want W, A and E",
		},
		{"an unknown kind of question", fileQuestionnaire, "type: textarea", "type: text_area", `unknown "text_area"`},
		{"a choice without options", fileQuestionnaire, "source: handlers_list ", "#", "excluded_handlers: no options"},
		{"a place nobody stores", fileQuestionnaire, "store: vault", "store: cellar", `unknown "cellar"`},
		{
			"a rule Check does not read", fileQuestionnaire, "visible_if: {reported_before:",
			"required_if: {reported_before: filled}\n  visible_if: {reported_before:", "required_if",
		},
		{
			"a track without question", fileQuestionnaire, "  - {id: consultation, label",
			"  - {id: advice, label", "not the tracks",
		},
		{"statements of no step", fileStatements, "- step: hold", "- step: holt", `unknown "holt"`},
		{"a kind of statement", fileStatements, "kind: tick", "kind: tack", `unknown "tack"`},
		{"a choice from nowhere", fileStatements, "    source: routes\n", "", "0 sources"},
		{"a date without end", fileStatements, "    max: P60D\n", "", "hold review_date"},
		{
			"a statement on an answer that is none", fileStatements, "{heard: [not_heard]}",
			"{heard: [unheard]}", `unknown "unheard"`,
		},
		{"a table without columns", fileStatements, "    most: 12\n", "", "columns and most"},
		{"a column of nothing", fileStatements, "kind: line", "kind: lime", `unknown "lime"`},
		{"a clause twice", fileCodes, "{id: model_2_2,", "{id: model_2_1,", `"model_2_1" twice`},
		{"a clause without number", fileCodes, `number: "2.2."`, `number: ""`, "model_2_2: no number"},
		{"consultations that are kept for ever", fileWorkflow, "keep_days: 30", "keep_days: 0", "consultations: want"},
		{"a quorum of everybody and more", fileWorkflow, "over_percent: 50", "over_percent: 100", "quorum: want"},
		{
			"a quorum of strangers", fileWorkflow, "of: [commission_member, commission_chair]}", "of: [friend]}",
			`quorum of: unknown "friend"`,
		},
		{"an unknown need of an act", fileWorkflow, "needs: draft", "needs: drafts", `vote needs: unknown "drafts"`},
		{
			"an unknown step withheld", fileOffered, "steps_withheld: []",
			"steps_withheld: [erasing]", `unknown "erasing"`,
		},
		{
			"a next step that is withheld", fileOffered, "steps_withheld: []",
			"steps_withheld: [acknowledge]", "withheld step",
		},
		{"a track nobody knows", fileOffered, "ethics, consultation]", "ethics, advice]", "advice"},
	} {
		t.Run(x.name, func(t *testing.T) {
			f := files(t)
			edit(t, f, x.file, x.old, x.new)
			p, err := Load(f)
			if err == nil || p != nil {
				t.Fatalf("accepted")
			}
			if !strings.Contains(err.Error(), x.want) || !strings.Contains(err.Error(), x.file) {
				t.Errorf("error names neither file nor fault: %v", err)
			}
		})
	}
}

func TestLoadNeedsEveryFile(t *testing.T) {
	for name := range files(t) {
		f := maps.Clone(files(t))
		delete(f, name)
		if _, err := Load(f); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestLoadTellsAllFaultsAtOnce(t *testing.T) {
	f := files(t)
	edit(t, f, fileCategories, "authorities: [KNAB, VDI]", "authorities: [KNAP, VDI]")
	edit(t, f, fileWorkflow, "from: received, to: triage", "from: recieved, to: triage")
	_, err := Load(f)
	if err == nil || !strings.Contains(err.Error(), "KNAP") || !strings.Contains(err.Error(), "recieved") {
		t.Errorf("%v", err)
	}
}

func BenchmarkLoad(b *testing.B) {
	f := files(b)
	for b.Loop() {
		if _, err := Load(f); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	seeds := 0
	for name, file := range files(f) {
		f.Add(name, file.Data)
		seeds++
	}
	for _, s := range []string{
		"", "version: 1", "a: &a [*a]", "states:\n- id: x\n  name:\n",
		"statements: [{step: close, ask: [{}]}]", "\xff\x00",
	} {
		f.Add(fileWorkflow, []byte(s))
		f.Add(fileStatements, []byte(s))
		seeds += 2
	}
	if seeds != 19 {
		f.Fatalf("%d seeds", seeds)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		fsys := files(t)
		if _, ok := fsys[name]; !ok {
			return
		}
		fsys[name] = &fstest.MapFile{Data: data}
		p, err := Load(fsys)
		if (err == nil) != (p != nil) {
			t.Fatal("policy and error together, or neither")
		}
		if err != nil {
			return
		}
		// What loads must answer without a panic.
		for _, s := range p.States {
			for _, lang := range Languages {
				if s.ReporterText.In(lang) == "" {
					t.Fatalf("%s: no text in %s", s.ID, lang)
				}
			}
			m := Member{ID: "m", Roles: []string{RoleChair}, HoldsGrant: true, Stated: true}
			p.Offered(m, Facts{Track: "ethics", State: s.ID})
			if _, err := p.Due("ethics", []Event{{entered([]ethics.State{s.ID})[0], "2026-01-31"}}); err != nil {
				t.Fatal(err)
			}
		}
		p.Check("ethics", nil, DefaultLimits)
	})
}
