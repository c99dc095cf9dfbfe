package member_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// From a new report to a decision that two people took.
func TestFromReportToDecision(t *testing.T) {
	d := open(t, []string{appoint.RoleMember})
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna, berta := d.signedIn("Anna"), d.signedIn("Berta")

	anna.want(anna.get("/desk"), 200, number, "Termiņš tuvojas", "nav atvērta", "termiņš pēc 7 dienām", "09.11.2026.")
	anna.want(anna.get("/desk/cases"), 200, number, "nav atvērta")
	anna.want(anna.get(path), 200, "Man šajā lietā nav interešu konflikta")
	anna.never("radinieks") // no content before the statement
	anna.want(anna.post(path+"/statement", url.Values{"draft": {anna.draft(path + "/statement")}}), 422,
		"Šis lauks ir jāaizpilda")
	anna.state(number)
	anna.want(anna.get(path), 200, "Iepirkumā uzvarēja <b>radinieks</b>.", "Nākamais solis: Apstiprināt saņemšanu",
		"Anna Liepa", "Berta Liepa", "Lieta vēl nav atvērta")
	if strings.Contains(anna.page, "<b>radinieks") {
		t.Error("a reporter's markup is markup")
	}
	berta.state(number)
	if strings.Contains(berta.page, "/steps/acknowledge") {
		t.Error("the chair is offered the responsible person's step")
	}

	anna.want(anna.step(number, "acknowledge", url.Values{}), 303)
	anna.want(anna.get(path), 200, "Sākotnējā izvērtēšana", "Nākamais solis: Pieņemt izskatīšanai")
	// its message is demanded
	anna.want(anna.step(number, "ask_reporter", url.Values{}), 422, "Šis lauks ir jāaizpilda")
	note := anna.draft(path + "/steps/ask_reporter")
	anna.want(anna.post(path+"/steps/ask_reporter", url.Values{"draft": {note}, "message": {"Kurā dienā tas bija?"}}),
		303)
	anna.want(anna.get(path), 200, "Gaidām atbildi uz jautājumu", "Kurā dienā tas bija?", "Ziņotājs")
	anna.want(anna.step(number, "resume_without_reply", url.Values{"reason": {"Ilgi klusē."}}), 303)

	anna.get(path)
	anna.want(anna.post(path+"/notes",
		url.Values{
			"draft": {anna.draft(path + "/notes")}, "note": {"Pārbaudīt līgumus."}, "note_event": {"meeting_held"},
		}), 303)
	anna.want(anna.get(path), 200, "Pārbaudīt līgumus.", "iekšējs, ziņotājs neredz", "Tikšanās notikusi")
	anna.want(anna.step(number, "accept", url.Values{"reason": {"Fakti ir."}, "competence": {"ethics_commission"}}),
		303)

	anna.want(anna.get(path), 200, "Vispirms vajadzīgi vismaz divi norīkoti izskatītāji", "#assign")
	anna.want(anna.post(path+"/assign",
		url.Values{"draft": {anna.draft(path + "/assign")}, "assign_reason": {"Zina iepirkumus."}}), 422,
		"Šis lauks ir jāaizpilda", "Zina iepirkumus.")
	anna.want(anna.post(path+"/assign",
		url.Values{"draft": {anna.draft(path + "/assign")}, "assign_reason": {"Zina iepirkumus."}, "members": {
			d.people["Carl"].id, d.people["Emma"].id,
		}}), 303)
	carl, emma := d.signedIn("Carl"), d.signedIn("Emma")
	carl.state(number)
	emma.state(number)
	anna.want(anna.get(path), 200, "Atslēgu iedeva: Anna Liepa")
	anna.want(anna.step(number, "start", url.Values{}), 303)

	carl.want(carl.step(number, "propose_decision",
		url.Values{
			"reason": {"Izpētīts."}, "heard": {"heard"}, "draft_text": {"Konstatēt pārkāpumu."},
			"outcome": {"substantiated"}, "clauses": {"model_2_1"},
		}), 303)
	version := regexp.MustCompile(`name="version" id="version" value="([^"]+)"`)
	voted := func(who *browser, how string) {
		t.Helper()
		page := who.get(path + "/steps/vote").Body.String()
		id := version.FindStringSubmatch(page)
		if id == nil {
			t.Fatalf("no version to vote on: %s", page)
		}
		who.want(who.step(number, "vote",
			url.Values{"version": {id[1]}, "vote": {how}, "dissent": {"Savs viedoklis."}}), 303)
	}
	approve := url.Values{
		"reason": {"Pierādīts."}, "outcome": {"substantiated"}, "message": {"Pārkāpums konstatēts. Paldies."},
	}
	// Everybody who may vote is told so, until the vote is there; nobody else is.
	toVote := func(b *browser, must bool) {
		t.Helper()
		for _, x := range []struct{ page, text string }{
			{"/desk", "Lēmuma projekts gaida balsis"}, {"/desk/approvals", "Lēmuma projekts gaida balsis"},
			{path, `<a class="button" href="` + path + `/steps/vote">Nobalsojiet par lēmuma projektu</a>`},
		} {
			b.want(b.get(x.page), 200)
			if strings.Contains(b.page, x.text) != must {
				t.Errorf("%s: %q is %v", x.page, x.text, !must)
			}
		}
	}
	for _, b := range []*browser{berta, carl, emma} {
		toVote(b, true) // the draft's author too
	}
	toVote(anna, false)
	voted(carl, "for")
	toVote(carl, false)
	carl.want(carl.get(path), 200, "Kvoruma nav")
	berta.want(berta.get(path+"/decision"), 200, "Vēl nav: jābalso vairāk nekā pusei")
	berta.want(berta.get(path+"/steps/approve_decision"), 422)
	voted(emma, "against")
	voted(emma, "for")
	toVote(emma, false)
	emma.want(emma.get(path+"/decision"), 200, "Konstatēt pārkāpumu.", "par: 2, pret: 0", "Savs viedoklis.")
	approve.Set("version", version.FindStringSubmatch(berta.get(path + "/steps/approve_decision").Body.String())[1])
	berta.want(berta.step(number, "approve_decision", approve), 303)
	berta.want(berta.post(path+"/decision", url.Values{}), 422, "Lēmums un balsojums") // not yet
	if to := berta.get(path); !strings.Contains(to.Body.String(), "To ierosinājāt Jūs") ||
		strings.Contains(to.Body.String(), `value="approve"`) {
		t.Errorf("the proposer's page: %s", to.Body)
	}
	emma.want(emma.get("/desk/approvals"), 200, number, "Apstiprināt lēmumu")
	berta.get("/desk")
	berta.never("Lēmuma projekts gaida balsis") // voting is over
	emma.want(emma.get(path), 200, "Pārkāpums konstatēts. Paldies.", "1. redakcija", "Mūsu ziņa ziņotājam")
	act := decision(emma, path)
	draft := emma.draft(act)

	// The proposer is refused, whatever the page offered.
	berta.want(berta.post(act, url.Values{"draft": {derive.New().Text()}, "verdict": {"approve"}}),
		422, "To ierosinājāt Jūs")
	// So is the author of the draft, as the only other one.
	carl.want(carl.post(act, url.Values{"draft": {derive.New().Text()}, "verdict": {"approve"}}), 422,
		"Lēmuma projektu iesniedzāt Jūs")
	emma.want(emma.post(act, url.Values{"draft": {draft}, "verdict": {"reject"}}), 422, "Šis lauks ir jāaizpilda")
	emma.want(emma.post(act, url.Values{"draft": {draft}}), 422, "Nospiediet pogu")
	first := emma.post(act, url.Values{"draft": {draft}, "verdict": {"approve"}})
	emma.want(first, 303)
	emma.want(emma.get(path), 200, "Lēmums pieņemts", "Apstiprināts: Apstiprināt lēmumu")
	// sent twice: another order
	again := emma.post(act, url.Values{"verdict": {"approve"}, "draft": {draft}, "lang": {"lv"}})
	if emma.want(again, 303); again.Header().Get("Location") != first.Header().Get("Location") {
		t.Errorf("sent twice it is answered %s, at first %s", again.Header().Get("Location"),
			first.Header().Get("Location"))
	}
	signs(t, emma, carl, path)
}

