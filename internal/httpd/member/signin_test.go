package member_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"svilpe/internal/derive"
	"svilpe/internal/httpd"
)

func (d *desk) form(p *person, code string) url.Values {
	return url.Values{"name": {p.email}, "password": {p.password}, "code": {code}, "lang": {"lv"}}
}

// An unknown name, a wrong password and a wrong code get the same bytes.
func TestSignInTellsNothing(t *testing.T) {
	d := open(t)
	d.turn(time.Minute)
	anna := d.people["Anna"]
	right := d.form(anna, d.code(anna))
	change := func(name, value string) string {
		v := url.Values{}
		for k, x := range right {
			v[k] = x
		}
		v.Set(name, value)
		b := d.browser()
		w := b.post("/desk/sign-in", v)
		b.want(w, 422, "E-pasts, parole un kods kopā neder")
		b.never(anna.password)
		if len(b.cookies) > 0 {
			t.Errorf("a cookie for a wrong %s: %v", name, b.cookies)
		}
		return drafts.ReplaceAllString(strings.ReplaceAll(w.Body.String(), v.Get("name"), "NAME"), "")
	}
	unknown, password, code := change("name", "nobody@ozoli.example"), change("password",
		"cita gara parole"), change("code", "000000")
	if unknown != password || password != code {
		t.Error("the answers differ")
	}
	b := d.browser()
	b.want(b.post("/desk/sign-in", right), 303)
	if b.cookies[httpd.CookieDesk] == "" || b.cookies[httpd.CookieKnown] == "" {
		t.Errorf("cookies %v", b.cookies)
	}
	again := d.browser()
	again.want(again.post("/desk/sign-in", right), 422, "kopā neder") // a code works once
}

func TestSignInSlowsDownAndLetsKnownBrowsersIn(t *testing.T) {
	d := open(t)
	anna := d.people["Anna"]
	own := d.signedIn("Anna")
	own.want(own.post("/desk/sign-out", url.Values{}), 303)
	stranger := d.browser()
	wrong := d.form(anna, "000000")
	for range 5 {
		stranger.want(stranger.post("/desk/sign-in", wrong), 422, "kopā neder")
	}
	stranger.post("/desk/sign-in", wrong)
	d.turn(31 * time.Second)
	stranger.want(stranger.post("/desk/sign-in", d.form(anna, d.code(anna))), 422, "pagaidiet")
	own.want(own.post("/desk/sign-in", d.form(anna, d.code(anna))), 303)
	d.turn(16 * time.Minute)
	stranger.want(stranger.post("/desk/sign-in", d.form(anna, d.code(anna))), 303)
}

func TestSessionsEnd(t *testing.T) {
	d := open(t)
	b := d.signedIn("Anna")
	old := b.cookies[httpd.CookieDesk]
	d.turn(29 * time.Minute)
	b.want(b.get("/desk"), 200)
	d.turn(36 * time.Minute) // half an hour, and the grid on which visits stand
	b.want(b.get("/desk"), 303)
	b = d.signedIn("Anna")
	if b.cookies[httpd.CookieDesk] == old {
		t.Error("the same cookie for another sign-in")
	}
	for range 20 {
		d.turn(29 * time.Minute)
		b.want(b.get("/desk"), 200)
	}
	d.turn(29 * time.Minute) // ten hours are over
	b.want(b.get("/desk"), 303)

	first, second := d.signedIn("Anna"), d.signedIn("Anna")
	second.want(second.post("/desk/account/end-others", url.Values{}), 303)
	first.want(first.get("/desk"), 303)
	second.want(second.get("/desk/account?done=others"), 200, "Citi apmeklējumi ir beigti",
		"Atbildīgā persona", "2026. gada")
	// A new sign-in in the same browser ends the one before.
	stolen := d.browser()
	stolen.cookies[httpd.CookieDesk] = second.cookies[httpd.CookieDesk]
	d.turn(31 * time.Second)
	second.want(second.post("/desk/sign-in", d.form(d.people["Anna"], d.code(d.people["Anna"]))), 303)
	stolen.want(stolen.get("/desk"), 303)
	second.want(second.post("/desk/sign-out", url.Values{}), 303)
	second.want(second.get("/desk"), 303)
}

