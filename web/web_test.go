package web_test

import (
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"svilpe/web"
)

func sheet(t *testing.T) string {
	t.Helper()
	data, err := fs.ReadFile(web.Static(), "svilpe.css")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSheetIsAlone(t *testing.T) {
	css := sheet(t)
	for _, never := range []string{"url(", "@import", "@font-face", "animation", "transition", "http"} {
		if strings.Contains(css, never) {
			t.Errorf("the sheet holds %q", never)
		}
	}
	if strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("braces do not match")
	}
}

var declared = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6});`)

// palettes reads the colour tokens: light from the first :root, dark laid over
// it from the one below prefers-color-scheme.
func palettes(t *testing.T) map[string]map[string]string {
	t.Helper()
	css := sheet(t)
	dark := strings.Index(css, "prefers-color-scheme: dark")
	end := dark + strings.Index(css[dark:], "\n}")
	light, night := map[string]string{}, map[string]string{}
	for _, m := range declared.FindAllStringSubmatch(css[:dark], -1) {
		light[m[1]], night[m[1]] = m[2], m[2]
	}
	for _, m := range declared.FindAllStringSubmatch(css[dark:end], -1) {
		night[m[1]] = m[2]
	}
	for name, colour := range light {
		if night[name] == colour {
			t.Errorf("--%s is not tuned for the dark", name)
		}
	}
	return map[string]map[string]string{"light": light, "dark": night}
}

// Text 4.5:1 (WCAG 2.2, 1.4.3), controls and focus 3:1 (1.4.11).
func TestContrast(t *testing.T) {
	text := map[string][]string{
		"ink":       {"ground", "paper", "soft", "info-bg", "done-bg", "due-bg", "over-bg"},
		"muted":     {"ground", "paper", "soft", "info-bg", "done-bg", "due-bg", "over-bg"},
		"link":      {"ground", "paper", "soft", "info-bg", "done-bg", "due-bg", "over-bg"},
		"accent":    {"ground", "paper"},
		"on-accent": {"accent", "accent-deep"},
		"done":      {"done-bg", "ground", "paper"},
		"due":       {"due-bg", "ground", "paper"},
		"over":      {"over-bg", "ground", "paper"},
	}
	controls := map[string][]string{
		"edge":        {"ground", "paper", "info-bg", "soft"},
		"focus":       {"ground", "paper", "soft", "info-bg", "done-bg", "due-bg", "over-bg"},
		"accent":      {"info-bg", "ground", "paper"},
		"accent-deep": {"ground", "paper"},
		"done":        {"ground", "paper"},
		"due":         {"ground", "paper"},
		"over":        {"ground", "paper"},
	}
	paired := map[string]bool{"line": true} // parts what stands apart without it
	for _, pairs := range []map[string][]string{text, controls} {
		for fore, grounds := range pairs {
			paired[fore] = true
			for _, ground := range grounds {
				paired[ground] = true
			}
		}
	}
	for mood, colours := range palettes(t) {
		for name := range colours {
			if !paired[name] {
				t.Errorf("%s: --%s is in no pair: say what it stands on", mood, name)
			}
		}
		for least, pairs := range map[float64]map[string][]string{4.5: text, 3: controls} {
			for fore, grounds := range pairs {
				for _, ground := range grounds {
					a, b := colours[fore], colours[ground]
					if a == "" || b == "" {
						t.Fatalf("no colour --%s or --%s", fore, ground)
					}
					if c := contrast(t, a, b); c < least {
						t.Errorf("%s: --%s on --%s is %.2f, want %.1f", mood, fore, ground, c, least)
					}
				}
			}
		}
	}
}

// contrast is WCAG's ratio of relative luminances.
func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil || len(colour) != 7 {
		t.Fatalf("colour %s", colour)
	}
	channel := func(shift uint) float64 {
		c := float64(v>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

// module is the one script, named once, in the layout.
const module = `<script type="module" src="{{asset "svilpe.js"}}"></script>`

// The module keeps nothing, makes no markup of strings and asks nobody else.
func TestModuleStaysComfort(t *testing.T) {
	data, err := fs.ReadFile(web.Static(), "svilpe.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"localStorage", "sessionStorage", "indexedDB", "caches",
		"document.cookie", "serviceWorker",
		"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "import", "http:",
		"https:", "sendBeacon", "WebSocket"} {
		if strings.Contains(string(data), never) {
			t.Errorf("the module holds %q", never)
		}
	}
	if len(data) >= 9_000 {
		t.Errorf("%d bytes", len(data))
	}
}

// No template brings what the policy forbids or the reporter would not want:
// script, inline style, or anything from elsewhere.
func TestTemplatesBringNothingIn(t *testing.T) {
	err := fs.WalkDir(web.Templates(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(web.Templates(), name)
		if err != nil {
			return err
		}
		for _, never := range []string{
			"<script", "style=", "<style", " onclick", " onload", "<iframe", "javascript:", "src=\"http",
		} {
			if strings.Contains(strings.ToLower(strings.Replace(string(data), module, "", 1)), never) {
				t.Errorf("%s holds %q", name, never)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
