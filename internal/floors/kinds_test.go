package floors_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Kinds of a thing are one type, and stand in one table: a kind that is spelled out
// anywhere else is one that no rule knows, and that no page has words for.

// kindType is such a type.
type kindType struct {
	dir, name string   // of the type
	tables    []string // files that may spell
	read      []string // files that may take a text for one: rows, headers, forms
	words     []string // files in which each has its words
	unsaid    []string // constants that no page has to word
}

var kindTypes = []kindType{
	{
		dir: "internal/audit", name: "EntryKind",
		tables: []string{"internal/record/entries.go", "internal/audit/fillers.go"},
		read:   []string{"internal/audit/entry.go"},
		words:  []string{"internal/httpd/admin/log.go"}, unsaid: []string{"Any"},
	},
	{
		dir: "internal/ethics", name: "EnvelopeKind", tables: []string{"internal/ethics/envelopes.go"},
		read:  []string{"internal/record/past.go", "internal/record/authors.go"},
		words: []string{"internal/httpd/member/thread.go"},
		unsaid: []string{
			"KindFileKeys", "KindStatement", // of the thread, and never shown
			"KindGrant", "KindOldSecret", "KindIdentity", "KindVault", "KindVaultShare", "KindVaultLoan",
			// in no thread
			"KindGift", "KindConsultation", "KindConsultationNote", "KindEpoch", "KindStatus", "KindLesson",
		},
	},
	{
		dir: "internal/ethics", name: "EventKind", tables: []string{"internal/ethics/events.go"},
		read: []string{
			"internal/policy/period.go", "internal/httpd/member/message.go", "internal/httpd/member/note.go",
		},
		words: []string{"internal/httpd/mycase/timeline.go", "internal/httpd/member/writing.go"},
		unsaid: []string{
			// Members read of these in the step, the note or the vault that brought them.
			"EventCategoryChanged", "EventSystemicCause", "EventDeferred", "EventDeferralReviewed",
			"EventHoldSet", "EventHoldLifted",
			"EventMuted", "EventUnmuted", "EventRiskReviewed", "EventRiskNone", "EventRiskLow",
			"EventRiskMedium", "EventRiskHigh",
			"EventIdentityGiven", "EventIdentityWithdrawn",
			// Of how a report came the form has the words, by the way itself.
			"EventByPhone", "EventInPerson", "EventByPost", "EventByHead", "EventByAudit",
			"EventByMedia", "EventByReferral",
		},
	},
	{
		dir: "internal/ethics", name: "FaultKind", tables: []string{"internal/ethics/faults.go"},
		words: []string{
			"internal/httpd/member/words.go", "internal/httpd/admin/admin.go", "internal/httpd/mycase/identity.go",
			"internal/httpd/report/form.go", "internal/httpd/report/identity.go", "internal/httpd/report/gift.go",
		},
		unsaid: []string{"FaultInvalid"}, // no form offers such a value
	},
	{
		dir: "internal/ethics", name: "Act", tables: []string{"internal/ethics/acts.go"},
		read: []string{
			"internal/httpd/member/builder.go", "internal/httpd/member/ended.go",
			"internal/httpd/member/onecase.go",
		},
	},
	{
		dir: "internal/ethics", name: "State",
		tables: []string{"internal/ethics/acts.go", "internal/record/consultationfile.go"},
		read: []string{
			"internal/policy/due.go", "internal/policy/validate_workflow.go", "internal/policy/workflow.go",
			"internal/httpd/member/cases.go", "internal/httpd/member/step.go", "internal/httpd/mycase/timeline.go",
		},
	},
	{dir: "internal/httpd", name: "outcomeKind", tables: []string{"internal/httpd/errors.go"}},
	{dir: "internal/verdict", name: "State", tables: []string{"internal/verdict/board.go"}},
	{dir: "internal/verify", name: "Part", tables: []string{"internal/verify/faults.go"}},
	{dir: "internal/verify", name: "Why", tables: []string{"internal/verify/faults.go"}},
}

