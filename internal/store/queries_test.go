package store_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"svilpe/internal/record"
)

// query is one text of SQL in this package's source, constants folded in.
type query struct {
	text, in, receiver string // in: the function
}

// source is the package's non-test files, read to find every query.
type source struct {
	t         *testing.T
	files     []*ast.File
	constants map[string]ast.Expr
	fset      *token.FileSet
}

func readSource(t *testing.T) *source {
	t.Helper()
	s := &source{t: t, constants: map[string]ast.Expr{}, fset: token.NewFileSet()}
	names, err := os.ReadDir(".")
	must(t, err)
	for _, n := range names {
		if !strings.HasSuffix(n.Name(), ".go") || strings.HasSuffix(n.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(s.fset, n.Name(), nil, 0)
		must(t, err)
		s.files = append(s.files, f)
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
				for i, name := range v.Names {
					s.constants[name.Name] = v.Values[i]
				}
			}
			return true
		})
	}
	return s
}

// fold gives what a string expression can be. A parameter can be whatever the
// callers of its function pass.
func (s *source) fold(e ast.Expr, in *ast.FuncDecl) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return []string{text}
		}
	case *ast.BinaryExpr:
		var out []string
		for _, a := range s.fold(e.X, in) {
			for _, b := range s.fold(e.Y, in) {
				out = append(out, a+b)
			}
		}
		return out
	case *ast.Ident:
		if i := parameter(in, e.Name); i >= 0 {
			return s.passed(in.Name.Name, i)
		}
		if v, ok := s.constants[e.Name]; ok {
			return s.fold(v, in)
		}
	}
	return nil
}

func parameter(f *ast.FuncDecl, name string) int {
	i := 0
	for _, field := range f.Type.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

func (s *source) passed(function string, i int) []string {
	var out []string
	s.calls(func(c *ast.CallExpr, name string, in *ast.FuncDecl) {
		if name == function && i < len(c.Args) {
			out = append(out, s.fold(c.Args[i], in)...)
		}
	})
	return out
}

func (s *source) calls(fn func(c *ast.CallExpr, name string, in *ast.FuncDecl)) {
	for _, f := range s.files {
		for _, d := range f.Decls {
			in, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(in, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					switch f := c.Fun.(type) {
					case *ast.SelectorExpr:
						fn(c, f.Sel.Name, in)
					case *ast.Ident:
						fn(c, f.Name, in)
					}
				}
				return true
			})
		}
	}
}

var statement = regexp.MustCompile(`^(select|insert|update|delete)\s`)

