package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"
)

// stop is where the focus stands.
type stop struct {
	Tag, ID, Name, Value, Href, Text, Type string

	Ring  float64 // px of the outline; 0 for none
	Shown bool    // some of it can be seen, with nothing above it
}

// focus reads where the focus stands. An element counts as shown when one of
// nine points on it is its own (WCAG 2.2, 2.4.11).
const focus = `(() => { const e = document.activeElement; if (!e || e === document.body) return {};
	const s = getComputedStyle(e), b = e.getBoundingClientRect();
	const own = (x, y) => {
		const t = document.elementFromPoint(b.left + b.width * x, b.top + b.height * y);
		return t && (e.contains(t) || t.contains(e)) };
	const at = [0.1, 0.5, 0.9];
	return {Tag: e.localName, ID: e.id, Name: e.name || "", Value: e.value || "",
		Href: e.getAttribute("href") || "", Text: e.textContent.trim().slice(0, 40), Type: e.type || "",
		Ring: s.outlineStyle === "none" ? 0 : parseFloat(s.outlineWidth),
		Shown: at.some(x => at.some(y => own(x, y)))} })()`

// typist is a visitor without a mouse.
type typist struct{ *visitor }

func typing(t *testing.T, v *visitor) typist {
	t.Helper()
	_, err := chromedp.Call(v.ctx, emulation.SetFocusEmulationEnabled,
		emulation.SetFocusEmulationEnabledParams{Enabled: true})
	must(t, err)
	return typist{v}
}

func (k typist) press(keys string) typist {
	k.t.Helper()
	must(k.t, chromedp.Do(k.ctx, chromedp.KeyEvent(keys)))
	return k
}

// enter presses Enter and waits for the page that it leads to.
func (k typist) enter() typist {
	k.t.Helper()
	k.follow(chromedp.KeyEvent(kb.Enter))
	return k
}

func (k typist) now() stop { return eval[stop](k.visitor, focus) }

// enterLink presses Enter on a link inside the page: key and character as one,
// as a keyboard sends them. Apart, the character would come to where the link
// has led, and Enter in a field sends its form.
func (k typist) enterLink() typist {
	k.t.Helper()
	key := input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13,
	}
	_, err := chromedp.Call(k.ctx, input.DispatchKeyEvent, key)
	must(k.t, err)
	key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
	_, err = chromedp.Call(k.ctx, input.DispatchKeyEvent, key)
	must(k.t, err)
	return k
}