func TestKindsStandInOneTable(t *testing.T) {
	h := readTyped(t, os.DirFS("../.."))
	for _, k := range kindTypes {
		own := h.constants(h.lookup(k.dir, k.name), k.tables)
		if len(own) < 5 {
			t.Errorf("%d kinds of %s", len(own), k.name)
		}
		for _, wrong := range k.spelled(h) {
			t.Error(wrong)
		}
		without := k
		without.read = nil
		for _, name := range k.read {
			takes := func(wrong string) bool { return strings.HasPrefix(wrong, name+":") }
			if !slices.ContainsFunc(without.spelled(h), takes) {
				t.Errorf("%s may take a text for a kind of %s, and does not", name, k.name)
			}
		}
		for _, wrong := range k.unworded(h) {
			t.Error(wrong)
		}
	}
}

// spelled is where a kind is no constant of the table.
func (k kindType) spelled(h *typed) []string {
	of := h.lookup(k.dir, k.name)
	own := h.constants(of, k.tables)
	var out []string
	h.each(func(name string, f *ast.File, info *types.Info) {
		if slices.Contains(k.tables, name) || path.Dir(name) == "internal/store/storetest" {
			return
		}
		say := func(n ast.Node, what string) {
			out = append(out,
				fmt.Sprintf("%s: %s that is %s; it belongs to %s", h.fset.Position(n.Pos()), k.name, what, k.tables[0]))
		}
		ast.Inspect(f, func(n ast.Node) bool {
			x, ok := n.(ast.Expr)
			if !ok || !types.Identical(info.Types[x].Type, of) {
				return true
			}
			switch {
			case info.Types[x].Value == nil:
				if call, ok := x.(*ast.CallExpr); ok && info.Types[call.Fun].IsType() &&
					!slices.Contains(k.read, name) {
					say(x, "made of a text")
				}
			case !named(x, own, info) && !nothing(x):
				say(x, "spelled out")
				return false
			}
			return true
		})
	})
	return out
}

// named tells whether an expression is a constant of the table, or one that has its
// value and type from there.
func named(x ast.Expr, own map[string]*types.Const, info *types.Info) bool {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return named(x.X, own, info)
	case *ast.SelectorExpr:
		return named(x.Sel, own, info)
	case *ast.Ident:
		c, ok := info.Uses[x].(*types.Const)
		if !ok {
			c, ok = info.Defs[x].(*types.Const)
		}
		if !ok || types.Identical(c.Type(), types.Typ[types.UntypedString]) {
			return false
		}
		for _, o := range own {
			if o.Val().String() == c.Val().String() && types.Identical(o.Type(), c.Type()) {
				return true
			}
		}
	}
	return false
}

// nothing is the kind of what has none.
func nothing(x ast.Expr) bool {
	l, ok := x.(*ast.BasicLit)
	return ok && l.Kind == token.STRING && len(l.Value) == 2
}

// unworded are the kinds without words, and those that stand as such and have some.
func (k kindType) unworded(h *typed) []string {
	if len(k.words) == 0 {
		return nil
	}
	of := h.lookup(k.dir, k.name)
	said := map[types.Object]bool{}
	for _, name := range k.words {
		for c := range h.used(of, name) {
			said[c] = true
		}
	}
	var out []string
	own := h.constants(of, k.tables)
	for name, c := range own {
		if !said[c] && !slices.Contains(k.unsaid, name) {
			out = append(out, fmt.Sprintf("%s has no words in %s", name, strings.Join(k.words, ", ")))
		}
	}
	for _, name := range k.unsaid {
		if own[name] == nil || said[own[name]] {
			out = append(out, fmt.Sprintf("%s stands as one without words", name))
		}
	}
	return out
}

