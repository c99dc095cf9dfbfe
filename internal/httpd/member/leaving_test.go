package member_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
)

// Somebody steps aside: before it the page says who remains, after it the case is
// gone for them in an open session, and goes on for the others.
func TestSteppingAside(t *testing.T) {
	d := open(t, []string{appoint.RoleMember})
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna, berta := d.signedIn("Anna"), d.signedIn("Berta")
	anna.state(number)
	anna.want(anna.post(path+"/assign",
		url.Values{
			"draft": {anna.draft(path + "/assign")}, "assign_reason": {"Zina."}, "members": {d.people["Carl"].id},
		}), 303)
	carl := d.signedIn("Carl")
	carl.want(carl.get(path), 200, "Atstatīties no šīs lietas")
	carl.state(number)

	carl.want(carl.get(path+"/recuse"), 200, "Jūs šo lietu vairs nevarēsiet atvērt",
		"Lietu varēs atvērt 2 cilvēki: Anna Liepa, Berta Liepa.")
	draft := carl.draft(path + "/recuse")
	carl.want(carl.post(path+"/recuse", url.Values{"draft": {draft}}), 422, "Šis lauks ir jāaizpilda")
	said := url.Values{"draft": {draft}, "reason": {"Tas ir mans brālis."}}
	carl.want(carl.post(path+"/recuse", said), 303)
	carl.want(carl.post(path+"/recuse", said), 303) // pressed twice
	carl.want(carl.get("/desk/cases?done=recused"), 200, "Jūs atstatījāties no lietas.")
	carl.never(number)
	for _, p := range []string{path, path + "/recuse", path + "/exclude"} {
		carl.want(carl.get(p), http.StatusNotFound)
	}
	anna.want(anna.get(path), 200, "Atstatījās", "Tas ir mans brālis.", "Carl Liepa")

	// The other handler was never in it; the chair's leaving brings somebody who may lead.
	berta.state(number)
	berta.want(berta.get(path+"/recuse"), 200, "Lietu varēs atvērt 1 cilvēks: Anna Liepa.",
		"Programma lietu nodos arī šiem cilvēkiem: Emma Liepa.")
	berta.never("Carl Liepa")
	f := d.signedIn("Emma")
	f.want(f.get(path), http.StatusNotFound)
	berta.want(berta.post(path+"/recuse",
		url.Values{"draft": {berta.draft(path + "/recuse")}, "reason": {"Skar mani."}}), 303)
	f.state(number)
	f.want(f.get(path), 200, "Iepirkumā uzvarēja")
	anna.want(anna.get(path+"/recuse"), 200, "Pagaidām to nevar izdarīt")
}

// The chair excludes somebody: the page names whom it may be, says what happens,
// and nobody gives the case to that person again.
func TestExcludingSomebody(t *testing.T) {
	d := open(t, []string{appoint.RoleMember})
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	carl := d.people["Carl"]
	anna.want(anna.get(path), 200, path+"/exclude", "Carl Liepa") // offered as an examiner
	anna.want(anna.get(path+"/exclude"), 200, "Carl Liepa", "Emma Liepa", "var atvērt šo lietu")
	anna.never("Dora Liepa", path+"/exclude/"+d.people["Anna"].id)
	one := path + "/exclude/" + carl.id
	anna.want(anna.get(one), 200, "Carl Liepa: šo lietu vairs nevarēs atvērt")
	anna.want(anna.post(one, url.Values{"draft": {anna.draft(one)}}), 422, "Šis lauks ir jāaizpilda")
	anna.want(anna.post(one, url.Values{"draft": {anna.draft(one)}, "reason": {"Minēts ziņojumā."}}), 303)
	anna.want(anna.get(path+"?done=excluded"), 200, "Cilvēks ir izslēgts no lietas.",
		"Izslēgts no lietas", "Minēts ziņojumā.")
	anna.never(`value="` + carl.id + `"`) // not offered as an examiner any more
	anna.want(anna.get(one), http.StatusNotFound)
	anna.want(anna.get(path+"/exclude/"+d.people["Dora"].id), http.StatusNotFound)
	anna.want(anna.get(path+"/escalate"), 422) // there is no alternate institution
}

