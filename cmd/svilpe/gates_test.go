package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	logs "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"svilpe/internal/locale"
	"svilpe/web"
)

//go:embed testdata/axe/axe.min.js
var axe string

//go:embed testdata/measure.js
var measure string

// axeTags are the rules that hold: WCAG 2.2 at level AA and everything below it,
// and what the makers of axe-core hold for good practice.
var axeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

// exempt are findings that stand, by the start of their words, each with its
// reason. There may be three.
var exempt = map[string]string{
	// Up to 79,999 bytes: all questions, those about the reporter too, half of them
	// with a mistake that is said twice, in letters of two bytes each. Compressed by
	// a proxy it is 16 kB.
	"reporter/form: 6": "the whole form in Cyrillic",
	"reporter/form: 7": "the same, in Kazakh",
}

// pageBytes bounds what a page weighs with its style sheet and scripts, not
// compressed; the reader's own words do not count.
const pageBytes = 60_000

// look is a way of looking at the faces.
type look struct {
	lang, theme string
	width       int64
}

func (l look) String() string { return fmt.Sprintf("%s-%s-%d", l.lang, l.theme, l.width) }

// looksFor are the looks that FACES asks for: everything for all, those named
// («ru-light-320,kk-dark-320»), and nothing where TestFaces is enough.
func looksFor(wish string) []look {
	var out []look
	for _, lang := range locale.Languages {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int64{320, 1280} {
				l := look{lang, theme, width}
				if wish == "all" || slices.Contains(strings.Split(wish, ","), l.String()) {
					out = append(out, l)
				}
			}
		}
	}
	return out
}

// TestFaces looks at every face twice, in the two looks that have least in
// common: nothing there may be wrong for axe-core, for a checker of HTML, or for
// a ruler.
func TestFaces(t *testing.T) {
	if len(exempt) > 3 {
		t.Errorf("%d exemptions, at most three", len(exempt))
	}
	looksAt(t, []look{{"lv", "light", 320}, {"kk", "dark", 1280}})
}

// TestFacesAll looks at every face in every look; make axe-all runs it.
func TestFacesAll(t *testing.T) { looksAt(t, looksFor(os.Getenv("FACES"))) }

func looksAt(t *testing.T, looks []look) {
	if len(looks) == 0 {
		return
	}
	g, browser := newGallery(t), chromium(t)
	texts, err := locale.Load(web.Locale())
	must(t, err)
	t.Run("look", func(t *testing.T) {
		for _, l := range looks {
			t.Run(l.String(), func(t *testing.T) {
				t.Parallel()
				begun := time.Now()
				w := &watcher{
					visitor: visit(t, browser, "", false), g: g, look: l, weights: map[string]int{},
					texts: texts.Printer(l.lang),
				}
				w.prepare()
				for _, f := range faces {
					t.Run(f.name, func(t *testing.T) { w.watch(t, f) })
				}
				t.Logf("%d faces in %.0f s", len(faces), time.Since(begun).Seconds())
			})
		}
	})
}

// watcher looks at faces in one look, in one tab, as whoever a face belongs to.
type watcher struct {
	*visitor
	g       *gallery
	look    look
	texts   *locale.Printer
	weights map[string]int // of style sheets and scripts, by address

	mu      sync.Mutex
	said    []string          // by the browser's console
	request network.RequestID // that brought the page
}

func (w *watcher) prepare() {
	w.theme(w.look.theme)
	w.size(w.look.width)
	must(w.t, chromedp.Listen(w.ctx, func(ev any) {
		if r, ok := ev.(*network.EventResponseReceived); ok && r.Type == network.ResourceTypeDocument {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.request = r.RequestID
		}
		e, ok := ev.(*logs.EventEntryAdded)
		// A page that answers 422 is not a fault of the page.
		if !ok || e.Entry.Level != logs.EntryLevelError ||
			e.Entry.Source == logs.EntrySourceNetwork &&
				strings.Contains(e.Entry.Text, "the server responded with a status of") &&
				!strings.Contains(e.Entry.URL, "/static/") {
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, e.Entry.Text+" "+e.Entry.URL)
	}))
	_, err := chromedp.Call(w.ctx, logs.Enable, struct{}{})
	must(w.t, err)
}

func (v *visitor) theme(scheme string) {
	_, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	must(v.t, err)
}

func (v *visitor) size(width int64) {
	height := int64(900)
	if width < 600 {
		height = 844
	}
	must(v.t, chromedp.Do(v.ctx, chromedp.EmulateViewport(width, height)))
}

// goes goes the way to a face, as who it belongs to and from nothing.
func (w *watcher) goes(t *testing.T, f face) *visitor {
	t.Helper()
	s, known := w.g.seats[f.who]
	if !known {
		t.Fatalf("nobody sits at %q", f.who)
	}
	v := *w.visitor
	v.t, v.base = t, s.base
	w.t = t
	v.scripts(false)
	_, err := chromedp.Call(v.ctx, network.ClearBrowserCookies, struct{}{})
	must(t, err)
	for name, value := range s.cookies {
		v.cookie(name, value)
	}
	v.cookie("lang", w.look.lang)
	w.said = nil
	v.open(w.g.say(f.path))
	for _, s := range f.way {
		s(&v, w.g)
	}
	if v.status != int64(f.code) {
		t.Fatalf("answers %d, not %d\n%s", v.status, f.code, v.text())
	}
	return &v
}

