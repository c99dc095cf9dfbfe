package record

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// counted is an entry of an institution.
func counted(institution string, changes ...audit.Change) audit.Entry {
	facts := []audit.Fact{{Name: FactInstitution, Value: []byte(institution)}}
	return audit.Entry{Body: audit.Body{Kind: "x", Facts: facts, Changes: changes}}
}

func TestWhatIsCounted(t *testing.T) {
	grant, renewal := "grant:"+theCase+"/"+anna+"/1", "renewal:"+theCase+"/"+anna+"/2"
	for name, x := range map[string]struct {
		entry audit.Entry
		want  Counters
	}{
		"a filing": {
			counted("demo", plus("case:1", 1), plus("envelope:1", 1), plus(grant, 1), plus("grant:1/"+berta+"/2", 1)),
			Counters{"case/demo": 1, "held/" + anna: 1, "held/" + berta: 1},
		},
		"a later epoch": {
			counted("demo", plus("epoch:1/1", 1), plus(renewal, 1), minus("grant:1/"+berta+"/2", 1)),
			Counters{"held/" + berta: -1},
		},
		"a step": {counted("demo", anew("case:1", 1, 2), plus("envelope:2", 1)), Counters{}},
		"an erasure": {
			counted("demo", minus("case:1", 1), minus(grant, 1), minus(renewal, 1)),
			Counters{"case/demo": -1, "held/" + anna: -1},
		},
		"a declaration":   {counted("demo", plus("gift:1", 1)), Counters{"gift/demo": 1}},
		"a consultation":  {counted("other", plus("talk:1", 1), plus("said:1", 1)), Counters{"talk/other": 1}},
		"a vault's share": {counted("demo", plus("vault_share:1/"+anna, 1)), Counters{}},
		"said in a matter": {
			audit.Entry{Stream: "program", Body: counted("demo", minus("case:1", 1), minus(grant, 1)).Body}, Counters{},
		},
		"a filler": {audit.Entry{Body: audit.Body{Kind: audit.KindFiller}}, Counters{}},
	} {
		if got := Counted(x.entry); !maps.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
	for got, want := range map[string]string{
		Held(anna): "held/" + anna, CasesOf("demo"): "case/demo",
		GiftsOf("demo"): "gift/demo", ConsultationsOf("demo"): "talk/demo",
	} {
		if got != want {
			t.Errorf("counter %q, want %q", got, want)
		}
	}
}

// TestCountersAreTheSumOverEntries: counting entry by entry, or by closings of any
// days, comes to what is in force at the end, told a second time here.
func TestCountersAreTheSumOverEntries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		live := map[string]string{} // label to institution
		sum, day := Counters{}, Counters{}
		next := 0
		for range rapid.IntRange(0, 60).Draw(t, "entries") {
			e := counted(rapid.SampledFrom([]string{"demo", "other"}).Draw(t, "institution"))
			of := string(e.FactOf(FactInstitution))
			kind := rapid.SampledFrom([]string{"case", "gift", "talk", "grant", "renewal", "envelope"}).Draw(t, "kind")
			next++
			label := fmt.Sprintf("%s:%d", kind, next)
			if kind == "grant" || kind == "renewal" {
				member := rapid.SampledFrom([]string{anna, berta}).Draw(t, "member")
				label = fmt.Sprintf("%s:1/%s/%d", kind, member, next)
			}
			e.Changes = append(e.Changes, plus(label, next))
			for _, old := range slices.Sorted(maps.Keys(live)) {
				if live[old] != of {
					continue
				}
				switch rapid.IntRange(0, 3).Draw(t, "fate") {
				case 0:
					e.Changes = append(e.Changes, minus(old, 1))
					delete(live, old)
				case 1:
					e.Changes = append(e.Changes, anew(old, 1, 2))
				}
			}
			live[label] = of
			day.Add(Counted(e))
			if rapid.Bool().Draw(t, "closed") {
				sum.Add(day)
				day = Counters{}
			}
		}
		sum.Add(day)
		want := Counters{}
		for label, of := range live {
			switch kind := KindOf(label); kind {
			case "case", "gift", "talk":
				want[kind+"/"+of]++
			case "grant":
				want["held/"+MemberOf(label)]++
			}
		}
		if !maps.Equal(sum, want) {
			t.Fatalf("counted %v, there are %v", sum, want)
		}
		back, err := ParseCounters(sum.Bytes())
		if err != nil || !maps.Equal(back, sum) {
			t.Fatalf("%v, %v reads as %v", err, sum, back)
		}
	})
}