// The chair proposes to exclude the responsible person: before the button the page
// says who must approve; the one it is about sees that something waits, and neither
// reads nor decides it; a third person does.
func TestExcludingTakesTwo(t *testing.T) {
	d := open(t, []string{appoint.RoleMember})
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna, berta, carl := d.signedIn("Anna"), d.signedIn("Berta"), d.signedIn("Carl")
	anna.state(number)
	berta.state(number)
	one := path + "/exclude/" + d.people["Anna"].id
	berta.want(berta.get(one), 200, "lietu jau tagad saņems Carl Liepa", "Iesniegt apstiprināšanai", "bet ne iemeslu")
	anna.want(anna.post(path+"/assign",
		url.Values{
			"draft": {anna.draft(path + "/assign")}, "assign_reason": {"Zina."}, "members": {d.people["Carl"].id},
		}), 303)
	carl.state(number)
	berta.want(berta.get(one), 200, "to apstiprinās cits cilvēks: Carl Liepa (")
	berta.never("Emma Liepa", "jau tagad saņems")
	berta.want(berta.post(one, url.Values{"draft": {berta.draft(one)}}), 422, "Šis lauks ir jāaizpilda",
		"to apstiprinās cits cilvēks")
	said := url.Values{"draft": {berta.draft(one)}, "reason": {"Runā ar NOSLĒPUMS."}}
	if w := berta.post(one, said); w.Code != 303 || !strings.HasSuffix(w.Header().Get("Location"), "?done=proposed") {
		t.Errorf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	berta.want(berta.post(one, said), 303) // pressed twice
	berta.want(berta.get(path), 200, "Izslēgt kolēģi no lietas", "NOSLĒPUMS", "Anna Liepa",
		"To ierosinājāt Jūs, tāpēc lemj cits cilvēks: Carl Liepa")
	berta.never(`value="approve"`)

	carl.get(path)
	act := decision(carl, path)
	anna.want(anna.get(path), 200, "Izslēgt kolēģi no lietas", "Šis priekšlikums ir par Jums")
	anna.never("NOSLĒPUMS", `value="approve"`, `value="reject"`)
	anna.want(anna.get("/desk/approvals"), 200)
	anna.never("NOSLĒPUMS")
	for _, verdict := range []string{"approve", "reject"} {
		anna.want(anna.post(act, url.Values{"draft": {derive.New().Text()}, "verdict": {verdict}, "reason": {"x"}}),
			422, "Šis priekšlikums ir par Jums")
		anna.never("NOSLĒPUMS")
	}
	anna.want(anna.post(path+"/exclude/"+d.people["Carl"].id,
		url.Values{"draft": {derive.New().Text()}, "reason": {"Rakstīts <velti>?"}}), 422,
		"Vispirms jālemj par priekšlikumu", "Rakstīts <velti>?")

	carl.want(carl.get(path), 200, "NOSLĒPUMS", "Anna Liepa", `value="approve"`)
	carl.want(carl.post(act, url.Values{"draft": {carl.draft(act)}, "verdict": {"approve"}}), 303)
	anna.want(anna.get(path), http.StatusNotFound)
	berta.want(berta.get(path), 200, "Izslēgts no lietas", "Apstiprināts: Izslēgt kolēģi no lietas", "NOSLĒPUMS")
}

// A member hands over every open case from the account page, and sees numbers.
func TestHandingOver(t *testing.T) {
	d := open(t, []string{appoint.RoleMember})
	first, second := d.file(nil).Number, d.file(nil).Number
	anna := d.signedIn("Anna")
	anna.state(first)
	anna.want(anna.get("/desk/account"), 200, "Nodot manas lietas")
	const page = "/desk/account/handover"
	anna.want(anna.get(page), 200, "Nodot var 2 atvērtas lietas.", "Emma Liepa (Ētikas komisijas loceklis)")
	anna.want(anna.post(page, url.Values{"draft": {anna.draft(page)}, "to": {d.people["Dora"].id}}), 422)
	// One press gives everything away: it is asked with the receiver's office first.
	draft := anna.draft(page)
	anna.want(anna.post(page, url.Values{"draft": {draft}, "to": {d.people["Emma"].id}}), 200,
		"Visas saņems Emma Liepa (Ētikas komisijas loceklis)", "Jūs vairs nevarēsiet atvērt",
		"Nodot var 2 atvērtas lietas.")
	anna.want(anna.get("/desk/cases/"+first), 200, "Iepirkumā uzvarēja")
	anna.want(anna.post(page, url.Values{"draft": {draft}, "to": {d.people["Emma"].id}, "sure": {"yes"}}), 200,
		"Nodotas", "Nav nevienas atvērtas lietas")
	anna.never(first, second)
	emma := d.signedIn("Emma")
	for _, number := range []string{first, second} {
		anna.want(anna.get("/desk/cases/"+number), http.StatusNotFound)
		emma.state(number)
		emma.want(emma.get("/desk/cases/"+number), 200, "Iepirkumā uzvarēja")
	}
	dora := d.signedIn("Dora")
	dora.want(dora.get(page), http.StatusNotFound)
}

// What has no place in a case is taken out of the working copy: nothing is added,
// everybody reads the copy, and only who leads the case opens the whole text.
func TestTakingOut(t *testing.T) {
	d := open(t, []string{appoint.RoleMember})
	number := d.file(nil).Number
	anna, carl := d.signedIn("Anna"), d.signedIn("Carl")
	anna.state(number)
	path := "/desk/cases/" + number
	anna.want(anna.post(path+"/assign",
		url.Values{
			"draft": {anna.draft(path + "/assign")}, "assign_reason": {"Zina."}, "members": {d.people["Carl"].id},
		}), 303)
	carl.state(number)
	carl.want(carl.get(path), 200, path+"/redact")
	carl.want(carl.get(path+"/redact"), 200, "Ziņojums", "Iepirkumā uzvarēja")
	_, rest, _ := strings.Cut(carl.get(path+"/redact").Body.String(), path+"/redact/")
	page := path + "/redact/" + rest[:36]
	carl.want(carl.get(page), 200, "Izdzēsiet to, kam lietā nav vietas", "Iepirkumā uzvarēja")
	const text, word, less = "Iepirkumā uzvarēja <b>radinieks</b>.", "radinieks", "Iepirkumā uzvarēja <b></b>."
	form := func(text string, more ...string) url.Values {
		v := url.Values{
			"draft": {carl.draft(page)}, "left_description": {text}, "why": {"irrelevant"},
			"reason": {"Nav saistīts ar lietu."},
		}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	carl.want(carl.post(page, form(text+" Un zaga.")), 422, "Drīkst tikai izdzēst", "Un zaga.",
		"Nav saistīts ar lietu.")
	carl.want(carl.post(page, form(text)), 422, "Nekas nav izdzēsts")
	carl.want(carl.post(page, form(less, "why", "")), 422, "Šis lauks ir jāaizpilda")
	carl.want(carl.post(page, form(text+" Un zaga.", "more", "1")), 422, "Drīkst tikai izdzēst", "Un zaga.",
		"Nav saistīts ar lietu.")
	carl.want(carl.post(page, form(text, "more", "1")), 422, "Nekas nav izdzēsts", "Nav saistīts ar lietu.")
	carl.want(carl.post(page, form(less, "more", "1")), 200, "Īsinātais teksts", "[…]")
	carl.want(carl.post(page, form(less)), 303)
	carl.want(carl.get(path+"?done=redacted"), 200, "Lieki personas dati ir izņemti.", "[…]")
	carl.never(word)
	whole := path + "/original/" + rest[:36]
	carl.want(carl.get(whole), http.StatusNotFound)
	anna.want(anna.get(page), 200, whole)
	anna.want(anna.get(whole), 200, word, "Nav saistīts ar lietu.")
}