func (v *visitor) cookie(name, value string) {
	only := true
	_, err := chromedp.Call(v.ctx, network.SetCookie,
		network.SetCookieParams{Name: name, Value: value, URL: v.base, HTTPOnly: &only})
	must(v.t, err)
}

func (v *visitor) scripts(on bool) {
	_, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: !on})
	must(v.t, err)
}

// watch looks at one face.
func (w *watcher) watch(t *testing.T, f face) {
	v := w.goes(t, f)
	report := func(gate string, findings []string) {
		for _, x := range findings {
			if !slices.ContainsFunc(keys(exempt), func(start string) bool { return strings.HasPrefix(x, start) }) {
				t.Errorf("%s: %s", gate, x)
			}
		}
	}
	source := w.source()
	report("page", w.isThe(f, v, source))
	report("HTML", checkHTML(source))
	report("HTML", tidy(t, source))
	report("weight", w.weighs(f, v, source))
	report("measure", v.measures(""))
	report("axe", v.axe(t))
	if v.measures("open")[0] != "0" {
		report("measure, unfolded", v.measures(""))
		report("axe, unfolded", v.axe(t))
	}
	if w.look.width > 320 {
		report("text at 200 %", v.enlarged(1280, 640))
		w.size(w.look.width)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	report("console", w.said)
}

// isThe demands the route and the template that the face says.
func (w *watcher) isThe(f face, v *visitor, source string) []string {
	var out []string
	at := eval[string](v, `location.pathname`)
	if _, pattern, _ := strings.Cut(f.route, " "); pattern != "" && !fits(pattern, at) {
		out = append(out, at+" is not "+pattern)
	}
	for _, piece := range pieces(f.file) {
		if !strings.Contains(source, piece) {
			out = append(out, fmt.Sprintf("%s has %q and the page has not", f.file, piece))
		}
	}
	if got := eval[string](v, `document.documentElement.lang`); got != w.look.lang {
		out = append(out, "in "+got)
	}
	return out
}

// fits tells whether a path is of a route's pattern.
func fits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	return len(want) == len(got) && !slices.ContainsFunc(want, func(s string) bool {
		i := slices.Index(want, s)
		return !strings.HasPrefix(s, ":") && got[i] != s
	})
}

// source is the page as it was sent.
func (w *watcher) source() string {
	w.t.Helper()
	w.mu.Lock()
	id := w.request
	w.mu.Unlock()
	out, err := chromedp.Call(w.ctx, network.GetResponseBody, network.GetResponseBodyParams{RequestID: id})
	must(w.t, err)
	return string(out.Body)
}

// weighs demands that the page is light.
func (w *watcher) weighs(f face, v *visitor, source string) []string {
	total := len(source)
	for _, own := range []string{long, longPlace} {
		total -= strings.Count(source, own) * len(own)
	}
	for _, address := range eval[[]string](v,
		`[...document.querySelectorAll('link[rel=stylesheet], script[src]')].map(e => e.href || e.src)`) {
		u, err := url.Parse(address)
		must(v.t, err)
		if w.weights[u.Path] == 0 {
			w.weights[u.Path] = len(w.g.get(seat{base: v.base}, u.Path))
		}
		total += w.weights[u.Path]
	}
	if total > pageBytes {
		return []string{fmt.Sprintf("%s: %d bytes", f.file, total)}
	}
	return nil
}

func (v *visitor) measures(what string) []string {
	v.t.Helper()
	return eval[[]string](v, measure+`($1)`, what)
}

// enlarged looks with the text at twice its size.
func (v *visitor) enlarged(widths ...int64) []string {
	eval[bool](v,
		`(() => { const r = document.documentElement; r.style.fontSize = 2 * `+
			`parseFloat(getComputedStyle(r).fontSize) + "px"; return true })()`)
	var out []string
	for _, width := range widths {
		v.size(width)
		for _, x := range v.measures("reflow") {
			out = append(out, fmt.Sprintf("%d px: %s", width, x))
		}
	}
	return out
}

// axe runs axe-core in the page. The page's own scripts have had no chance: they
// were off while it was loaded.
func (v *visitor) axe(t *testing.T) []string {
	t.Helper()
	v.scripts(true)
	if !eval[bool](v, `typeof axe !== "undefined"`) {
		ctx, cancel := v.within(30 * time.Second)
		defer cancel()
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axe+"\n;true"))
		must(t, err)
	}
	tags, err := json.Marshal(axeTags)
	must(t, err)
	ctx, cancel := v.within(60 * time.Second)
	defer cancel()
	out, err := chromedp.Run(ctx,
		chromedp.Evaluate[[]string](`axe.run(document, {runOnly: {type: "tag", values: `+string(tags)+
			`}, resultTypes: ["violations"], preload: false})
		.then(r => r.violations.flatMap(v => v.nodes.map(n =>
			v.id + " " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " ").slice(0, 300))))`,
			chromedp.EvalAwaitPromise))
	must(t, err)
	return out
}

func keys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
