package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// picture is one in the documents: a face as it stands in a window, from the top
// or from an element on.
type picture struct {
	face   string
	lang   string
	width  int64
	height int64
	from   string // selector of what stands at the top, "" for the page's own top
}

// pictures are those that the documents show. TestDocumentsLeadSomewhere tells
// when one is shown and not drawn, or drawn and not shown.
var pictures = []picture{
	{"start", "en", 390, 780, ""},
	{"form", "en", 390, 780, "form .field"},
	{"check", "en", 390, 780, "#giveaways"},
	{"code", "en", 390, 780, ""},
	{"case-investigation", "en", 390, 780, ""},
	{"today-responsible", "en", 1100, 720, ""},
	{"desk-decides", "en", 1100, 760, ""},
	{"step-forward", "en", 1100, 720, ""},
	{"log", "en", 1100, 640, ""},
	{"founding", "en", 1100, 720, ""},
}

// TestPictures draws the pictures of the documents into the folder that
// PICTURES_DIR names. make pictures does that.
func TestPictures(t *testing.T) {
	dir := os.Getenv("PICTURES_DIR")
	if dir == "" {
		return
	}
	g, browser := newGallery(t), chromium(t)
	for _, p := range pictures {
		t.Run(p.face, func(t *testing.T) {
			w := &watcher{visitor: visit(t, browser, "", false), g: g, look: look{p.lang, "light", p.width}}
			w.prepare()
			must(t, chromedp.Do(w.ctx, chromedp.EmulateViewport(p.width, p.height)))
			_, err := chromedp.Call(w.ctx, emulation.SetScrollbarsHidden,
				emulation.SetScrollbarsHiddenParams{Hidden: true})
			must(t, err)
			i := slices.IndexFunc(faces, func(f face) bool { return f.name == p.face })
			if i < 0 {
				t.Fatalf("no face %s", p.face)
			}
			v := w.goes(t, faces[i])
			eval[bool](v,
				`(() => { const e = $1 && document.querySelector($1); if (e) scrollTo(0, `+
					`e.getBoundingClientRect().top + scrollY - 16); return true })()`, p.from)
			shot, err := chromedp.Call(v.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
			must(t, err)
			small, err := fewColours(shot.Data)
			must(t, err)
			must(t, os.MkdirAll(dir, 0o755))
			must(t, os.WriteFile(filepath.Join(dir, p.face+".png"), small, 0o644))
		})
	}
}

// fewColours keeps the 64 commonest colours of a picture of text and takes for
// each other pixel the nearest of them: fewer bytes, and no difference
// to the eye.
func fewColours(raw []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	counts := map[color.RGBA]int{}
	b := full.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	var palette color.Palette
	for c := range counts {
		palette = append(palette, c)
	}
	slices.SortFunc(palette, func(a, b color.Color) int {
		x, y := a.(color.RGBA), b.(color.RGBA)
		if n := counts[y] - counts[x]; n != 0 {
			return n
		}
		return bytes.Compare([]byte{x.R, x.G, x.B}, []byte{y.R, y.G, y.B})
	})
	few := image.NewPaletted(b, palette[:min(64, len(palette))])
	draw.Draw(few, b, full, b.Min, draw.Src)
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few)
	return out.Bytes(), err
}
