package floors_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "svilpe/"

// floor gives every package its storey. A new package must be added here, so
// the question "where does it belong?" is asked once, in review. A row whose
// package does not exist reserves the place and checks nothing.
var floor = map[string]int{
	"internal/ethics": -1, // the words of the field, that all speak
	"web":             0, "internal/token": 0, "internal/derive": 0, "internal/payload": 0,
	"internal/locale": 0, "internal/config": 0, "internal/floors": 0, "internal/giveaway": 0, "internal/casefile": 0,
	"internal/seal": 1, "internal/unseal": 1, "internal/audit": 1, "internal/policy": 1,
	"internal/appoint": 1, "internal/secret": 1, "internal/scrub": 1,
	"internal/record": 2, "internal/routing": 2, "internal/vault": 2, "internal/keyring": 2,
	"internal/verdict": 2, "internal/store": 3, "internal/verify": 4, "internal/store/storetest": 5,
	"internal/intake": 5, "internal/dialogue": 5, "internal/casework": 5, "internal/registry": 5,
	"internal/insight": 5, "internal/auth": 5, "internal/notify": 5, "internal/retention": 5,
	"internal/httpd":        6,
	"internal/httpd/report": 7, "internal/httpd/mycase": 7, "internal/httpd/member": 7, "internal/httpd/admin": 7,
	"internal/httpd/help": 7,
	"internal/demo":       8,
	"cmd/svilpe":          9, "cmd/svilpe-verify": 9,
}

// never lists what a package must not reach, even through others.
var never = map[string][]string{
	"internal/intake":       {"internal/unseal", "internal/casework"},
	"internal/httpd":        {"internal/unseal", "internal/casework"},
	"internal/httpd/report": {"internal/unseal", "internal/casework"},
	"internal/dialogue":     {"internal/casework"},
	"internal/httpd/mycase": {"internal/casework"},
	"internal/store":        {"internal/seal", "internal/unseal"},
	"internal/record":       {"internal/seal", "internal/unseal"},
	"internal/verify":       {"internal/seal", "internal/unseal"},
}

// only lists who may import a package at all. A name ending in a slash stands
// for everything below it. Packages of others cover their sub-packages too.
var only = map[string][]string{
	"svilpe/internal/unseal":      {"internal/dialogue", "internal/casework", "internal/registry", "cmd/svilpe"},
	"github.com/labstack/echo/v4": {"internal/httpd", "internal/httpd/"},
	"github.com/rickar/cal/v2":    {"internal/policy"},
	"github.com/mattn/go-sqlite3": {"internal/store"},
	"github.com/pressly/goose/v3": {"internal/store"},
	"database/sql":                {"internal/store", "internal/store/storetest"},
	"math/rand":                   {},
	"golang.org/x/crypto/argon2":  {"internal/secret"},
	"codeberg.org/go-pdf/fpdf":    {"internal/casefile"},
	"golang.org/x/mod/sumdb/tlog": {
		"internal/audit", "internal/store", "internal/store/storetest", "internal/verify", "internal/verdict",
	},
	"github.com/chromedp/chromedp": {},
}

// standard lists the packages that import the standard library alone: the
// field's own words and formats depend on nobody's release.
var standard = []string{"internal/ethics", "internal/payload", "internal/giveaway"}

// decrypters may name age.Decrypt… in their source.
var decrypters = []string{"internal/unseal"}

// rawReaders may read rows that nobody held against the log. Everybody else reads
// through the checked view, store.ReadTx.
var rawReaders = []string{"internal/store", "internal/verify", "internal/store/storetest"}

// pkg is what one package directory's non-test files say.
type pkg struct {
	imports  []string // import paths as written
	decrypts bool     // names a function of age that opens
	raw      bool     // names the unchecked view of package store
}

func TestTheHouseStands(t *testing.T) {
	house := read(t, os.DirFS("../.."))
	if len(house) < 2 {
		t.Fatal("read no packages: the test would pass without checking anything")
	}
	for _, v := range violations(house) {
		t.Error(v)
	}
}