// signs takes the decision out to be signed: whoever takes it has the same bytes,
// the page tells their hash, and nothing of the report is in it.
func signs(t *testing.T, emma, carl *browser, path string) {
	t.Helper()
	emma.want(emma.get(path+"/decision"), 200, "Lejupielādēt lēmumu (PDF)")
	var hashes []string
	for lang, b := range map[string]*browser{"lv": emma, "en": carl} {
		w := b.post(path+"/decision", url.Values{"lang": {lang}})
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		hashes = append(hashes, fmt.Sprintf("%x", sha256.Sum256(w.Body.Bytes())))
		text := printed(t, w.Body.String())
		for _, want := range []string{
			"Konstatēt pārkāpumu.", "Savs viedoklis.", "Ierobežotas pieejamības informācija", "Lēmumu apstiprināja",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if strings.Contains(text, "radinieks") {
			t.Error("the report is in the decision")
		}
	}
	if hashes[0] != hashes[1] {
		t.Error("one decision, two files")
	}
	emma.want(emma.get(path+"/decision?lang=lv"), 200, hashes[0])
}

// decision is the action of the page's form that decides on a proposal.
func decision(b *browser, path string) string {
	at := strings.Index(b.page, path+"/proposals/")
	if at < 0 {
		b.d.t.Fatalf("no proposal to decide on\n%s", b.page)
	}
	return b.page[at : at+strings.Index(b.page[at:], `"`)]
}

func TestTheSameFormTwiceStoresOnce(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	draft := anna.draft(path + "/notes")
	for range 2 {
		anna.want(anna.post(path+"/notes", url.Values{"draft": {draft}, "note": {"VIENREIZ"}}), 303)
	}
	anna.get(path)
	message := anna.draft(path + "/messages")
	for range 2 {
		anna.want(anna.upload(path+"/messages", message, url.Values{"text": {"AR FAILU"}},
			map[string]string{"plāns.txt": "saturs"}), 303)
	}
	anna.get(path)
	for _, once := range []string{"VIENREIZ", "AR FAILU", "plāns.txt"} {
		if n := strings.Count(anna.page, once); n != 1 {
			t.Errorf("%q stands %d times", once, n)
		}
	}
	if n := d.loose(); n != 0 {
		t.Errorf("%d bytes of received files of a message that was sent before are left", n)
	}
}

// A proposal that the reporter's act has overtaken is refused, and does not
// stand in the way for ever.
func TestProposalOvertaken(t *testing.T) {
	d := open(t)
	filed := d.file(nil)
	number, path := filed.Number, "/desk/cases/"+filed.Number
	anna, berta := d.signedIn("Anna"), d.signedIn("Berta")
	anna.state(number)
	berta.state(number)
	anna.want(anna.step(number, "acknowledge", url.Values{}), 303)
	anna.want(anna.step(number, "not_examine",
		url.Values{"reason": {"Nav faktu."}, "why": {"no_facts"}, "message": {"Nevaram izskatīt."}}), 303)
	berta.want(berta.get(path), 200, "Nevaram izskatīt.")
	act := decision(berta, path)
	draft := berta.draft(act)

	visit := d.visit(filed)
	_, err := d.consultation.Withdraw(context.Background(), visit, derive.New(), "")
	must(t, err)

	berta.want(berta.post(act, url.Values{"draft": {draft}, "verdict": {"approve"}}), 422,
		"Lieta pa to laiku ir mainījusies", "Atsaukts")
	berta.never("Atstāts bez izskatīšanas</span>")
	if strings.Contains(berta.page, `value="approve"`) {
		t.Error("an overtaken proposal can still be approved")
	}
	anna.want(anna.post(act, url.Values{"draft": {derive.New().Text()}, "verdict": {"reject"}, "reason": {"x"}}),
		422, "To ierosinājāt Jūs")
	berta.want(berta.post(act, url.Values{"draft": {berta.draft(act)}, "verdict": {"reject"}, "reason": {"Atsaukts."}}),
		303)
	berta.want(berta.get(path), 200, "Noraidīts")
	if !strings.Contains(berta.page, "/steps/reopen") {
		t.Error("the case is stuck behind a proposal that was overtaken")
	}
}

// Files go both ways as attachments and open for holders only.
func TestFilesAreKeptNeverShown(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	anna.want(anna.upload(path+"/messages", anna.draft(path+"/messages"), url.Values{"text": {"Plāns"}},
		map[string]string{`lapa.html`: "<script>1</script>"}), 303)
	anna.want(anna.get(path), 200, "lapa.html", "nav attīrīts")
	at := strings.Index(anna.page, path+"/files/")
	href := anna.page[at : at+strings.Index(anna.page[at:], `"`)]
	w := anna.get(href)
	anna.want(w, 200)
	h := w.Header()
	if w.Body.String() != "<script>1</script>" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") ||
		h.Get("Content-Type") != "application/octet-stream" || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v\n%s", h, w.Body)
	}
	carl := d.signedIn("Carl")
	carl.want(carl.get(href), http.StatusNotFound)
	// Too large and too many: the text stays, and the files that fit. What is not
	// ticked any more is gone.
	draft := derive.New().Text()
	anna.want(anna.upload(path+"/messages", draft, url.Values{"text": {"PALIEK"}},
		map[string]string{"liels": strings.Repeat("x", 1<<20+1)}), 422, "PALIEK", "Fails ir pārāk liels")
	anna.want(anna.upload(path+"/messages", draft, url.Values{"text": {"PALIEK"}},
		map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}), 422, "PALIEK", "Failu ir pārāk daudz")
	if n := len(kept(anna, false)); n != 3 {
		t.Errorf("%d files of three are kept", n)
	}
	fields := kept(anna, false)
	fields.Set("text", "")
	anna.want(anna.upload(path+"/messages", draft, fields, map[string]string{"protokols.pdf": "5"}), 422,
		"Šis lauks ir jāaizpilda", "PDF dokuments", "Jau saņemtie faili")
	if n := d.loose(); n == 0 {
		t.Error("the file of a refused message is not kept")
	}
	fields = kept(anna, true)
	fields.Set("text", "TAGAD")
	anna.want(anna.upload(path+"/messages", draft, fields, nil), 303)
	anna.want(anna.get(path), 200, "TAGAD", "protokols.pdf", "PDF dokuments, 1")
	if n := d.loose(); n != 0 {
		t.Errorf("%d bytes of files that were not sent are left", n)
	}
}

