package httpd

import (
	"io/fs"
	"strings"
	"testing"

	"svilpe/web"
)

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
	if strings.Contains(sent, "/*") || strings.Count(sent, "}") != strings.Count(string(source), "}") || !strings.Contains(sent, `attr(data-head) ": "`) {
		t.Error("the sheet sent is not the sheet written")
	}
}
