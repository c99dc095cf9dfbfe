package httpd

import (
	"testing"

	"svilpe/internal/locale"
	"svilpe/web"
)

// What a file is called decides before what its sender says that it is, and
// every kind has words.
func TestFileKinds(t *testing.T) {
	for _, file := range []struct{ name, media, want string }{
		{"līgums.PDF", "application/octet-stream", "files.kind.pdf"},
		{"rīkojums.edoc", "application/zip", "files.kind.signed"},
		{"skenēts", "image/png", "files.kind.picture"},
		{"skenēts", "application/pdf", "files.kind.pdf"},
		{"tāme.final.xlsx", "", "files.kind.sheet"},
		{"bez gala", "application/octet-stream", "files.kind.other"},
		{"pdf", "", "files.kind.other"},
		{"program.exe", "application/x-msdownload", "files.kind.other"},
		{"lapa.html", "text/html", "files.kind.text"},
	} {
		if got := fileKind(file.name, file.media); got != file.want {
			t.Errorf("%s (%s): %s, want %s", file.name, file.media, got, file.want)
		}
	}
	texts, err := locale.Load(web.Locale())
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"files.kind.other"}
	for key := range fileEnds {
		keys = append(keys, key)
	}
	for _, key := range keys {
		if _, ok := texts.Has(key); !ok {
			t.Errorf("no text %s", key)
		}
	}
}
