package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var pdfPage = regexp.MustCompile(`/Type\s*/Page\b`)

// filesOne hands in a short report and stands on the page with the code.
func (v *visitor) filesOne() *visitor {
	v.t.Helper()
	v.open("/?lang=lv").open("/report")
	institution := eval[string](v,
		`[...document.querySelector('select[name=institution]').options].map(o => o.value).find(v => v && `+
			`!v.includes('/'))`)
	v.in("/report").fill("institution", institution).send("institution")
	v.in("/report").choose("track", "anonymous").fill("category", "procurement").
		fill("description", sentinels["description"]).send("check")
	return v.in("/report").send("file")
}

// Printing the page with the code gives the card on one sheet and nothing else,
// folded or open, in colours of its own and without backgrounds. After leaving
// quickly, the way back shows nothing of the case.
func TestThePrintedCardAndLeaving(t *testing.T) {
	p, _, _ := instance(t)
	browser := chromium(t)
	reporter := visit(t, browser, p.base, false).filesOne()
	code := codeIn(t, eval[string](reporter, `document.querySelector("main").innerHTML`))

	for _, open := range []bool{false, true} {
		eval[bool](reporter, `document.querySelector("details:has(.card.print)").open = $1`, open)
		raw := reporter.prints()
		if n := len(pdfPage.FindAll(raw, -1)); n != 1 {
			t.Errorf("the card (open: %v) takes %d pages", open, n)
		}
		if dir := os.Getenv("PAGES_DIR"); dir != "" {
			must(t, os.MkdirAll(dir, 0o755))
			must(t, os.WriteFile(filepath.Join(dir, "card.pdf"), raw, 0o644))
		}
	}
	reporter.printed(code)

	reporter.open("/status").in("/status").fill("code", code).send("")
	reporter.reads(sentinels["description"])
	must(t, chromedp.Do(reporter.ctx, chromedp.Click(`nav.leave a`)))
	reporter.away("/case")
	for range 3 {
		if err := chromedp.Do(reporter.ctx, chromedp.NavigateBack()); err != nil {
			break // nothing lies before it
		}
		for _, secret := range []string{sentinels["description"], code, code[:11]} {
			if strings.Contains(eval[string](reporter, `document.documentElement.innerHTML`), secret) {
				t.Fatalf("the way back shows the case:\n%s", reporter.text())
			}
		}
		if strings.HasPrefix(reporter.text(), "/case") {
			reporter.reads("Apmeklējums")
		}
	}
	// The last step back may still be on its way, and would break off what follows.
	_, err := chromedp.Call(reporter.ctx, page.StopLoading, cdp.Empty{})
	must(t, err)
	if reporter.open("/case"); strings.Contains(reporter.all(), sentinels["description"]) {
		t.Error("the case opens after leaving")
	}
}

// prints is the page as a PDF, backgrounds off, as browsers print by default.
func (v *visitor) prints() []byte {
	v.t.Helper()
	off, css := false, true
	res, err := chromedp.Call(v.ctx, page.PrintToPDF,
		page.PrintToPDFParams{PrintBackground: &off, PreferCSSPageSize: &css})
	must(v.t, err)
	if !bytes.HasPrefix(res.Data, []byte("%PDF")) {
		v.t.Fatal("no PDF")
	}
	return res.Data
}

// printed looks at what the sheet shows: the card with its picture, and no word
// of the page around it.
func (v *visitor) printed(code string) {
	v.t.Helper()
	_, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	must(v.t, err)
	sees := eval[string](v, `document.body.innerText.trim()`)
	card := eval[string](v, `document.querySelector(".card.print").innerText.trim()`)
	if sees != card || codeIn(v.t, card) != code {
		v.t.Errorf("the sheet shows\n%s\nand not only the card\n%s", sees, card)
	}
	if !eval[bool](v, `document.querySelector(".card.print svg").getBoundingClientRect().height > 60`) {
		v.t.Error("the sheet has no QR code of the address")
	}
	_, err = chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	must(v.t, err)
}

// away waits until the page is no more that of the path: a click comes back
// before what it leads to is there.
func (v *visitor) away(path string) {
	v.t.Helper()
	for end := time.Now().
		Add(30 * time.Second); eval[string](v, `location.pathname`) == path; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			v.t.Fatalf("still on %s", path)
		}
	}
}