// violations applies every rule of this file to a house.
func violations(house map[string]pkg) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for dir, p := range house {
		from, ok := floor[dir]
		if !ok {
			say("%s has no floor: add it to the table", dir)
		}
		for _, imp := range p.imports {
			if to, ours := strings.CutPrefix(imp, module); ours && ok && floor[to] >= from {
				say("%s (floor %d) imports %s (floor %d): imports must point down", dir, from, to, floor[to])
			}
			if slices.Contains(standard, dir) &&
				(strings.HasPrefix(imp, module) || strings.Contains(strings.Split(imp, "/")[0], ".")) {
				say("%s imports %s: the standard library only", dir, imp)
			}
			for kept, who := range only {
				if (imp == kept || strings.HasPrefix(imp, kept+"/")) && !listed(who, dir) {
					say("%s imports %s: only %v may", dir, imp, who)
				}
			}
		}
		if p.decrypts && !slices.Contains(decrypters, dir) {
			say("%s names age.Decrypt: only %v may", dir, decrypters)
		}
		if p.raw && !slices.Contains(rawReaders, dir) {
			say("%s reads rows that nobody held against the log: only %v may", dir, rawReaders)
		}
		for _, banned := range never[dir] {
			if way := reach(house, dir, banned); way != nil {
				say("%s reaches %s: %s", dir, banned, strings.Join(way, " → "))
			}
		}
	}
	slices.Sort(found)
	return found
}

// listed says whether dir is in the list or below an entry that ends in a slash.
func listed(list []string, dir string) bool {
	return slices.ContainsFunc(list, func(l string) bool {
		return l == dir || strings.HasSuffix(l, "/") && strings.HasPrefix(dir, l)
	})
}

// reach returns a shortest chain of imports that leads from one package to
// another, or nil.
func reach(house map[string]pkg, from, to string) []string {
	seen := map[string]bool{from: true}
	for queue := [][]string{{from}}; len(queue) > 0; queue = queue[1:] {
		way := queue[0]
		last := way[len(way)-1]
		if last == to {
			return way
		}
		for _, imp := range house[last].imports {
			if next, ours := strings.CutPrefix(imp, module); ours && !seen[next] {
				seen[next] = true
				queue = append(queue, append(slices.Clone(way), next))
			}
		}
	}
	return nil
}

// read parses the non-test files of every package below root.
func read(t *testing.T, root fs.FS) map[string]pkg {
	t.Helper()
	house := map[string]pkg{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if hidden := strings.HasPrefix(d.Name(), ".") && name != "."; d.IsDir() && (hidden || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		p := house[dir]
		for _, spec := range f.Imports {
			p.imports = append(p.imports, strings.Trim(spec.Path.Value, `"`))
		}
		p.decrypts = p.decrypts || namesDecrypt(f)
		p.raw = p.raw || namesRaw(f)
		house[dir] = p
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return house
}

// namesDecrypt says whether a file names a function of package age that opens
// a file, under whatever name it imports age.
func namesDecrypt(f *ast.File) bool {
	local := ""
	for _, spec := range f.Imports {
		if spec.Path.Value == `"filippo.io/age"` {
			if local = "age"; spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	if local == "." {
		return true // a dot import hides what is called
	}
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && local != "" {
			x, ok := sel.X.(*ast.Ident)
			found = found || ok && x.Name == local &&
				(strings.HasPrefix(sel.Sel.Name, "Decrypt") || sel.Sel.Name == "NewInjectedFileKeyIdentity")
		}
		return !found
	})
	return found
}

// namesRaw says whether a file names the unchecked view of package store, or opens
// it: a selector Raw of anything, since no other type here has one.
func namesRaw(f *ast.File) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Raw" {
			found = true
		}
		return !found
	})
	return found
}
