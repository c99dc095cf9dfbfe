package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	mdLink = regexp.MustCompile(`(!?)\[([^\]]*)\]\(([^)\s]+)\)`)
	// The README sets three pictures beside each other, which Markdown cannot.
	mdImage = regexp.MustCompile(`<img src="([^"]+)" width="\d+" alt="([^"]*)">`)
)

// TestDocumentsLeadSomewhere: every file that a document names is there, and
// every picture says what it shows and is small.
func TestDocumentsLeadSomewhere(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	must(t, err)
	more, err := filepath.Glob(filepath.Join(root, "docs", "adr", "*.md"))
	must(t, err)
	files = append(append(files, more...), filepath.Join(root, "README.md"), filepath.Join(root, "keys", "README.md"))
	pictures := map[string]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		text := mdImage.ReplaceAllString(string(raw), "![$2]($1)")
		for _, m := range mdLink.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(m[3], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			path := filepath.Join(filepath.Dir(file), filepath.FromSlash(target))
			info, err := os.Stat(path)
			if err != nil {
				t.Errorf("%s: %s is not there", file, target)
				continue
			}
			if m[1] == "!" {
				pictures[filepath.Base(path)] = true
				if m[2] == "" || info.Size() >= 60_000 {
					t.Errorf("%s: %s, %d bytes, shows %q", file, target, info.Size(), m[2])
				}
			}
		}
	}
	drawn, err := filepath.Glob(filepath.Join(root, "docs", "img", "*"))
	must(t, err)
	for _, file := range drawn {
		if !pictures[filepath.Base(file)] {
			t.Errorf("%s is in no document", file)
		}
	}
}
