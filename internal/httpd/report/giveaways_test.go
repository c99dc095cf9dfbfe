package report_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// photo is a picture with an author written in it.
func photo(t *testing.T) upload {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil))
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x3b\x00\x02\x00\x00\x00\x04Anna\x00\x00\x00\x00"
	segment := "\xff\xe1" + string(binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))) + exif
	return upload{"foto.jpg", "text/plain", b.String()[:2] + segment + b.String()[2:]}
}

const revealing = told + " To zināju tikai es. Zvaniet 26 123 456 vai +371 67001122.\r\n\r\nAr cieņu,\r\nZane Sentinele"

// The check page names what gives the writer away, beside where it stands, and
// leads back to it. It goes on from page to page, and into nothing else.
func TestTheCheckPageNamesGiveaways(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	filled := b.fill().with("description", revealing).with("when", "Jautājiet zane@pasts.lv").with("step", "check")
	all := []string{
		"Kas varētu Jūs atklāt", "Norāde uz vienu cilvēku", "„tikai es”", "„26 123 456”", "„+371 67001122”",
		"„Ar cieņu, Zane Sentinele”", "„zane@pasts.lv”",
		"Autors attēla failā – foto.jpg", `formaction="/report#description-field"`, `formaction="/report#when-field"`,
		`formaction="/report#s_files"`,
	}
	check := b.postMultipart("/report", filled, photo(t), upload{"plain.txt", "text/plain", "x"}).is(200).has(all...)
	check.hasNot("Neatradām", "Vieta attēla failā")

	form := b.post("/report", check.form().with("step", "edit")).is(200).
		has(`id="description-field"`, `id="when-field"`, `id="s_files"`).hasNot("Autors attēla failā")
	again := b.postMultipart("/report", form.form().with("step", "check"), upload{"more.txt", "text/plain", "x"}).
		is(200).has(all...)
	b.post("/report", again.form().with("lang_switch", "ru")).is(200).
		has("Что может Вас выдать", "«tikai es»", "Автор в файле изображения – foto.jpg")
	b.post("/report", again.form().with("lang_switch", "lv")).is(200)

	d.holdsNothingOf(t, "file_author", "Sentinele", "26 123 456", "zane@pasts")
	kept := again.form().get("keep")
	without := b.post("/report", b.post("/report", again.form().with("step", "edit")).form().with("keep").
		with("step", "check")).is(200)
	without.hasNot("Autors attēla failā")
	if kept == "" || without.form().get("found") != "" {
		t.Error("what was found in a file stays when the file is gone")
	}
	b.post("/report", b.postMultipart("/report", without.form().with("step", "check"), photo(t)).is(200).form().
		with("step", "file")).is(200)
	d.holdsNothingOf(t, "file_author", "Sentinele", "26 123 456", "zane@pasts")
	if d.logged.Len() != 0 {
		t.Errorf("logged:\n%s", d.logged)
	}
}

// holdsNothingOf reads every file that the installation wrote.
func (d *door) holdsNothingOf(t *testing.T, words ...string) {
	t.Helper()
	read := 0
	must(t, filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		read++
		for _, w := range words {
			if bytes.Contains(body, []byte(w)) {
				t.Errorf("%s holds %q", filepath.Base(path), w)
			}
		}
		return err
	}))
	if read == 0 {
		t.Error("nothing was written")
	}
}

// A page with nothing to name says so calmly, and that it cannot see all.
func TestACleanReportIsToldCalmly(t *testing.T) {
	b := open(t, 2).browser()
	check := b.postMultipart("/report", b.fill().with("when", "2026-11-22").with("step", "check"),
		upload{"foto.jpg", "image/jpeg", "x"}).is(200)
	check.has("Neatradām", "Visu pamanīt nevaram").hasNot("Atradām vietas")
	if check.form().get("found") != "" {
		t.Error("nothing was found and something is carried")
	}
}

// Many findings are counted, not listed; equal ones are said once.
func TestManyGiveawaysAreCounted(t *testing.T) {
	b := open(t, 2).browser()
	text := strings.Repeat("a@pasts.lv ", 50)
	for i := range 20 {
		text += string(rune('b'+i)) + "@pasts.lv "
	}
	check := b.postMultipart("/report", b.fill().with("description", text).with("step", "check")).
		is(200).has("Un vēl 9 vietas.")
	if n := strings.Count(check.body, `formaction="/report#description-field"`); n != 12 {
		t.Errorf("%d findings are listed", n)
	}
}

// What is found is shown as text, not read as markup.
func TestGiveawaysAreEscaped(t *testing.T) {
	b := open(t, 2).browser()
	check := b.postMultipart("/report",
		b.fill().with("description", "Paldies.\nAr cieņu,\n<script>Anna").with("step", "check"),
		upload{"<b>.jpg", "image/jpeg", photo(t).content}).is(200)
	if strings.Contains(check.body, "<script>") || strings.Contains(check.body, "<b>") {
		t.Error("markup of the writer stands in the page")
	}
}

// No page of ours says these.
func TestForgedFindings(t *testing.T) {
	b := open(t, 2).browser()
	check := b.postMultipart("/report", b.fill().with("step", "check"), photo(t)).is(200).form()
	if check.get("found") == "" {
		t.Fatal("nothing was found")
	}
	for _, forged := range []string{
		"x", check.get("found") + " ", check.get("keep") + ":email", "other:file_author", "file_author",
	} {
		b.quiet(t, "/report", urlencoded, check.with("found", forged).with("step", "check").values().Encode())
	}
}
