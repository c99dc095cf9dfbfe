package httpd

import (
	"io/fs"
	"strings"
	"testing"

	"svilpe/web"
)

// The module as it is sent holds no remark, and every statement: its braces and
// addresses are those of the source.
func TestModuleIsSentLight(t *testing.T) {
	all, err := loadAssets(web.Static())
	if err != nil {
		t.Fatal(err)
	}
	source, err := fs.ReadFile(web.Static(), "svilpe.js")
	if err != nil {
		t.Fatal(err)
	}
	sent := string(all["svilpe.js"].data)
	for line := range strings.Lines(sent) {
		if strings.HasPrefix(line, "//") || strings.TrimSpace(line) == "" {
			t.Errorf("a remark is sent: %q", line)
		}
	}
	for _, mark := range []string{"{", "}", "(", "=>", "`"} {
		if strings.Count(sent, mark) < strings.Count(withoutRemarks(string(source)), mark) {
			t.Errorf("the module sent has fewer %s", mark)
		}
	}
	if len(sent) >= len(source) {
		t.Error("the module is sent as it was written")
	}
}

// withoutRemarks reads line by line what the pattern does at once.
func withoutRemarks(source string) string {
	var kept strings.Builder
	for line := range strings.Lines(source) {
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// The sheet as it is sent is under 20 kB and means what the source means: no
// comment, every rule, the words in quotes untouched.
func TestSheetIsSentLight(t *testing.T) {
	all, err := loadAssets(web.Static())
	if err != nil {
		t.Fatal(err)
	}
	sent := string(all["svilpe.css"].data)
	if len(sent) >= 20_000 {
		t.Errorf("%d bytes, want less than 20 kB", len(sent))
	}
	source, err := fs.ReadFile(web.Static(), "svilpe.css")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(sent, "/*") || strings.Count(sent, "}") != strings.Count(string(source), "}") ||
		!strings.Contains(sent, `attr(data-head) ": "`) {
		t.Error("the sheet sent is not the sheet written")
	}
}
