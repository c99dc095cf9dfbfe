package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// chromium starts one real browser for a test. It must be installed: make test
// does that.
func chromium(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("/usr/bin/chromium"),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("lang", "lv"))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(alloc)
	t.Cleanup(quit)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return ctx
}

// visitor is one person's browser: cookies of its own, scripts off.
type visitor struct {
	t      *testing.T
	ctx    context.Context //nolint:containedctx // the browser lives as long as the test
	base   string
	form   string // see in
	status int64
	now    func() time.Time // the program's clock
}

// visit opens a browser context of its own, on a phone unless wide.
func visit(t *testing.T, browser context.Context, base string, wide bool) *visitor {
	t.Helper()
	ctx, done := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(done)
	v := &visitor{t: t, ctx: ctx, base: base, now: time.Now}
	width, height := int64(390), int64(844)
	if wide {
		width, height = 1280, 900
	}
	must(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, height)))
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true})
	must(t, err)
	return v
}

func (v *visitor) within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(v.ctx, d)
}

// open goes to a path and notes the status.
func (v *visitor) open(path string) *visitor {
	v.t.Helper()
	return v.follow(chromedp.Navigate(v.base + path))
}

func (v *visitor) follow(step chromedp.Action[chromedp.Void]) *visitor {
	v.t.Helper()
	ctx, cancel := v.within(60 * time.Second)
	defer cancel()
	res, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		v.t.Fatalf("%v\n%s", err, v.text())
	}
	v.status = res.Status
	return v
}

// eval runs an expression in the page, as the developer tools do: the page's own
// scripts stay off.
func eval[T any](v *visitor, expression string, args ...any) T {
	v.t.Helper()
	for i, a := range args {
		raw, err := json.Marshal(a)
		must(v.t, err)
		expression = strings.ReplaceAll(expression, fmt.Sprintf("$%d", i+1), string(raw))
	}
	ctx, cancel := v.within(30 * time.Second)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return out
}

// within a form: the one that posts to an address ending so, "" for any.
const inForm = `(() => {
	const forms = [...document.forms].filter(x =>
		$1 === "" || new URL(x.action, location.href).pathname.endsWith($1));
	const unfold = e => {
		for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) d.open = true; };
	for (const f of forms) {
		const all = [...f.querySelectorAll('input, select, textarea, button')]; %s }
	return false })()`

// fill types into a field by its name, in the form chosen by in.
func (v *visitor) fill(name, value string) *visitor {
	v.t.Helper()
	if !eval[bool](v,
		fmt.Sprintf(inForm,
			`const e = all.find(x => x.name === $2 && x.type !== 'hidden'); if (e) { unfold(e); e.value = $3; `+
				`return true }`), v.form, name, value) {
		v.t.Fatalf("no field %s in %q on\n%s", name, v.form, v.text())
	}
	return v
}

// choose ticks a radio button or box by name and value.
func (v *visitor) choose(name, value string) *visitor {
	v.t.Helper()
	if !eval[bool](v,
		fmt.Sprintf(inForm,
			`const e = all.find(x => x.name === $2 && x.value === $3); if (e) { unfold(e); e.checked = true; return `+
				`true }`), v.form, name, value) {
		v.t.Fatalf("no choice %s=%s in %q on\n%s", name, value, v.form, v.text())
	}
	return v
}

// in says which form the next fields and the next send belong to.
func (v *visitor) in(action string) *visitor {
	v.form = action
	return v
}

// send presses the form's button of this value, "" for its first, and waits for
// the next page.
func (v *visitor) send(value string) *visitor {
	v.t.Helper()
	if !eval[bool](v,
		fmt.Sprintf(inForm,
			`const e = all.find(x => x.tagName === 'BUTTON' && !x.ariaHidden && x.name !== 'lang_switch' &&
			($2 === "" ? x.name !== 'step' || x.value !== 'place' : x.value === $2));
		if (e) { unfold(e); e.setAttribute('data-press', ''); return true }`), v.form, value) {
		v.t.Fatalf("no button %q in %q on\n%s", value, v.form, v.text())
	}
	v.form = ""
	return v.follow(chromedp.Click("[data-press]"))
}

// attach puts files into a file field.
func (v *visitor) attach(name string, paths ...string) *visitor {
	v.t.Helper()
	eval[bool](v,
		`(() => { let e = document.querySelector('[name="'+$1+'"]'); for (let d = e.closest('details'); d; d = `+
			`d.parentElement.closest('details')) d.open = true; return true })()`, name)
	must(v.t, chromedp.Do(v.ctx, chromedp.SetUploadFiles(`input[type=file][name="`+name+`"]`, paths)))
	return v
}

// text is what the page says.
func (v *visitor) text() string {
	out, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return out
}

// all is what the page says with every folded section open.
func (v *visitor) all() string {
	return eval[string](v, `document.body.textContent.replace(/\s+/g, " ")`)
}

// reads demands texts on the page.
func (v *visitor) reads(texts ...string) *visitor {
	v.t.Helper()
	got := v.all()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			v.t.Fatalf("%q is not on\n%s", text, v.text())
		}
	}
	return v
}

// shot keeps a picture of the page where PAGES_DIR names a folder.
func (v *visitor) shot(name string) *visitor {
	dir := os.Getenv("PAGES_DIR")
	if dir == "" {
		return v
	}
	png, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	must(v.t, err)
	must(v.t, os.MkdirAll(dir, 0o755))
	must(v.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
	return v
}

// signsIn types name, password and the code of this moment.
func (v *visitor) signsIn(email, password, totpSecret string) *visitor {
	v.t.Helper()
	code, err := totp.GenerateCode(totpSecret, v.now())
	must(v.t, err)
	v.open("/desk/sign-in?lang=lv").in("/desk/sign-in").fill("name", email).fill("password", password).
		fill("code", code).send("")
	if v.status != 200 || !strings.HasPrefix(v.text(), "/desk\n") {
		v.t.Fatalf("sign-in of %s:\n%s", email, v.text())
	}
	return v
}

// download fetches an address with this browser's cookies: a page's own scripts
// could not, its policy forbids them.
func (v *visitor) download(url string) string {
	v.t.Helper()
	jar, err := chromedp.Call(v.ctx, network.GetCookies, network.GetCookiesParams{})
	must(v.t, err)
	req, err := http.NewRequestWithContext(v.ctx, http.MethodGet, url, http.NoBody)
	must(v.t, err)
	for _, c := range jar.Cookies {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	res, err := http.DefaultClient.Do(req)
	must(v.t, err)
	defer func() { _ = res.Body.Close() }()
	if got := res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") ||
		res.Header.Get("X-Content-Type-Options") != "nosniff" {
		v.t.Errorf("a file is served as %q, nosniff %q", got, res.Header.Get("X-Content-Type-Options"))
	}
	body, err := io.ReadAll(res.Body)
	must(v.t, err)
	return string(body)
}
