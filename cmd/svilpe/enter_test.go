package main

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/store"
)

// send posts a form of the desk as whoever has the cookie.
func (d *door) send(path, cookie string, v url.Values) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("draft="+v.Get("draft")+"&lang=lv&"+v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// count asks the database itself.
func (d *door) count(query string) (n int) {
	d.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(d.h.cfg.Paths.Data, store.File)+"?_busy_timeout=5000")
	must(d.t, err)
	defer func() { must(d.t, db.Close()) }()
	must(d.t, db.QueryRow(query).Scan(&n))
	return n
}

func (d *door) entry(way, step string, more ...string) url.Values {
	v := url.Values{
		"draft": {derive.New().Text()}, "institution": {d.institution}, "way": {way}, "step": {step}, "at": {"check"},
		"track": {"anonymous"}, "category": {"procurement"}, "description": {"Stāstīja par rēķiniem."},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// A contact person writes down what somebody said: nothing is filed before the
// reporter agrees, the code is shown once, opens the case, and gives the contact
// person no key. The entry names who entered it.
func TestEnteredForAReporter(t *testing.T) {
	d := openDoor(t)
	contact := d.cookies[appoint.RoleContact]
	cases := d.count(`select count(*) from cases`)
	for what, v := range map[string]url.Values{
		"without a way":             d.entry("", "file", "approved", "yes"),
		"a way of nobody":           d.entry("dream", "file", "approved", "yes"),
		"not a contact person's":    d.entry("audit", "file", "approved", "yes"),
		"without the reporter's ok": d.entry("in_person", "file"),
		"a talk for somebody else":  d.entry("phone", "file", "approved", "yes", "track", "consultation"),
		"no text":                   d.entry("phone", "file", "approved", "yes", "description", " "),
		"another institution": d.entry("phone", "file", "approved", "yes", "institution",
			"00000000-0000-4000-8000-000000000000/x"),
	} {
		if w := d.send("/desk/enter", contact, v); w.Code != 422 || strings.Contains(w.Body.String(), `class="code"`) {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	if n := d.count(`select count(*) from cases`); n != cases {
		t.Fatalf("%d cases, had %d", n, cases)
	}
	if page := d.send("/desk/enter", contact, d.entry("phone", "form")).
		Body.String(); strings.Contains(page, `value="consultation"`) || !strings.Contains(page, `value="anonymous"`) {
		t.Error("a consultation is offered to who writes for somebody else")
	}
	form := d.entry("in_person", "file", "approved", "yes")
	w := d.send("/desk/enter", contact, form)
	if w.Code != 200 {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	code, number := codeIn(t, w.Body.String()), registerNumber.FindString(w.Body.String())
	again := d.send("/desk/enter", contact, form)
	if codeIn(t, again.Body.String()) != code || d.count(`select count(*) from cases`) != cases+1 {
		t.Error("the same form made another case")
	}
	opened := d.send("/status", "", url.Values{"code": {code}})
	if opened.Code >= 400 || len(opened.Result().Cookies()) == 0 {
		t.Errorf("the code opens nothing: %d", opened.Code)
	}
	if w := d.ask("GET /desk/cases/:number", number, contact); w.Code != 404 {
		t.Errorf("the contact person opens the case: %d", w.Code)
	}
	if n := d.count(`select count(*) from entry where kind = 'filed' and actor = '` +
		d.people[appoint.RoleContact][0].id + `'`); n != 1 {
		t.Errorf("%d entries name the contact person", n)
	}
	if n := d.count(`select count(*) from case_event where name = 'entered_in_person'`); n != 1 {
		t.Errorf("counted %d times", n)
	}
}

// A case that the institution begins has no code to show, nobody to write to and
// no date by which somebody must be told.
func TestOwnInitiative(t *testing.T) {
	d := openDoor(t)
	responsible := d.cookies[appoint.RoleResponsible]
	w := d.send("/desk/enter", responsible, d.entry("audit", "file"))
	number := registerNumber.FindString(w.Body.String())
	if w.Code != 200 || number == "" || strings.Contains(w.Body.String(), `class="code"`) {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	d.send("/desk/cases/"+number+"/statement", responsible,
		url.Values{"draft": {derive.New().Text()}, "no_conflict": {"yes"}})
	page := d.ask("GET /desk/cases/:number", number, responsible).Body.String()
	if strings.Contains(page, "/messages\"") || !strings.Contains(page, "audita") {
		t.Errorf("the page writes to nobody or does not say how it began:\n%s", page)
	}
	step := func(id string, v url.Values) int {
		v.Set("draft", derive.New().Text())
		return d.send("/desk/cases/"+number+"/steps/"+id, responsible, v).Code
	}
	if got := step("acknowledge", url.Values{}); got != http.StatusSeeOther {
		t.Errorf("acknowledge: %d", got)
	}
	if got := step("ask_reporter", url.Values{"message": {"?"}, "reason": {"?"}}); got != 422 {
		t.Errorf("somebody was asked: %d", got)
	}
	if got := step("accept_own",
		url.Values{"reason": {"jā"}, "competence": {"ethics"}, "message": {"Sveiki"}}); got != 422 {
		t.Errorf("somebody was written to: %d", got)
	}
	if got := step("accept", url.Values{"reason": {"jā"}, "competence": {"ethics_commission"}}); got != 422 {
		t.Errorf("accepted by one person: %d", got)
	}
	if got := step("accept_own",
		url.Values{"reason": {"jā"}, "competence": {"ethics_commission"}}); got != http.StatusSeeOther {
		t.Errorf("accept_own: %d", got)
	}
	state := func(want string) {
		t.Helper()
		if n := d.count(`select count(*) from cases where number = '` + number +
			`' and state = '` + want + `'`); n != 1 {
			t.Errorf("not in %s", want)
		}
	}
	state("triage") // one person has proposed it
	chair := d.cookies[appoint.RoleChair]
	d.send("/desk/cases/"+number+"/statement", chair,
		url.Values{"draft": {derive.New().Text()}, "no_conflict": {"yes"}})
	page = d.ask("GET /desk/cases/:number", number, chair).Body.String()
	verdict := "/desk/cases/" + number + "/proposals/" + after(page, "/desk/cases/"+number+"/proposals/", 36)
	agree := func(who string) int {
		return d.send(verdict, who, url.Values{"draft": {derive.New().Text()}, "verdict": {"approve"}, "reason": {""}}).
			Code
	}
	if got := agree(responsible); got == http.StatusSeeOther {
		t.Error("approved by who proposed it")
	}
	state("triage")
	if got := agree(chair); got != http.StatusSeeOther {
		t.Errorf("the second person: %d", got)
	}
	state("accepted")
	if n := d.count(`select count(*) from cases where number = '` + number + `' and due <> ''`); n != 0 {
		t.Error("somebody must be told by a date")
	}
}