// queries are all texts passed to run, count, one and each, and literals that
// begin like a statement (Sweep keeps its in a table).
func queries(t *testing.T) []query {
	t.Helper()
	s := readSource(t)
	var out []query
	add := func(text string, in *ast.FuncDecl) {
		q := query{text: text, in: in.Name.Name}
		if in.Recv != nil {
			q.receiver = strings.TrimPrefix(exprName(in.Recv.List[0].Type), "*")
		}
		if statement.MatchString(text) && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	s.calls(func(c *ast.CallExpr, name string, in *ast.FuncDecl) {
		if !slices.Contains([]string{"run", "count", "one", "each"}, name) || len(c.Args) == 0 {
			return
		}
		texts := s.fold(c.Args[0], in)
		if len(texts) == 0 && !plumbing(in, c.Args[0]) && !s.described(in) {
			t.Errorf("%s: a query that this test cannot read", s.fset.Position(c.Pos()))
		}
		for _, text := range texts {
			add(text, in)
		}
	})
	tables := described()
	// row and rows: what a descriptor says, and a condition
	s.calls(func(c *ast.CallExpr, name string, in *ast.FuncDecl) {
		if name != "row" && name != "rows" || len(c.Args) < 3 {
			return
		}
		kind, ok := c.Args[1].(*ast.SelectorExpr)
		if !ok {
			return // for whatever kind: ofCase
		}
		i := tables[kind.Sel.Name]
		if i == nil {
			t.Errorf("%s: rows of %s, which is no kind", s.fset.Position(c.Pos()), kind.Sel.Name)
			return
		}
		for _, where := range s.fold(c.Args[2], in) {
			add(`select `+strings.Join(i.Columns, ", ")+` from `+i.Table+` `+where, in)
		}
	})
	for _, f := range s.files {
		for _, d := range f.Decls {
			if in, ok := d.(*ast.FuncDecl); ok {
				ast.Inspect(in, func(n ast.Node) bool {
					if l, ok := n.(*ast.CompositeLit); ok {
						for _, e := range l.Elts {
							for _, text := range s.fold(e, in) {
								add(text, in)
							}
						}
					}
					return true
				})
			}
		}
	}
	return out
}

// plumbing is what passes somebody else's query on, and calls that only share a
// name: g.one(call), Sweep's table (read as literals).
func plumbing(in *ast.FuncDecl, arg ast.Expr) bool {
	return slices.Contains([]string{"run", "transact", "Sweep"}, in.Name.Name) || exprName(arg) == "x"
}

// described tells whether a function makes its queries of a descriptor, whatever kind
// it is: TestDescriptorsEqualTheSchema holds what they are made of.
func (s *source) described(in *ast.FuncDecl) bool {
	made := []string{"rows", "row", "put", "renew", "drop", "dropRows", "Rows", "Count", "appendSealedOff", "append"}
	return slices.Contains(made, in.Name.Name)
}

// described are the kinds by the names of their variables.
func described() map[string]*record.Info {
	out := map[string]*record.Info{}
	for name, d := range map[string]record.Descriptor{
		"Installations": record.Installations, "Statements": record.Statements, "Policies": record.Policies,
		"Members": record.Members,
		"Cases":   record.Cases, "Codes": record.Codes, "Epochs": record.Epochs,
		"Events": record.Events, "Grants": record.Grants,
		"Envelopes": record.Envelopes, "Proposals": record.Proposals, "Vaults": record.Vaults, "Shares": record.Shares,
		"Requests": record.Requests, "Measures": record.Measures, "Files": record.Files,
		"ErasuresAsked": record.ErasuresAsked,
		"Erasures":      record.Erasures, "Tombstones": record.Tombstones,
		"Lessons": record.Lessons, "Gifts": record.Gifts,
		"Consultations": record.Consultations, "ConsultationTexts": record.ConsultationTexts,
		"Cosignatures": record.Cosignatures,
	} {
		out[name] = d.About()
	}
	return out
}

func exprName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "*" + exprName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// TestQueries: each prepares on a fresh database, has its placeholders in order
// of first use, and keeps to what PostgreSQL shares.
func TestQueries(t *testing.T) {
	w := setUp(t)
	db := w.Raw()
	placeholder := regexp.MustCompile(`\$(\d+)`)
	forbidden := regexp.MustCompile(
		`(?i)\b(like|glob|ifnull|rowid|autoincrement|last_insert_rowid)\b|insert\s+or\b|\?|replace\s+into`)
	all := queries(t)
	if len(all) < 110 {
		t.Errorf("only %d queries found: did the way of calling change?", len(all))
	}
	for _, q := range all {
		st, err := db.Prepare(q.text)
		if err != nil {
			t.Errorf("%s: %v\n%s", q.in, err, q.text)
			continue
		}
		_ = st.Close()
		next := 1
		for _, m := range placeholder.FindAllStringSubmatch(q.text, -1) {
			n, _ := strconv.Atoi(m[1])
			if n > next {
				t.Errorf("%s: $%d before $%d\n%s", q.in, n, next, q.text)
			}
			next = max(next, n+1)
		}
		if m := forbidden.FindString(q.text); m != "" {
			t.Errorf("%s: %q is not for both engines\n%s", q.in, m, q.text)
		}
	}
	t.Logf("%d queries", len(all))
}

// TestScratchQueries: what Scratch can change is named tmp_*, or a file that is
// not filed. Setup, which runs once on an empty database, is the exception.
func TestScratchQueries(t *testing.T) {
	target := regexp.MustCompile(`^(?:insert into|update|delete from)\s+(\w+)`)
	allowed := []string{
		// 'receiving'
		`insert into file (id, draft, state, case_id, envelope_id, size, chunks, sha256, chunk_digests, day)`,
		`insert into chunk (file_id, n, data)`, // after AddChunks saw 'receiving'
	}
	changes := 0
	for _, q := range queries(t) {
		m := target.FindStringSubmatch(q.text)
		if q.receiver == "ReadTx" && m != nil {
			t.Errorf("%s reads and changes: %s", q.in, q.text)
		}
		if q.receiver != "ScratchTx" || m == nil || q.in == "Setup" {
			continue
		}
		changes++
		unfiled := strings.Contains(q.text, `state <> 'filed'`) || strings.HasSuffix(q.text, `state = 'receiving'`)
		fresh := slices.ContainsFunc(allowed, func(a string) bool { return strings.HasPrefix(q.text, a) })
		if !strings.HasPrefix(m[1], "tmp_") &&
			(!slices.Contains([]string{"file", "chunk"}, m[1]) || !unfiled && !fresh) {
			t.Errorf("ScratchTx.%s changes the record: %s", q.in, q.text)
		}
	}
	if changes < 25 {
		t.Errorf("only %d changing queries found", changes)
	}
}

// TestQueriesAreRead shows that the test above sees what it must see.
func TestQueriesAreRead(t *testing.T) {
	got := map[string]bool{}
	for _, q := range queries(t) {
		got[q.receiver+"."+q.in] = true
	}
	for _, want := range []string{
		"ReadTx.list", "ReadTx.member", "ReadTx.caseBy", "ScratchTx.Sweep", "ScratchTx.DropFile", "Tx.PutCase",
		"grouped.append", "Raw.Entries",
	} {
		if !got[want] {
			t.Errorf("no query seen in %s", want)
		}
	}
	if t.Failed() {
		t.Log(fmt.Sprint(got))
	}
}
