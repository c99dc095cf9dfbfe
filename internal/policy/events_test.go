package policy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"svilpe/internal/ethics"
)

// TestEventsAreThoseOfTheWorkflow: the program knows the kinds of events that the
// reference data does, and no other. An event that only one of them knew would start
// or stop no deadline, or be refused in the very moment in which it happens.
func TestEventsAreThoseOfTheWorkflow(t *testing.T) {
	p := shipped(t)
	known := constants[ethics.EventKind](t, "events.go", "EventKind")
	if len(known) < 40 {
		t.Fatalf("%d kinds of events", len(known))
	}
	for _, e := range known {
		if !contains(p.Events, e) {
			t.Errorf("%s is no event of the workflow", e)
		}
	}
	for _, e := range p.Events {
		if !contains(known, e) {
			t.Errorf("the program has no kind for the event %s", e)
		}
	}
}

// TestEventsOfWaysAndRisks: what is made of a way or a level is an event of the
// workflow, each of its own, and is read back as what it was.
func TestEventsOfWaysAndRisks(t *testing.T) {
	p := shipped(t)
	made := ethics.CameByAny()
	var levels []string
	for _, st := range p.Statements("set_retaliation_risk") {
		for _, o := range st.Options {
			levels = append(levels, o.ID)
			e := ethics.RiskIs(o.ID)
			if level, ok := ethics.RiskOf(e); !ok || level != o.ID {
				t.Errorf("%s is read as %q", e, level)
			}
			made = append(made, e)
		}
	}
	if len(levels) != 4 || len(made) != len(ethics.EnteredWays)+len(ethics.OwnWays)+4 {
		t.Fatalf("levels %v of %v", levels, made)
	}
	for n, e := range made {
		if !contains(p.Events, e) || contains(made[:n], e) {
			t.Errorf("%q is no event, or one of two", e)
		}
	}
	for _, e := range p.Events {
		if _, ok := ethics.RiskOf(e); ok != contains(made[len(made)-4:], e) {
			t.Errorf("%s is a level of risk: %v", e, ok)
		}
	}
	if ethics.RiskIs("huge") != "" || ethics.CameBy("pigeon") != "" {
		t.Error("what is none has an event")
	}
}

// TestActsAndStatesAreThoseOfTheData: what the program names, the reference data knows: an
// act that only the program knew would be taken by nobody, and a state be no case's.
func TestActsAndStatesAreThoseOfTheData(t *testing.T) {
	p := shipped(t)
	besides := []ethics.Act{ethics.ActFile, ethics.ActAsk, ethics.ActEnd} // of no case that stands
	named := constants[ethics.Act](t, "acts.go", "Act")
	if len(named) < 30 {
		t.Fatalf("%d acts", len(named))
	}
	for _, id := range named {
		_, act := p.Act(id)
		_, other := p.Other(id)
		if act == other && !contains(besides, id) || (act || other) && contains(besides, id) {
			t.Errorf("%s: an act %t, another act %t", id, act, other)
		}
	}
	states := constants[ethics.State](t, "acts.go", "State")
	if len(states) < 5 {
		t.Fatalf("%d states", len(states))
	}
	for _, id := range states {
		if _, ok := p.State(id); !ok && id != Previous {
			t.Errorf("%s is no state of the workflow", id)
		}
	}
}

// constants are the values of the constants of a type in a file of ethics.
func constants[T ~string](t *testing.T, file, name string) []T {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../ethics/"+file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); !ok || of.Name != name {
			return true
		}
		for _, x := range v.Values {
			text, err := strconv.Unquote(x.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, T(text))
		}
		return true
	})
	slices.Sort(out)
	return slices.Compact(out)
}
