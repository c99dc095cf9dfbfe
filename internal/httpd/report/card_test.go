package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"
)

var (
	svgs    = regexp.MustCompile(`(?s)<svg.*?</svg>`)
	cards   = regexp.MustCompile(`(?s)<div class="card print">.*?</div>`)
	strokes = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`)
)

// filed hands a report in and gives the page with the code.
func (b *browser) filed() page {
	b.t.Helper()
	check := b.postMultipart("/report", b.fill().with("step", "check")).is(200)
	return b.post("/report", check.form().with("step", "file")).is(200)
}

// modules are the black squares of a drawn QR code, without its empty border.
func modules(svg string) map[[2]int]bool {
	black := map[[2]int]bool{}
	for _, m := range strokes.FindAllStringSubmatch(svg, -1) {
		var x, y, run int
		_, _ = fmt.Sscan(m[1]+" "+m[2]+" "+m[3], &x, &y, &run)
		for i := range run {
			black[[2]int{x + i - 4, y - 4}] = true
		}
	}
	return black
}

// The QR code on the card is the address of the site and nothing else; the case
// code is in no picture.
func TestTheCardLeadsToTheSiteWithoutTheCode(t *testing.T) {
	const address = "https://zino.ozoli.example"
	d := open(t, 2)
	d.address = address
	d.serve()
	p := d.browser().filed()
	code := p.code()
	var drawn string
	for _, svg := range svgs.FindAllString(p.body, -1) {
		for _, group := range strings.Split(code, "-") {
			if strings.Contains(svg, group) {
				t.Error("a picture holds a group of the code")
			}
		}
		if strings.Contains(svg, "crispEdges") {
			if drawn != "" {
				t.Error("two QR codes")
			}
			drawn = svg
		}
	}
	want, err := qr.Encode(address, qr.M)
	must(t, err)
	black, n := modules(drawn), 0
	for y := range want.Size {
		for x := range want.Size {
			if want.Black(x, y) {
				n++
			}
			if want.Black(x, y) != black[[2]int{x, y}] {
				t.Fatalf("the module at %d, %d is not the address's", x, y)
			}
		}
	}
	if n == 0 || n != len(black) {
		t.Errorf("%d modules drawn, want %d", len(black), n)
	}
	if card := cards.FindString(p.body); !strings.Contains(card, "<dd>"+address+"</dd>") ||
		!strings.Contains(card, drawn) {
		t.Error("the card lacks the address")
	}
}

// Where nobody has said what the address is, the card does not make one up.
func TestTheCardWithoutAnAddress(t *testing.T) {
	p := open(t, 2).browser().filed().hasNot("crispEdges", "Adrese<", "localhost")
	card := cards.FindString(p.body)
	if !strings.Contains(card, "2026. gada 30. novembris") || strings.Count(card, "<span>") != 6 {
		t.Errorf("the card lacks the code or the day:\n%s", card)
	}
}

// A card that is found does not say what it is for.
func TestTheCardIsNeutral(t *testing.T) {
	d := open(t, 2)
	told := regexp.MustCompile(
		`(?i)ziņo|trauks|liet[au]|ētik|korup|svilpe|report|whistle|case|ethic|сообщ|обращ|дел[оау]|этик|хабар|іс ` +
			`код|әдеп`)
	for _, lang := range []string{"lv", "en", "ru", "kk"} {
		b := d.browser()
		b.get("/?lang=" + lang)
		card := cards.FindString(b.filed().body)
		if card == "" {
			t.Fatal("no card")
		}
		text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(card, " ")
		if word := told.FindString(text); word != "" {
			t.Errorf("%s: the card says %q", lang, word)
		}
	}
}

// Leaving is at hand on every page, in the same place, and each says what
// leaving leaves behind.
func TestLeaveQuicklyIsOnEveryPage(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	pages := everyPage(b, "lv")
	pages["not-found"] = b.get("/nothing-here").is(404)
	pages["malformed"] = b.post("/report", form{}).is(400)
	early := open(t, 1)
	early.clock.turn(-400 * 24 * time.Hour) // before anybody's term
	pages["not-ready"] = early.browser().get("/report").is(503)
	for name, p := range pages {
		at := strings.Index(p.body, `<nav class="leave"`)
		if at < 0 || at > strings.Index(p.body, "<main") ||
			!strings.Contains(p.body[at:], `<a class="button quick" href="/leave" rel="noreferrer">`) {
			t.Errorf("%s: no way to leave before the page's own text", name)
		}
		if !strings.Contains(p.body, "Pārlūka vēsture un lejupielādes paliek.") ||
			!strings.Contains(p.body, `href="/safety#leaving"`) {
			t.Errorf("%s does not say what leaving cannot clear", name)
		}
	}
	b.get("/safety").is(200).has(`id="leaving"`)
}

// Leaving ends the visit at the server too: a kept cookie opens nothing, and
// the neutral page does not learn where the visitor came from.
func TestLeavingEndsTheVisitAtTheServer(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	b.enter(b.file()).is(303)
	b.get("/case").is(200).has(told)
	kept := d.browser()
	for name, cookie := range b.cookies {
		kept.cookies[name] = cookie
	}
	left := b.get("/leave").is(303)
	if left.header.Get("Referrer-Policy") != "no-referrer" || left.header.Get("Cache-Control") != "no-store" {
		t.Errorf("left with %v", left.header)
	}
	kept.get("/case").is(401).hasNot(told)
	d.browser().get("/leave").is(303)
}
