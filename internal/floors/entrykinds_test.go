package floors_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// Kinds of entries stand in one table, internal/record/entries.go: a kind that is
// spelled out anywhere else is one that no rule knows.

const entryKinds = "internal/record/entries.go"

// spellsKinds are other files that may: the filler's own kind, the blank of the log's
// page, and the table of that page's words.
var spellsKinds = map[string]bool{
	"internal/audit/fillers.go": true, "internal/store/log.go": true, "internal/httpd/admin/log.go": true,
}

func TestEntryKindsStandInOneTable(t *testing.T) {
	root := os.DirFS("../..")
	known := kindsIn(t, root, entryKinds)
	if len(known) < 30 {
		t.Fatalf("%d kinds of entries in %s", len(known), entryKinds)
	}
	words := literalsIn(t, root, "internal/httpd/admin/log.go")
	for kind := range known {
		if !words[kind] {
			t.Errorf("the log's page has no words for %q", kind)
		}
	}
	for _, s := range spelled(t, root) {
		t.Errorf("%s: a kind of an entry belongs to %s", s, entryKinds)
	}
}

func TestASpelledEntryKindTurnsRed(t *testing.T) {
	for src, want := range map[string]bool{
		`store.Entry{Kind: "step"}`: true, `audit.Body{Kind: "step"}`: true, `audit.EntryKind("step")`: true, `e.Kind == "step"`: false,
		`store.Entry{Kind: record.KindStep}`: false, `ethics.FieldError{Kind: "step"}`: false, `audit.EntryKind(text)`: false,
	} {
		root := fstest.MapFS{"internal/casework/x.go": {Data: []byte("package x\nvar _ = " + src)}}
		if got := len(spelled(t, root)) == 1; got != want {
			t.Errorf("%s: %v", src, got)
		}
	}
}

// spelled are the literal kinds of entries in the sources below a folder.
func spelled(t *testing.T, root fs.FS) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		inTests := strings.HasSuffix(name, "_test.go") || path.Dir(name) == "internal/store/storetest"
		if err != nil || d.IsDir() || path.Ext(name) != ".go" || inTests || spellsKinds[name] || name == entryKinds {
			return err
		}
		ast.Inspect(parsed(t, root, name), func(n ast.Node) bool {
			var at ast.Expr
			switch x := n.(type) {
			case *ast.CompositeLit:
				if of := lastName(x.Type); of != "Entry" && of != "Body" {
					return true
				}
				for _, e := range x.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok && lastName(kv.Key) == "Kind" {
						at = kv.Value
					}
				}
			case *ast.CallExpr:
				if lastName(x.Fun) == "EntryKind" && len(x.Args) == 1 {
					at = x.Args[0]
				}
			}
			if l, ok := at.(*ast.BasicLit); ok {
				out = append(out, name+": "+l.Value)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// kindsIn are the values of a file's constants of type EntryKind.
func kindsIn(t *testing.T, root fs.FS, name string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	ast.Inspect(parsed(t, root, name), func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || lastName(v.Type) != "EntryKind" {
			return true
		}
		for _, x := range v.Values {
			if l, ok := x.(*ast.BasicLit); ok {
				text, _ := strconv.Unquote(l.Value)
				out[text] = true
			}
		}
		return true
	})
	return out
}

// literalsIn are all texts in a file.
func literalsIn(t *testing.T, root fs.FS, name string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	ast.Inspect(parsed(t, root, name), func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, _ := strconv.Unquote(l.Value)
			out[text] = true
		}
		return true
	})
	return out
}

func parsed(t *testing.T, root fs.FS, name string) *ast.File {
	t.Helper()
	src, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
