package config_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/config"
)

func TestDefaultsAreGood(t *testing.T) {
	got, err := config.Load(config.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), got); diff != "" {
		t.Error(diff)
	}
}

// Flag over environment over file over default.
func TestTheStrongestSourceWins(t *testing.T) {
	toml := write(t, `
[site]
name = "Rēzeknes dome"
languages = ["lv", "ru"]
[limits]
file_mb = 1
report_mb = 1
files = 1
[session]
reporter_idle = "5m"
`)
	got, err := config.Load(config.Sources{
		File: toml,
		Environ: []string{
			"SVILPE_LIMITS__FILE_MB=2", "SVILPE_LIMITS__REPORT_MB=2", "PATH=/bin", "SVILPE_SITE__LANGUAGES=kk,lv",
		},
		Flags: map[string]string{"limits.file_mb": "3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.Site.Name, want.Site.Languages = "Rēzeknes dome", []string{"kk", "lv"}
	want.Limits.FileMB, want.Limits.ReportMB, want.Limits.Files = 3, 2, 1
	want.Session.ReporterIdle = 5 * time.Minute
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownKeyIsAnError(t *testing.T) {
	for name, s := range map[string]config.Sources{
		"file: unknown key limits.file_mg":        {File: write(t, "[limits]\nfile_mg = 5")},
		"file: unknown key colour":                {File: write(t, "colour = 'blue'")},
		"environment: unknown key limit.file_mb":  {Environ: []string{"SVILPE_LIMIT__FILE_MB=5"}},
		"environment: unknown key limits_file_mb": {Environ: []string{"SVILPE_LIMITS_FILE_MB=5"}},
		"flags: unknown key nothing":              {Flags: map[string]string{"nothing": "5"}},
	} {
		if _, err := config.Load(s); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
}

func TestBadSettingsAreNamedByTheirKey(t *testing.T) {
	for flag, key := range map[string]string{
		"site.public_url=http://ethics.example.lv":      "site.public_url",
		"site.public_url=https://ethics.example.lv/x":   "site.public_url",
		"site.public_url=https://a:b@ethics.example.lv": "site.public_url",
		"site.members_url=ftp://localhost":              "site.members_url",
		"site.leave_url=http://example.lv":              "site.leave_url",
		"site.languages=lv,de":                          "site.languages",
		"site.languages=lv,lv":                          "site.languages",
		"site.name= ":                                   "site.name",
		"listen.public=8080":                            "listen.public",
		"listen.public=":                                "listen.public",
		"listen.members=x":                              "listen.members",
		"tls.mode=on":                                   "tls.mode",
		"tls.mode=files":                                "tls.cert",
		"tls.mode=acme":                                 "tls.email",
		"limits.file_mb=0":                              "limits.file_mb",
		"limits.file_mb=many":                           "limits.file_mb",
		"session.reporter_idle=3h":                      "session.reporter_idle",
		"session.member_idle=soon":                      "session.member_idle",
		"login.tries=-1":                                "login.tries",
		"paths.keys=":                                   "paths.keys",
		"log.level=loud":                                "log.level",
	} {
		name, value, _ := strings.Cut(flag, "=")
		_, err := config.Load(config.Sources{Flags: map[string]string{name: value}})
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// Whether cookies are Secure follows from the address that visitors use.
func TestSecureFollowsTheAddress(t *testing.T) {
	for url, secure := range map[string]bool{
		"https://ethics.example.lv": true, "http://localhost:8080": false, "http://127.0.0.1": false,
		"http://[::1]:8080": false, "http://abcdefgh.onion": false, "https://abcdefgh.onion": true,
	} {
		c, err := config.Load(config.Sources{Flags: map[string]string{"site.public_url": url}})
		if err != nil {
			t.Errorf("%s: %v", url, err)
		}
		if c.Site.PublicSecure() != secure || c.Site.MembersSecure() != secure {
			t.Errorf("%s: secure %v", url, c.Site.PublicSecure())
		}
	}
}

func TestFileNamedMustExist(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "svilpe.toml")
	if _, err := config.Load(config.Sources{File: gone}); err != nil {
		t.Errorf("the customary file may be missing: %v", err)
	}
	if _, err := config.Load(config.Sources{File: gone, FileNamed: true}); err == nil {
		t.Error("a file asked for by name is missing, and nobody was told")
	}
	if _, err := config.Load(config.Sources{File: write(t, "limits = [")}); err == nil {
		t.Error("a broken file was taken")
	}
}

func TestMegabytesAre1024Squared(t *testing.T) {
	l := config.Default().Limits
	if l.FileBytes() != 100*1024*1024 || l.ReportBytes() != 250*1024*1024 || l.DraftsBytes() != 4*1024*1024*1024 {
		t.Errorf("%d %d %d", l.FileBytes(), l.ReportBytes(), l.DraftsBytes())
	}
}

// Every setting says on its field what it is.
func TestEverySettingIsDocumented(t *testing.T) {
	parsed, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	ast.Inspect(parsed, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Tag != nil {
			fields++
			if f.Doc == nil {
				t.Errorf("%s is not documented", f.Names[0])
			}
		}
		return true
	})
	if fields < 30 {
		t.Errorf("only %d settings seen", fields)
	}
	if !slices.Equal(config.Default().Site.Languages, []string{"lv", "en", "ru", "kk"}) {
		t.Error("languages offered by default")
	}
}

func write(t *testing.T, s string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "svilpe.toml")
	if err := os.WriteFile(name, []byte(s), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