func TestACounterThatComesToNothingIsLeftOut(t *testing.T) {
	c := Counters{}
	c.Add(Counters{"held/anna": 2, "case/demo": 1})
	c.Add(Counters{"held/anna": -2, "talk/demo": 0})
	if want := (Counters{"case/demo": 1}); !maps.Equal(c, want) {
		t.Errorf("%v, want %v", c, want)
	}
}

// TestCountersHaveOneSpelling: a closing that states them otherwise was not written
// by us. Above all «null», which reads as no counters to hold anything against.
func TestCountersHaveOneSpelling(t *testing.T) {
	for text, want := range map[string]Counters{
		"{}": {}, `{"case/demo":3,"held/anna":-1}`: {"held/anna": -1, "case/demo": 3},
		`{"a\u003cb":1}`: {"a<b": 1},
	} {
		got, err := ParseCounters([]byte(text))
		if err != nil || got == nil || !maps.Equal(got, want) || string(want.Bytes()) != text {
			t.Errorf("%s: %v, %v; written %s", text, got, err, want.Bytes())
		}
	}
	for _, none := range []Counters{nil, {}, {"a": 0}} {
		if got := string(none.Bytes()); got != "{}" {
			t.Errorf("no counters are spelt %s", got)
		}
	}
	for _, text := range []string{
		"", "null", "nul", "[]", "0", `""`, " {}", "{} ", "{}\n", "{}{}", `{"a": 1}`, `{"a":1}x`, `{"b":1,"a":1}`,
		`{"a":1,"a":1}`, `{"a":2,"a":1}`, `{"a":1.0}`, `{"a":1e0}`, `{"a":01}`, `{"a":+1}`, `{"a":-0}`, `{"a":"1"}`,
		`{"a":null}`, `{"a":true}`, `{"a":9223372036854775808}`, `{"\u0061":1}`, `{"a<b":1}`, "{\"\xff\":1}",
		`{"a":1,}`, `{"a":{}}`, `{"a":0}`, `{"a":1,"b":0}`,
	} {
		if got, err := ParseCounters([]byte(text)); !errors.Is(err, audit.ErrTampered) || got != nil {
			t.Errorf("%q reads as %v (%v)", text, got, err)
		}
	}
}

// TestCountedForItsOwnInstitution: who writes the log cannot move a case or a consultation
// from one institution's count to another's.
func TestCountedForItsOwnInstitution(t *testing.T) {
	for _, x := range []struct {
		stream, label string
		learn         func(institution string, e audit.Entry) error
	}{
		{ethics.CaseStream("1"), "case:1", func(institution string, e audit.Entry) error {
			f := CaseFile{Case: ethics.Case{ID: "1", Institution: institution}}
			return f.Learn([]audit.Entry{e}, NewLedger(e.Stream))
		}},
		{ethics.ConsultationStream("1"), "talk:1", func(institution string, e audit.Entry) error {
			f := ConsultationFile{Consultation: Consultation{ID: "1", Institution: institution}}
			return f.Learn([]audit.Entry{e}, NewLedger(e.Stream))
		}},
	} {
		e := counted("home", plus(x.label, 1))
		e.Stream = x.stream
		if err := x.learn("home", e); err != nil {
			t.Errorf("%s of its own: %v", x.label, err)
		}
		if err := x.learn("other", e); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s of another: %v", x.label, err)
		}
	}
}

// TestSays: whatever the reporter wrote is there to be read, under whatever act.
func TestSays(t *testing.T) {
	for act, want := range map[audit.EntryKind]bool{
		"filed": true, "message": true, "identified": true, "identity_withdrawn": true,
		"an act of tomorrow": true, KindNewCode: false,
	} {
		e := audit.Entry{Body: audit.Body{
			Kind: act, Changes: []audit.Change{anew("case:1", 1, 2), plus("envelope:1", 1)},
		}}
		if BringsText(e) != want {
			t.Errorf("%s: %v", act, !want)
		}
	}
	if BringsText(audit.Entry{Body: audit.Body{Kind: "step", Changes: []audit.Change{anew("case:1", 1, 2)}}}) {
		t.Error("an entry without a text says something")
	}
}
