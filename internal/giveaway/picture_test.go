package giveaway_test

import (
	"bytes"
	"compress/zlib"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/giveaway"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func plain(t testing.TB) (jpg, pic []byte) {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	var j, p bytes.Buffer
	must(t, jpeg.Encode(&j, img, nil))
	must(t, png.Encode(&p, img))
	return j.Bytes(), p.Bytes()
}

// segments puts JPEG segments behind SOI: marker and body each.
func segments(t testing.TB, all ...string) []byte {
	jpg, _ := plain(t)
	out := append([]byte{}, jpg[:2]...)
	for _, s := range all {
		out = append(out, 0xff, s[0])
		out = binary.BigEndian.AppendUint16(out, uint16(len(s)+1))
		out = append(out, s[1:]...)
	}
	return append(out, jpg[2:]...)
}

// chunks puts PNG chunks behind IHDR, or before IEND.
func chunks(t testing.TB, last bool, all ...string) []byte {
	_, pic := plain(t)
	at := 33
	if last {
		at = len(pic) - 12
	}
	out := append([]byte{}, pic[:at]...)
	for _, c := range all {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c)-4))
		out = append(out, c...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(c)))
	}
	return append(out, pic[at:]...)
}

type entry struct {
	tag, kind uint16
	value     []byte
}

// tiff writes a structure with one directory and, under the tag of the pointer,
// a second.
func tiff(order binary.AppendByteOrder, first []entry, pointer uint16, second []entry) string {
	mark := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM"
	}
	out := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	sizes := map[uint16]int{2: 1, 1: 1, 4: 4, 5: 8}
	write := func(dir []entry, next int) {
		at := len(out) + 2 + 12*(len(dir)+next) + 4
		out = order.AppendUint16(out, uint16(len(dir)+next))
		var heap []byte
		for _, e := range dir {
			out = order.AppendUint16(order.AppendUint16(out, e.tag), e.kind)
			out = order.AppendUint32(out, uint32(len(e.value)/sizes[e.kind]))
			if len(e.value) <= 4 {
				out = append(out, append(bytes.Clone(e.value), 0, 0, 0, 0)[:4]...)
				continue
			}
			out = order.AppendUint32(out, uint32(at+len(heap)))
			heap = append(heap, e.value...)
		}
		if next > 0 {
			out = order.AppendUint32(order.AppendUint16(order.AppendUint16(out, pointer), 4), 1)
			out = order.AppendUint32(out, uint32(at+len(heap)))
		}
		out = append(order.AppendUint32(out, 0), heap...)
	}
	if second == nil {
		write(first, 0)
		return string(out)
	}
	write(first, 1)
	write(second, 0)
	return string(out)
}

func angle(order binary.AppendByteOrder, parts ...uint32) (out []byte) {
	for _, p := range parts {
		out = order.AppendUint32(out, p)
	}
	return out
}

func gps(order binary.AppendByteOrder, parts ...uint32) string {
	return tiff(order, nil, 0x8825, []entry{{2, 5, angle(order, parts...)}, {4, 5, angle(order, parts...)}})
}

func text(tag uint16, value string) entry { return entry{tag, 2, []byte(value)} }

func packed(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.String()
}

func iptc(set byte, value string) string {
	data := "\x1c\x02\x00\x00\x02\x00\x04\x1c\x02" + string([]byte{set, 0, byte(len(value))}) + value
	return "\xedPhotoshop 3.0\x008BIM\x04\x25\x00\x00\x00\x00\x00\x03abc\x008BIM\x04\x04\x00\x00\x00\x00\x00" +
		string([]byte{byte(len(data))}) + data
}

type picture struct {
	name, want string
	data       []byte
}