func TestChangePassword(t *testing.T) {
	d := open(t)
	anna, other := d.signedIn("Anna"), d.signedIn("Anna")
	p := d.people["Anna"]
	fields := func(old, fresh, repeat string) url.Values {
		return url.Values{"old_password": {old}, "new_password": {fresh}, "repeat_password": {repeat}}
	}
	const fresh = "četri vārdi bez sakara"
	anna.want(anna.post("/desk/account/password", fields(p.password, fresh, "cits")), 422, "nesakrīt")
	anna.want(anna.post("/desk/account/password", fields("nav pareiza parole", fresh, fresh)), 422, "nav pareiza")
	anna.want(anna.post("/desk/account/password", fields(p.password, "īsa", "īsa")), 422, "vismaz 12")
	anna.never(fresh, p.password)
	anna.want(anna.post("/desk/account/password", fields(p.password, fresh, fresh)), 303)
	other.want(other.get("/desk"), 303)
	p.password = fresh
	d.signedIn("Anna")
}

// A session that ends while somebody writes loses nothing and stores nothing.
func TestEndedSessionKeepsWhatWasTyped(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	draft := anna.draft(path + "/messages")
	d.turn(time.Hour)
	const text = "Garš <teksts>\nar rindu"
	w := anna.upload(path+"/messages", draft, url.Values{"text": {text}, "event": {"feedback_sent"}, "lang": {"lv"}},
		map[string]string{"f": "x"})
	anna.want(w, http.StatusUnauthorized, text, draft, "Jūsu apmeklējums bija beidzies")
	if d.loose() != 0 {
		t.Error("a file was taken without a session")
	}
	v := d.form(d.people["Anna"], "000000")
	v["return"], v["kept.text"], v["kept.event"], v["kept.draft"] = []string{path +
		"/messages"}, []string{text}, []string{"feedback_sent"}, []string{draft}
	anna.want(anna.post("/desk/sign-in", v), 422, text, draft)
	v.Set("code", d.code(d.people["Anna"]))
	anna.want(anna.post("/desk/sign-in", v), 200, text, "Teksts ir atpakaļ", `value="feedback_sent" selected`, number)
	if got := anna.draft(path + "/messages"); got != draft {
		t.Error("another draft")
	}
	anna.get(path)
	anna.never("Garš")
	anna.want(anna.upload(path+"/messages", draft, url.Values{"text": {text}}, nil), 303)
	shown := strings.ReplaceAll(text, "\n", "<br>\n")
	anna.want(anna.get(path), 200, shown)

	// A step's form comes back as itself, and any other form by one press.
	d.turn(time.Hour)
	anna.want(anna.post(path+"/steps/acknowledge", url.Values{"draft": {derive.New().Text()}, "message": {"Sveiki"}}),
		401, "Sveiki")
	v = d.form(d.people["Anna"], d.code(d.people["Anna"]))
	v["return"], v["kept.message"] = []string{path + "/steps/acknowledge"}, []string{"Sveiki"}
	anna.want(anna.post("/desk/sign-in", v), 200, "Sveiki", "Ziņotājs lasīs")
	d.turn(time.Hour)
	v = d.form(d.people["Anna"], d.code(d.people["Anna"]))
	v["return"], v["kept.what"] = []string{"/desk/elsewhere"}, []string{"PAR TO"}
	anna.want(anna.post("/desk/sign-in", v), 200, "PAR TO", `action="/desk/elsewhere"`)
	// Secrets do not travel, and no other place is led to.
	d.turn(time.Hour)
	anna.want(anna.post("/desk/account/password", url.Values{"old_password": {"NOSLĒPUMS"}}), 401)
	anna.never("NOSLĒPUMS")
	v = d.form(d.people["Anna"], d.code(d.people["Anna"]))
	v["return"], v["kept.x"] = []string{"https://evil.example/"}, []string{"y"}
	w = anna.post("/desk/sign-in", v)
	anna.want(w, 303)
	if w.Header().Get("Location") != "/desk" {
		t.Error("led elsewhere")
	}
}

// The founders, whose sessions end with the third signature, read why.
func TestFoundersAreToldWhyTheySignInAgain(t *testing.T) {
	d := open(t)
	b := d.browser()
	for lang, words := range map[string]string{
		"lv": "Dibināšana ir pabeigta", "en": "The founding is complete", "ru": "Система учреждена",
		"kk": "Жүйе құрылды",
	} {
		b.want(b.get("/desk/sign-in?founded&lang="+lang), 200, words)
	}
	if w := b.get("/desk/sign-in?lang=lv"); strings.Contains(w.Body.String(), "Dibināšana") {
		t.Error("told to everybody")
	}
}
