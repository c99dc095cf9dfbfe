package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	logs "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// scripted is a browser that runs the page's module. The test fails for whatever
// the page's policy refuses, and for whatever the module throws.
func (v *visitor) scripted() *visitor {
	v.t.Helper()
	v.scripts(true)
	must(v.t, chromedp.Listen(v.ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			v.t.Errorf("the module throws: %s", e.ExceptionDetails.Exception.Description)
		case *logs.EventEntryAdded:
			if e.Entry.Source == logs.EntrySourceSecurity ||
				e.Entry.Level == logs.EntryLevelError && e.Entry.Source != logs.EntrySourceNetwork {
				v.t.Errorf("the browser says: %s", e.Entry.Text)
			}
		}
	}))
	_, err := chromedp.Call(v.ctx, logs.Enable, struct{}{})
	must(v.t, err)
	return v
}

// until waits for an expression to hold.
func (v *visitor) until(what, expression string, args ...any) *visitor {
	v.t.Helper()
	for range 200 {
		if eval[bool](v, "!!("+expression+")", args...) {
			return v
		}
		time.Sleep(50 * time.Millisecond)
	}
	v.t.Fatalf("never came: %s\n%s", what, v.text())
	return v
}

// press clicks a button and waits for no page.
func (v *visitor) press(selector string) *visitor {
	v.t.Helper()
	must(v.t, chromedp.Do(v.ctx, chromedp.Click(selector)))
	return v
}

// throttled lets so many bytes a second go up, 0 for all.
func (v *visitor) throttled(bytes float64) *visitor {
	v.t.Helper()
	if bytes == 0 {
		bytes = -1
	}
	_, err := chromedp.Call(v.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: bytes}},
	})
	must(v.t, err)
	return v
}

// later moves the page's clock.
func (v *visitor) later(d time.Duration) {
	v.t.Helper()
	eval[bool](v, `(() => { const now = Date.now; Date.now = () => now() + $1; return true })()`, d.Milliseconds())
}

// kept is everything a page could have put into the browser by script.
const kept = `localStorage.length + sessionStorage.length + document.cookie.length`

// leaving says whether the page lets itself be left without a question.
const leaving = `dispatchEvent(new Event("beforeunload", {cancelable: true}))`

func fileOf(t *testing.T, name string, size int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, bytes.Repeat([]byte("fakti "), size/6), 0o600))
	return path
}

// With scripts on a reporter sees how far the files are, stops, changes one, goes
// on, comes back from the check page to everything typed, copies the code, is
// warned before the visit ends, stays, and leaves in one press. Nothing is kept
// in the browser by script, and the page's policy has nothing to complain of.
func TestComfortForAReporter(t *testing.T) {
	p, _, _ := instance(t)
	v := visit(t, chromium(t), p.base, false).scripted()
	v.open("/?lang=lv").open("/report")
	v.in("/report").send("institution")
	v.in("/report").choose("track", "anonymous").fill("category", "procurement").
		fill("description", sentinels["description"])
	if !eval[bool](v, leaving) {
		t.Error("a page without unsent text asks before it goes")
	}
	v.attach("attachments", fileOf(t, "līgums.txt", 600<<10), fileOf(t, "lieks.txt", 6<<10))
	v.until("both chosen files", `document.querySelectorAll(".chosen li").length === 2`)
	v.press(`.chosen li:nth-child(2) button`)
	v.until("one file left",
		`document.querySelectorAll(".chosen li").length === 1 && `+
			`document.querySelector("[name=attachments]").files[0].name === "līgums.txt"`)

	eval[bool](v, `document.querySelector("[name=description]").dispatchEvent(new Event("input", {bubbles: true}))`)
	if eval[bool](v, leaving) {
		t.Error("unsent text goes without a word")
	}

	check := `button[name=step][value=check]:not([aria-hidden])`
	v.throttled(100 << 10).press(check)
	v.until("a percentage",
		`/^Nosūtīti [1-9]\d? %/.test(document.querySelector(".sending [role=status]")?.textContent) && `+
			`document.querySelector("progress").value > 0`)
	v.press(".sending button")
	v.until("the word that it stopped",
		`document.querySelector(".error[role=alert]")?.textContent.startsWith("Sūtīšana pārtraukta")`)
	if !eval[bool](v,
		`document.querySelector("[name=description]").value === $1 && `+
			`document.querySelector("[name=attachments]").files.length === 1`, sentinels["description"]) {
		t.Fatal("stopping took what was typed or chosen")
	}

	v.throttled(0).press(check)
	v.until("the check page", `document.querySelector("button[value=file]") !== null`)
	v.reads("līgums.txt", sentinels["description"])
	eval[bool](v, `(() => { history.back(); return true })()`)
	v.until("the form again, as it was",
		`document.querySelector("[name=description]")?.value === $1 && `+
			`document.querySelector("[name=attachments]").files.length === 1`, sentinels["description"])
	eval[bool](v, `(() => { history.forward(); return true })()`)
	v.until("the check page again", `document.querySelector("button[value=file]") !== null`)
	v.press("button[value=file]:not([aria-hidden])")
	v.until("the code", `document.querySelector(".code") !== null`)
	code := codeIn(t, eval[string](v, `document.querySelector("main").innerHTML`))

	eval[bool](v,
		`(() => { const write = navigator.clipboard.writeText.bind(navigator.clipboard); `+
			`navigator.clipboard.writeText = text => { window.written = text; return write(text) }; return true })()`)
	v.press(".code + p button").until("the word that it is copied",
		`document.querySelector(".code + p [role=status]").textContent === "Nokopēts."`)
	if got := eval[string](v, `window.written`); codeIn(t, got) != code {
		t.Errorf("what is copied is %q", got)
	}

	v.open("/status").in("/status").fill("code", code).send("")
	v.reads(sentinels["description"])
	v.later(14 * time.Minute)
	v.until("the warning", `document.querySelector(".ends button") !== null`)
	v.press(".ends button").until("the warning gone", `document.querySelector(".ends") === null`)
	v.later(16 * time.Minute)
	v.until("the word that it ended",
		`document.querySelector(".ends[data-over], .ends")?.textContent.startsWith("Apmeklējums ir beidzies")`)

	if n := eval[int](v, kept); n != 0 {
		t.Errorf("the module keeps %d things in the browser", n)
	}
	v.press("nav.leave a")
	v.until("another page", `!location.href.startsWith($1) || location.pathname !== "/case"`, p.base)
}

// A member finds a row while typing, and the word on how many are shown is said.
func TestComfortForAMember(t *testing.T) {
	p, creds, _ := instance(t)
	anna := visit(t, chromium(t), p.base, true).
		signsIn(creds.Members[0].Email, creds.Members[0].Password, creds.Members[0].TOTPSecret)
	anna.scripted().open("/desk/cases?lang=lv")
	rows := `[...document.querySelector("[data-filter] tbody").rows]`
	number := eval[string](anna, rows+`[1].querySelector("a").textContent.trim()`)
	eval[bool](anna,
		`(() => { const f = document.querySelector("input[type=search]"); f.value = $1; f.dispatchEvent(new `+
			`Event("input", {bubbles: true})); return true })()`, strings.ToLower(number))
	if shown := eval[int](anna, rows+`.filter(r => !r.hidden).length`); shown != 1 {
		t.Errorf("%d rows for %s", shown, number)
	}
	anna.reads(fmt.Sprintf("Redzamas rindas: 1 no %d.", eval[int](anna, rows+`.length`)))
}
