package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFailsClosed: without its keys, or with founders that do not verify, the
// program answers every page with 503 in calm words, and /healthz and the style
// sheet as ever. Nothing of what it holds is shown.
func TestFailsClosed(t *testing.T) {
	for name, spoil := range map[string]func(keys string) error{
		"no pepper":  func(keys string) error { return os.Remove(filepath.Join(keys, "pepper")) },
		"no log key": func(keys string) error { return os.Remove(filepath.Join(keys, "log.key")) },
		"other founders": func(keys string) error {
			return os.WriteFile(filepath.Join(keys, "founders"), []byte(strings.Repeat("ab", 32)+"\n"), 0o600)
		},
		"no founders": func(keys string) error { return os.Remove(filepath.Join(keys, "founders")) },
	} {
		t.Run(name, func(t *testing.T) {
			cfg, _ := founded(t, t.TempDir())
			must(t, spoil(cfg.Paths.Keys))
			p := serving(t, cfg)
			for _, path := range []string{
				"/", "/report", "/status", "/about", "/log/key", "/desk", "/desk/sign-in",
				"/desk/founding", "/desk/enrol",
			} {
				res, err := http.Get(p.base + path)
				must(t, err)
				body, err := io.ReadAll(res.Body)
				must(t, err)
				must(t, res.Body.Close())
				if res.StatusCode != http.StatusServiceUnavailable || strings.Contains(string(body), "<form") {
					t.Errorf("%s answers %d", path, res.StatusCode)
				}
			}
			if !strings.Contains(p.out.String(), `"level":"ERROR"`) {
				t.Error("the operator is not told why")
			}
		})
	}
}