func pictures(t testing.TB) []picture {
	big, little := binary.AppendByteOrder(binary.BigEndian), binary.AppendByteOrder(binary.LittleEndian)
	jpg, pic := plain(t)
	exif := func(s string) []byte { return segments(t, "\xe0JFIF\x00", "\xe1Exif\x00\x00"+s) }
	xmp := func(s string) []byte { return segments(t, "\xe1http://ns.adobe.com/xap/1.0/\x00"+s) }
	const a, p = "file_author", "file_place"
	return []picture{
		{"plain JPEG", "", jpg}, {"plain PNG", "", pic}, {"nothing", "", nil},
		{"text", "", []byte("GPSLatitude dc:creator")},
		{"artist", a, exif(tiff(big, []entry{text(0x13b, "Anna")}, 0, nil))},
		{"artist in four bytes", a, exif(tiff(little, []entry{text(0x13b, "An\x00")}, 0, nil))},
		{"blank artist", "", exif(tiff(little, []entry{text(0x13b, "      \x00")}, 0, nil))},
		{"copyright", a, exif(tiff(little, []entry{text(0x8298, "Anna Ozola\x00")}, 0, nil))},
		{"XPAuthor", a, exif(tiff(little, []entry{{0x9c9d, 1, []byte("A\x00n\x00\x00\x00")}}, 0, nil))},
		{
			"camera and model", "",
			exif(tiff(little, []entry{text(0x10f, "Canon\x00"), text(0x110, "EOS 5\x00")}, 0, nil)),
		},
		{"owner", a, exif(tiff(big, nil, 0x8769, []entry{text(0xa430, "Anna Ozola\x00")}))},
		{"serial number", a, exif(tiff(big, nil, 0x8769, []entry{text(0xa431, "0123456789\x00")}))},
		{"owner's tag among the first", "", exif(tiff(big, []entry{text(0xa430, "Anna Ozola\x00")}, 0, nil))},
		{"place", p, exif(gps(big, 56, 1, 57, 1, 12, 1))},
		{"place, little end", p, exif(gps(little, 56, 1, 57, 1, 12, 1))},
		{"no place known", "", exif(gps(little, 0, 0, 0, 0, 0, 0))},
		{"place zero", "", exif(gps(little, 0, 1, 0, 1, 0, 1))},
		{"GPS without a place", "", exif(tiff(big, nil, 0x8825, []entry{text(1, "N\x00")}))},
		{
			"ring", "",
			exif("II*\x00\x08\x00\x00\x00\x01\x00\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00\x08\x00\x00\x00"),
		},
		{"XMP", a + "+" +
			p,
			xmp(
				`<x><dc:creator><rdf:Seq><rdf:li>Anna</rdf:li></rdf:Seq></dc:creator><r ` +
					`exif:GPSLatitude="56,57N"/></x>`)},
		{
			"XMP of nobody", "",
			xmp(
				`<x><dc:creator><rdf:Seq><rdf:li/> </rdf:Seq></dc:creator><exif:GPSLatitude></exif:GPSLatitude><r ` +
					`photoshop:City=''/><dc:title>T</dc:title></x>`),
		},
		{"XMP of self-closed names", "", xmp(`<x><dc:creator/><xmp:Tool>T</xmp:Tool></x>`)},
		{"by-line", a, segments(t, iptc(80, "Anna"))}, {"city", p, segments(t, iptc(90, "Ozoli"))},
		{"caption", "", segments(t, iptc(120, "Anna"))},
		{"fill bytes", a, bytes.Replace(exif(tiff(big, []entry{text(0x13b, "Anna")}, 0, nil)), []byte("\xff\xe1"),
			[]byte("\xff\xff\xff\xe1"), 1)},
		{"after other metadata", a, segments(t, "\xe1http://ns.adobe.com/xap/1.0/\x00",
			"\xe2"+strings.Repeat("x", 60000), "\xe1Exif\x00\x00"+tiff(big, []entry{text(0x13b, "Anna")}, 0, nil))},
		{"beyond what is looked at", "",
			segments(t, "\xe1"+strings.Repeat("x", 65532), "\xe1"+strings.Repeat("x", 65532),
				"\xe1"+strings.Repeat("x", 65532), "\xe1"+strings.Repeat("x", 65532),
				"\xe1"+strings.Repeat("x", 65532), "\xe1Exif\x00\x00"+tiff(big, []entry{text(0x13b, "Anna")}, 0, nil))},
		{"beyond what is looked at of one piece", "", chunks(t, false,
			"tEXtAuthor\x00"+strings.Repeat(" ", 70_000)+"Anna")},
		{"tEXt", a, chunks(t, false, "tEXtAuthor\x00Anna")}, {"tEXt last", a, chunks(t, true, "tEXtcreator\x00Anna")},
		{"blank tEXt", "", chunks(t, true, "tEXtAuthor\x00 ", "tEXtAuthor")},
		{"other tEXt", "", chunks(t, true, "tEXtSoftware\x00Anna")},
		{"zTXt", a, chunks(t, false, "zTXtCopyright\x00\x00"+packed("Anna"))},
		{"broken zTXt", "", chunks(t, false, "zTXtCopyright\x00\x00zzz")},
		{"iTXt", a, chunks(t, false, "iTXtAuthor\x00\x00\x00lv\x00Autors\x00Anna")},
		{"packed iTXt", p, chunks(t, false, "iTXtXML:com.adobe.xmp\x00\x01\x00\x00\x00"+
			packed(`<r exif:GPSLatitude="56,57N"/>`))},
		{"eXIf", p, chunks(t, false, "eXIf"+gps(big, 56, 1, 57, 1, 12, 1))},
		{"eXIf behind a large chunk", p, chunks(t, false, "zTXt"+strings.Repeat("x", 200_000),
			"eXIf"+gps(big, 56, 1, 57, 1, 12, 1))},
	}
}

