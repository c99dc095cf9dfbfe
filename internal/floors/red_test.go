package floors_test

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestEachRuleTurnsRed builds small houses with one fault each, so that a rule
// that stopped checking is noticed here and not in review.
func TestEachRuleTurnsRed(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string // package directory → its source
		want  string            // "" means the house is sound
	}{
		{"a sound house", map[string]string{
			"internal/ethics":   `import "time"`,
			"internal/unseal":   "import \"filippo.io/age\"\nvar _ = age.Decrypt",
			"internal/dialogue": `import "svilpe/internal/unseal"`,
		}, ""},
		{"a package nobody placed", map[string]string{
			"internal/helpers": ``,
		}, "internal/helpers has no floor"},
		{"an import that points up", map[string]string{
			"internal/seal": `import "svilpe/internal/intake"`,
		}, "internal/seal (floor 1) imports internal/intake (floor 5)"},
		{"an import on the same floor", map[string]string{
			"internal/seal": `import "svilpe/internal/audit"`,
		}, "imports internal/audit (floor 1): imports must point down"},
		{"filing that can open, two steps away", map[string]string{
			"internal/intake":  `import "svilpe/internal/routing"`,
			"internal/routing": `import "svilpe/internal/unseal"`,
		}, "internal/intake reaches internal/unseal: internal/intake → internal/routing → internal/unseal"},
		{"the reporter's return reaching members' work", map[string]string{
			"internal/httpd/mycase": `import "svilpe/internal/casework"`,
		}, "internal/httpd/mycase reaches internal/casework"},
		{"a store that can seal", map[string]string{
			"internal/store": `import "svilpe/internal/seal"`,
		}, "internal/store reaches internal/seal"},
		{"another importer of unseal", map[string]string{
			"internal/httpd/member": `import "svilpe/internal/unseal"`,
		}, "internal/httpd/member imports svilpe/internal/unseal: only"},
		{"a request below the doors", map[string]string{
			"internal/casework": `import "github.com/labstack/echo/v4/middleware"`,
		}, "internal/casework imports github.com/labstack/echo/v4/middleware: only"},
		{"a raw database above the store", map[string]string{
			"internal/auth": `import "database/sql"`,
		}, "internal/auth imports database/sql: only"},
		{"rows that nobody checked", map[string]string{
			"internal/casework": "var _ = s.Raw",
		}, "internal/casework reads rows that nobody held against the log"},
		{"guessable randomness", map[string]string{
			"internal/token": `import "math/rand/v2"`,
		}, "internal/token imports math/rand/v2: only [] may"},
		{"a field that leans on a library", map[string]string{
			"internal/ethics": `import "filippo.io/age"`,
		}, "internal/ethics imports filippo.io/age: the standard library only"},
		{"decryption under another name", map[string]string{
			"internal/derive": "import a \"filippo.io/age\"\nvar _ = a.Decrypt",
		}, "internal/derive names age.Decrypt"},
		{"decryption hidden by a dot import", map[string]string{
			"internal/derive": `import . "filippo.io/age"`,
		}, "internal/derive names age.Decrypt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := fstest.MapFS{}
			for dir, src := range c.files {
				root[dir+"/x.go"] = &fstest.MapFile{Data: []byte("package x\n" + src)}
			}
			got := strings.Join(violations(read(t, root)), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// TestTestsAreNotRead keeps test files out of the rules: they may import upward.
func TestTestsAreNotRead(t *testing.T) {
	root := fstest.MapFS{
		"internal/seal/seal.go":      {Data: []byte("package seal")},
		"internal/seal/seal_test.go": {Data: []byte("package seal\nimport \"svilpe/internal/unseal\"")},
	}
	if got := violations(read(t, root)); len(got) != 0 {
		t.Error(got)
	}
}
