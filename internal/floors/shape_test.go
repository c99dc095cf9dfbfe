package floors_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// What fits a reader: lines and files have an end, and nothing runs before main that
// no table shows.
const (
	mostColumns = 120
	mostLines   = 300 // of a file that is no test
	tabColumns  = 4
)

func TestLinesAndFilesEnd(t *testing.T) {
	for _, wrong := range shapes(t, os.DirFS("../..")) {
		t.Error(wrong)
	}
}

// shapes is what is too wide or too long below a root, or begins by itself.
func shapes(t *testing.T, root fs.FS) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" {
			return err
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
		for n, line := range lines {
			if w := columns(line); w > mostColumns {
				out = append(out, fmt.Sprintf("%s:%d: %d columns", name, n+1, w))
			}
		}
		if strings.HasSuffix(name, "_test.go") {
			return nil
		}
		if len(lines) > mostLines {
			out = append(out, fmt.Sprintf("%s: %d lines: split it where an idea ends", name, len(lines)))
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				out = append(out, name+": init: what it does belongs into a table")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// columns is how wide a line is where a tab ends at every fourth column.
func columns(line string) int {
	n := 0
	for _, r := range line {
		if r == '\t' {
			n += tabColumns - n%tabColumns
		} else {
			n++
		}
	}
	return n
}

func TestAWideLineTurnsRed(t *testing.T) {
	wide := "// " + strings.Repeat("ā", mostColumns-3)
	if utf8.RuneCountInString(wide) != mostColumns || len(wide) == mostColumns {
		t.Fatal("letters are no bytes")
	}
	long := "package x\n" + strings.Repeat("\n", mostLines-2) + "var x int\n"
	for src, want := range map[string]int{
		"package x\n" + wide + "\n":                 0,
		"package x\n" + wide + "ā\n":                1,
		"package x\n\t" + wide[:len(wide)-8] + "\n": 0,
		"package x\n\t" + wide[:len(wide)-6] + "\n": 1,
		long:                          0,
		long + "var y int\n":          1,
		"package x\nfunc init() {}\n": 1,
		"package x\ntype t int\nfunc (t) init() {}\n":   0,
		"package x\nfunc f() { init := 1; _ = init }\n": 0,
	} {
		got := shapes(t, fstest.MapFS{"internal/x/x.go": {Data: []byte(src)}})
		if len(got) != want {
			t.Errorf("%.40q: %v", src, got)
		}
	}
	got := shapes(t, fstest.MapFS{"internal/x/x_test.go": {Data: []byte(long + "var y int\n" + wide + "ā\n")}})
	if len(got) != 1 {
		t.Errorf("a test may be long, and not wide: %v", got)
	}
}
