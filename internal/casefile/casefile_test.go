package casefile_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"svilpe/internal/casefile"
)

const letters = "Ziņojums: āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ. Сообщение: ёъыэ. Қазақша: әғқңөұүһі ӘҒҚҢӨҰҮҺІ."

func document() casefile.Document {
	d := casefile.Document{
		Title: "Lieta AB-1", Lang: "lv", Mark: "Ierobežotas pieejamības informācija",
		Page: func(n, of int) string { return fmt.Sprintf("%d/%d", n, of) },
		Blocks: []casefile.Block{
			{Kind: casefile.Heading, Text: "Ziņojums"}, {Kind: casefile.Fact, Term: "Kas notika?", Text: letters},
			{Text: "viens\n\n- divi\n- trīs\x00\x07 \U0001F600 \xff"},
		},
	}
	for n := range 120 {
		d.Blocks = append(d.Blocks, casefile.Block{Text: fmt.Sprintf("rinda %d", n)})
	}
	return d
}

// text is what a reader's program finds in a PDF.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal("pdftotext (Debian poppler-utils): ", err)
	}
	return string(out)
}

// Every letter of the four languages is found again, the mark and the number
// stand on every page, and neither moment nor machine is told.
func TestPDFCanBeReadAndTellsNothingElse(t *testing.T) {
	pdf, err := document().PDF()
	if err != nil {
		t.Fatal(err)
	}
	again, err := document().PDF()
	if err != nil || !bytes.Equal(pdf, again) {
		t.Error("the same document gave other bytes", err)
	}
	out := text(t, pdf)
	for _, word := range strings.Fields(letters) {
		if !strings.Contains(out, word) {
			t.Errorf("%q is lost", word)
		}
	}
	pages := strings.Split(strings.TrimRight(out, "\f\n"), "\f")
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	for n, page := range pages {
		if !strings.Contains(page, "Ierobežotas pieejamības informācija") ||
			!strings.Contains(page, fmt.Sprintf("%d/%d", n+1, len(pages))) {
			t.Errorf("page %d lacks its mark or number", n+1)
		}
	}
	if !strings.Contains(out, "• divi") || strings.ContainsAny(out, "\x00\x07") {
		t.Error("a list, or what cannot be shown")
	}
	for _, there := range []string{"/Lang", "/Title", "/FontFile2", "/ToUnicode"} {
		if !bytes.Contains(pdf, []byte(there)) {
			t.Errorf("the file lacks %s", there)
		}
	}
	for _, told := range []string{
		"/JavaScript", "/Launch", "/Encrypt", "FPDF", "fpdf", "D:202", "/Author", "/Creator ",
	} {
		if bytes.Contains(pdf, []byte(told)) {
			t.Errorf("the file tells %q", told)
		}
	}
}

// An archive opens with the key of whom it is for and holds every part, whole.
func TestArchiveOpensForItsRecipient(t *testing.T) {
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for recipient, id := range map[string]age.Identity{
		hybrid.Recipient().String(): hybrid, classic.Recipient().String(): classic,
	} {
		to, err := casefile.Recipient(" " + recipient + "\n")
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		part := func(name, body string) casefile.Part {
			return casefile.Part{Name: name, Size: int64(len(body)), Open: func() (io.Reader, error) {
				return strings.NewReader(body), nil
			}}
		}
		if err := casefile.Archive(&out, to,
			[]casefile.Part{part("case.json", "{}"), part(casefile.FileName(1, `..\..\ā.txt`), "SENTINEL")},
			never); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out.Bytes(), []byte("SENTINEL")) {
			t.Error("the archive lies open")
		}
		r, err := age.Decrypt(&out, id)
		if err != nil {
			t.Fatal(err)
		}
		all, names := tar.NewReader(r), ""
		for {
			h, err := all.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(all)
			names += h.Name + "=" + string(body) + ";"
			if h.Uname != "" || h.ModTime.Unix() != 0 {
				t.Error("a part tells whose it was, or when")
			}
		}
		if names != "case.json={};files/01-ā.txt=SENTINEL;" {
			t.Error(names)
		}
	}
	for _, wrong := range []string{"", "age1", "age1pq1x", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA"} {
		if _, err := casefile.Recipient(wrong); !errors.Is(err, casefile.ErrRecipient) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// A file that is shorter than its message says breaks the archive off.
func TestArchiveOfASpoiltFileFails(t *testing.T) {
	id, _ := age.GenerateHybridIdentity()
	spoilt := casefile.Part{Name: "x", Size: 5, Open: func() (io.Reader, error) {
		return strings.NewReader("abc"), nil
	}}
	if err := casefile.Archive(io.Discard, id.Recipient(), []casefile.Part{spoilt}, never); err == nil {
		t.Error("written as if whole")
	}
}

// A file of a package is told by its number and what a computer needs to open it.
func TestAFileOfAPackageHasNoName(t *testing.T) {
	for name, want := range map[string]string{
		"Anna Bērziņa.PDF": "files/07.pdf", "tar.GZ": "files/07.gz", "Anna": "files/07",
		"x.Bērziņa": "files/07", "x.berzina": "files/07",
		"": "files/07", `a/b\..`: "files/07", "x.p\x00f": "files/07", "x.a/b": "files/07",
	} {
		if got := casefile.Unnamed(7, name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func never(error) bool { return false }
