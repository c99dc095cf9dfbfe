package report

import (
	"errors"
	"strings"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// The line a page carries for a received file reads back as it was, whatever
// the file is called; what no page of ours says is refused.
func TestFileField(t *testing.T) {
	for _, f := range []ethics.File{
		{ID: "1", Name: "a|b|c.pdf", Type: "application/pdf", Size: 0},
		{ID: "2", Name: " līgums (2).docx", Type: "application/octet-stream", Size: 1 << 40},
	} {
		got, err := readFileField(f.ID, fileField(f))
		if err != nil || got.Name != f.Name || got.Type != f.Type || got.Size != f.Size || got.ID != f.ID {
			t.Errorf("a file did not read back: %v", err)
		}
	}
	for _, bad := range []string{"", "1|a/b", "1|a/b|", "x|a/b|n", "-1|a/b|n", "+1|a/b|n", "01|a/b|n", "1|nonsense|n", "1|A/B|n", "1|a/b; q=1|n", "1|a/b|" + strings.Repeat("n", 256)} {
		if _, err := readFileField("id", bad); !errors.Is(err, httpd.ErrMalformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzFileField(f *testing.F) {
	f.Add("12|application/pdf|a.pdf")
	f.Add("0|a/b|x|y")
	f.Fuzz(func(t *testing.T, value string) {
		file, err := readFileField("id", value)
		if err != nil {
			if !errors.Is(err, httpd.ErrMalformed) {
				t.Fatal("another error than malformed")
			}
			return
		}
		if file.Size < 0 || file.Name == "" || fileField(file) != value {
			t.Fatalf("%q is not what it reads as", value)
		}
	})
}