// stands waits until a link inside the page has brought the focus to a field.
func (k typist) stands(name string) {
	k.t.Helper()
	for range 40 {
		if k.now().Name == name {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	k.t.Fatalf("the link leads to %+v, not to %s", k.now(), name)
}

// tab goes one stop on and demands that it can be seen.
func (k typist) tab() stop {
	k.t.Helper()
	k.press(kb.Tab)
	s := k.now()
	if s.Tag != "" && (s.Ring < 2 || !s.Shown) {
		k.t.Errorf("%s: the focus cannot be seen: %+v", eval[string](k.visitor, `location.pathname`), s)
	}
	return s
}

// to goes on until a stop fits.
func (k typist) to(what string, fits func(stop) bool) typist {
	k.t.Helper()
	var last stop
	same := 0
	for range 300 {
		s := k.tab()
		if fits(s) {
			return k
		}
		// A date has a stop for its day, its month, its year and its calendar.
		if s == last && s.Tag != "" {
			same++
		} else {
			same = 0
		}
		if same > 4 {
			k.t.Fatalf("the focus is caught in %+v", s)
		}
		last = s
	}
	k.t.Fatalf("no key leads to %s on\n%s", what, k.text())
	return k
}

func (k typist) toLink(end string) typist {
	k.t.Helper()
	return k.to(end, func(s stop) bool { return s.Tag == "a" && strings.HasSuffix(s.Href, end) })
}

func (k typist) toField(name string) typist {
	k.t.Helper()
	return k.to(name, func(s stop) bool { return s.Name == name && s.Tag != "button" })
}

func (k typist) toButton(value string) typist {
	k.t.Helper()
	return k.to("button "+value, func(s stop) bool {
		return s.Tag == "button" && s.Name != "lang_switch" && s.Value == value
	})
}

// TestReportingWithKeysAlone is a reporter without a mouse: files a report after
// a mistake, keeps the code, comes back with it and answers.
func TestReportingWithKeysAlone(t *testing.T) {
	p, _, _ := instance(t)
	k := typing(t, visit(t, chromium(t), p.base, false))
	k.open("/?lang=lv")
	if s := k.tab(); s.Href != "#main" {
		t.Fatalf("the first stop is %+v", s)
	}
	k.press(kb.Enter)
	if s := k.tab(); !eval[bool](k.visitor, `document.querySelector("main").contains(document.activeElement)`) {
		t.Fatalf("after the skip link comes %+v", s)
	}
	k.toLink("/report").enter()
	k.toButton("institution").enter()

	// Sent too early: the summary leads to the field, and nothing is lost.
	k.toButton("check").enter()
	if k.status != 422 {
		t.Fatalf("an empty report: %d", k.status)
	}
	k.toLink("#track").enterLink().stands("track")
	k.press(" ")
	if !eval[bool](k.visitor, `document.querySelector("[name=track]").checked`) {
		t.Fatal("a choice is not made by the space bar")
	}
	if k.press(kb.ArrowDown); !eval[bool](k.visitor,
		`document.querySelector("[name=track][value=anonymous]").checked`) {
		t.Fatal("a choice is not changed by the arrow keys")
	}
	k.toField("category").press(kb.ArrowDown)
	k.toField("description").press("Iepirkuma prasibas ir pielagotas.")
	k.to("a folded section", func(s stop) bool { return s.Tag == "summary" }).press(kb.Enter)
	if !eval[bool](k.visitor, `document.activeElement.parentElement.open`) {
		t.Fatal("a section is not unfolded by Enter")
	}
	k.toButton("check").enter()
	k.reads("pielagotas")
	k.toButton("file").enter()
	code := codeIn(t, eval[string](k.visitor, `document.querySelector("main").innerHTML`))

	k.toLink("/status").enter()
	k.toField("code").press(code).enter()
	k.reads("pielagotas")
	k.toField("text").press("Vel viena zina.")
	k.toButton("send").enter()
	k.reads("Vel viena zina.")
	k.roundTrip()
}

// TestAStepWithKeysAlone is a member without a mouse.
func TestAStepWithKeysAlone(t *testing.T) {
	p, creds, _ := instance(t)
	k := typing(t, visit(t, chromium(t), p.base, true))
	m := offices(creds, "responsible_person")[0]
	number := ""
	for _, c := range creds.Cases {
		if c.Category == "retaliation" {
			number = c.Number
		}
	}
	k.open("/desk/sign-in?lang=lv")
	code, err := totp.GenerateCode(m.TOTPSecret, time.Now())
	must(t, err)
	k.toField("name").press(m.Email)
	k.toField("password").press(m.Password)
	k.toField("code").press(code).enter()
	k.roundTrip()
	k.toLink("/desk/cases").enter()
	k.toLink("/desk/cases/" + number).enter()
	k.roundTrip()
	k.toLink("/steps/ask_reporter").enter()
	k.toField("reason").press("Vajag zinat vairak.")
	k.toField("message").press("Kas vel to redzeja?")
	k.toButton("").enter()
	if !strings.HasPrefix(k.text(), "/desk/cases/"+number+"\n") {
		t.Fatalf("the step was not taken:\n%s", k.text())
	}
	k.reads("Kas vel to redzeja?")
}

// roundTrip goes through all stops of a page and back one: nothing holds the
// focus, and Shift+Tab is the way back.
func (k typist) roundTrip() {
	k.t.Helper()
	k.open(eval[string](k.visitor, `location.pathname`))
	first := k.tab()
	second := k.tab()
	must(k.t, chromedp.Do(k.ctx, chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))))
	if s := k.now(); s != first || s == second {
		k.t.Errorf("back from %+v leads to %+v, not %+v", second, s, first)
	}
	k.to("the beginning", func(s stop) bool { return s.Tag == "" || s.Href == "#main" })
}