var (
	carried = regexp.MustCompile(`name="(file\.[^"]+)" value="([^"]+)"`)
	ticked  = regexp.MustCompile(`name="keep" value="([^"]+)"`)
)

// kept are the page's fields of received files, with their boxes ticked or not.
func kept(b *browser, tick bool) url.Values {
	v := url.Values{}
	for _, m := range carried.FindAllStringSubmatch(b.page, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range ticked.FindAllStringSubmatch(b.page, -1) {
		if tick {
			v.Add("keep", m[1])
		}
	}
	return v
}

// Whom the reporter excluded is not offered, and refused if asked for.
func TestExcludedAreNotAssigned(t *testing.T) {
	d := open(t, []string{appoint.RoleMember})
	number := d.file(func(r *ethics.Report) { r.Excluded = []string{d.people["Carl"].id} }).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	if strings.Contains(anna.page, d.people["Carl"].id) || !strings.Contains(anna.page, d.people["Emma"].id) {
		t.Error("the excluded is offered, or the other is not")
	}
	anna.want(anna.post(path+"/assign",
		url.Values{"draft": {anna.draft(path + "/assign")}, "assign_reason": {"x"}, "members": {d.people["Carl"].id}}),
		422)
	carl := d.signedIn("Carl")
	carl.want(carl.get(path), http.StatusNotFound)
}