// TestASpelledKindTurnsRed: whatever form a kind is spelled in, it is seen.
func TestASpelledKindTurnsRed(t *testing.T) {
	k := kindType{
		dir: "internal/ethics", name: "EnvelopeKind", tables: []string{"internal/ethics/envelopes.go"},
		read: []string{"internal/record/read.go"}, words: []string{"internal/httpd/words.go"},
		unsaid: []string{"KindKeys"},
	}
	house := func(dir, name, src string) fstest.MapFS {
		out := fstest.MapFS{
			"internal/ethics/envelopes.go": {Data: []byte(`package ethics
				type EnvelopeKind string
				const ( KindStep EnvelopeKind = "step"; KindKeys EnvelopeKind = "keys" )`)},
			"internal/ethics/ethics.go": {Data: []byte(`package ethics
				type Envelope struct { Kind EnvelopeKind; Author string }
				func Seal(kind EnvelopeKind, author string) {}`)},
			"internal/httpd/words.go": {Data: []byte(`package httpd
				import "svilpe/internal/ethics"
				var words = map[ethics.EnvelopeKind]string{ethics.KindStep: "step"}`)},
		}
		out[dir+"/"+name] = &fstest.MapFile{Data: []byte(src)}
		return out
	}
	const head = "package x\nimport (\"slices\"; \"svilpe/internal/ethics\")\nvar e ethics.Envelope\nvar text string\n"
	for src, want := range map[string]bool{
		`var _ = ethics.Envelope{Kind: ethics.KindStep, Author: "step"}`:                  false,
		`var _ = e.Kind == ethics.KindStep || e.Kind == "" || e.Author == "step"`:         false,
		`const mine = ethics.KindStep; var _ = ethics.Envelope{Kind: mine}`:               false,
		`var _ = slices.Contains([]ethics.EnvelopeKind{ethics.KindStep}, (e.Kind))`:       false,
		`var _ = map[string]int{"step": 1}[string(e.Kind)]`:                               false,
		`var _ = ethics.Envelope{Kind: "step"}`:                                           true,
		`var _ = ethics.Envelope{"step", ""}`:                                             true,
		`var _ = e.Kind == "step"`:                                                        true,
		`func f() { switch e.Kind { case "step": } }`:                                     true,
		`const mine = "step"; var _ = ethics.Envelope{Kind: mine}`:                        true,
		`const mine ethics.EnvelopeKind = "step"`:                                         true,
		`var _ = map[ethics.EnvelopeKind]int{"step": 1}`:                                  true,
		`func f() { ethics.Seal("step", "") }`:                                            true,
		`func f() { ethics.Seal(ethics.KindStep + "x", "") }`:                             true,
		`var _ = slices.Contains([]ethics.EnvelopeKind{ethics.KindStep}, "step")`:         true,
		`var _ = ethics.EnvelopeKind("step")`:                                             true,
		`var _ = ethics.EnvelopeKind(text)`:                                               true,
		`func f() ethics.EnvelopeKind { return "step" }`:                                  true,
		`func f() { kind := ethics.KindStep; kind = "step"; ethics.Seal(kind, "x") }`:     true,
		`func f() { var list []ethics.EnvelopeKind; list = append(list, "x"); _ = list }`: true,
	} {
		h := readTyped(t, house("internal/casework", "x.go", head+src))
		if got := k.spelled(h); (len(got) > 0) != want {
			t.Errorf("%s: %v", src, got)
		}
	}
	h := readTyped(t, house("internal/record", "read.go", head+`var _ = ethics.EnvelopeKind(text)`))
	if got := append(k.spelled(h), k.unworded(h)...); len(got) > 0 {
		t.Errorf("who reads rows: %v", got)
	}
	k.unsaid = nil
	if got := k.unworded(h); len(got) != 1 {
		t.Errorf("without words: %v", got)
	}
	k.unsaid = []string{"KindKeys", "KindStep", "KindGone"}
	if got := k.unworded(h); len(got) != 2 {
		t.Errorf("with words, and gone: %v", got)
	}
}