func look(t testing.TB, r io.Reader) string {
	t.Helper()
	var p giveaway.Picture
	_, err := io.Copy(&p, struct{ io.Reader }{r})
	must(t, err)
	return giveaway.JoinFileKinds(p.Found())
}

// Whatever the pieces a file comes in, the same is found, and what passes by is
// the file.
func TestPictures(t *testing.T) {
	for _, c := range pictures(t) {
		for name, pieces := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader {
				return r
			}, "bytes": iotest.OneByteReader, "halves": iotest.HalfReader, "random": ragged,
		} {
			if got := look(t, pieces(bytes.NewReader(c.data))); got != c.want {
				t.Errorf("%s in %s: %q, want %q", c.name, name, got, c.want)
			}
			var p giveaway.Picture
			if passed, err := io.ReadAll(io.TeeReader(pieces(bytes.NewReader(c.data)), &p)); err != nil ||
				!bytes.Equal(passed, c.data) {
				t.Errorf("%s in %s: passed on changed, %v", c.name, name, err)
			}
		}
	}
}

// ragged gives pieces of random length.
func ragged(r io.Reader) io.Reader { return raggedReader{r} }

type raggedReader struct{ io.Reader }

func (r raggedReader) Read(b []byte) (int, error) {
	var n [1]byte
	_, _ = rand.Read(n[:])
	return r.Reader.Read(b[:min(len(b), int(n[0])+1)])
}

// A file cut anywhere, or with any byte wrong, is taken whole and quietly.
func TestDamagedPictures(t *testing.T) {
	for _, c := range pictures(t) {
		for i := range min(len(c.data), 400) {
			look(t, bytes.NewReader(c.data[:i]))
			for _, b := range []byte{0, 0x7f, 0xff} {
				wrong := bytes.Clone(c.data)
				wrong[i] = b
				look(t, bytes.NewReader(wrong))
			}
		}
	}
}

// What is looked at is bounded, in one piece and altogether.
func TestPictureMemory(t *testing.T) {
	file := chunks(t, false, "tEXtA\x00"+strings.Repeat("x", 8<<20),
		"iTXtAuthor\x00\x01\x00\x00\x00"+packed(strings.Repeat(" ", 64<<20)))
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p giveaway.Picture
			_, _ = p.Write(file)
		}
	})
	if got := result.AllocedBytesPerOp(); got > 1<<20 {
		t.Errorf("%d bytes for one picture", got)
	}
}

func TestPictureIsRedacted(t *testing.T) {
	var p giveaway.Picture
	_, _ = p.Write([]byte("\xff\xd8\xff\xe1\x40\x00Exif\x00\x00sentinel"))
	if got := cmp.Diff("[redacted]", strings.TrimSpace(fmt.Sprintf("%+v", &p))); got != "" {
		t.Error(got)
	}
}

func FuzzPicture(f *testing.F) {
	for _, c := range pictures(f) {
		if len(c.data) < 4000 {
			f.Add(c.data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if whole, bytewise := look(t, bytes.NewReader(data)), look(t,
			iotest.OneByteReader(bytes.NewReader(data))); whole != bytewise {
			t.Fatalf("whole %q, byte by byte %q", whole, bytewise)
		}
	})
}

func BenchmarkPicture(b *testing.B) {
	file := append(segments(b, "\xe1Exif\x00\x00"+gps(binary.BigEndian, 56, 1, 57, 1, 12, 1)), make([]byte, 16<<20)...)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		var p giveaway.Picture
		for rest := file; len(rest) > 0; {
			n, _ := p.Write(rest[:min(32<<10, len(rest))])
			rest = rest[n:]
		}
	}
}

func BenchmarkPNGChunks(b *testing.B) {
	file := chunks(b, false, "IDAT"+strings.Repeat("x", 16<<20))
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		var p giveaway.Picture
		for rest := file; len(rest) > 0; {
			n, _ := p.Write(rest[:min(32<<10, len(rest))])
			rest = rest[n:]
		}
	}
}
