package floors_test

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
	"testing"
)

// The house with its types: the packages of this module as the compiler sees them,
// without their tests. What others wrote beside the standard library is left out, and
// what is made of it has no type here: nothing that this package holds is.

// typed are the packages below a root, by path in it.
type typed struct {
	t     *testing.T
	root  fs.FS
	fset  *token.FileSet
	known map[string]*typedPackage
}

// standardLibrary is read once, and not built.
var standardLibrary = sync.OnceValue(func() types.Importer {
	build.Default.CgoEnabled = false
	return importer.ForCompiler(token.NewFileSet(), "source", nil)
})

// typedPackage is one of them.
type typedPackage struct {
	pkg   *types.Package
	files map[string]*ast.File // by path below the root
	info  *types.Info
}

func readTyped(t *testing.T, root fs.FS) *typed {
	t.Helper()
	h := &typed{t: t, root: root, fset: token.NewFileSet(), known: map[string]*typedPackage{}}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		_, err = h.Import(module + path.Dir(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Import gives a package to the type checker.
func (h *typed) Import(name string) (*types.Package, error) {
	dir, ours := strings.CutPrefix(name, module)
	switch {
	case ours && h.known[dir] != nil:
		return h.known[dir].pkg, nil
	case ours:
		return h.check(dir)
	case strings.Contains(strings.Split(name, "/")[0], "."):
		return nil, fs.ErrNotExist
	}
	return standardLibrary().Import(name)
}

func (h *typed) check(dir string) (*types.Package, error) {
	p := &typedPackage{files: map[string]*ast.File{}, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
		Defs: map[*ast.Ident]types.Object{},
	}}
	names, err := fs.Glob(h.root, path.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := fs.ReadFile(h.root, name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(h.fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		p.files[name] = f
	}
	check := types.Config{Importer: h, Error: func(error) {}} // the compiler says what is wrong
	p.pkg, _ = check.Check(module+dir, h.fset, files, p.info)
	h.known[dir] = p
	return p.pkg, nil
}

// lookup is a named type of a package.
func (h *typed) lookup(dir, name string) types.Type {
	h.t.Helper()
	p := h.known[dir]
	if p == nil || p.pkg.Scope().Lookup(name) == nil {
		h.t.Fatalf("no %s in %s", name, dir)
	}
	return p.pkg.Scope().Lookup(name).Type()
}

// constants are a type's own, by name, as a package declares them in some files.
func (h *typed) constants(of types.Type, in []string) map[string]*types.Const {
	out := map[string]*types.Const{}
	for _, name := range in {
		p := h.known[path.Dir(name)]
		if p == nil || p.files[name] == nil {
			h.t.Fatalf("no file %s", name)
		}
		ast.Inspect(p.files[name], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if c, ok := p.info.Defs[id].(*types.Const); ok && types.Identical(c.Type(), of) {
					out[c.Name()] = c
				}
			}
			return true
		})
	}
	return out
}

// used are the constants of a type that a file names.
func (h *typed) used(of types.Type, in string) map[types.Object]bool {
	out := map[types.Object]bool{}
	p := h.known[path.Dir(in)]
	if p == nil || p.files[in] == nil {
		h.t.Fatalf("no file %s", in)
	}
	ast.Inspect(p.files[in], func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if c, ok := p.info.Uses[id].(*types.Const); ok && types.Identical(c.Type(), of) {
				out[c] = true
			}
		}
		return true
	})
	return out
}

// each visits the files in the order of their names.
func (h *typed) each(do func(name string, f *ast.File, info *types.Info)) {
	var names []string
	for _, p := range h.known {
		for name := range p.files {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		p := h.known[path.Dir(name)]
		do(name, p.files[name], p.info)
	}
}
