package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// face is a page in one state, as one person meets it.
type face struct {
	name  string
	who   string // a seat of the gallery
	route string // that answers with the page: method and pattern
	file  string // the template it is made of
	code  int
	path  string // where the way to it begins; {words} are the gallery's
	way   []step // what is done there, nothing for a page that only has to be opened
}

// step is one thing a person does on the way to a face.
type step func(*visitor, *gallery)

func in(form string) step { return func(v *visitor, g *gallery) { v.in(g.say(form)) } }

func types(name, value string) step {
	return func(v *visitor, g *gallery) { v.fill(name, g.say(value)) }
}

func picks(name, value string) step { return func(v *visitor, _ *gallery) { v.choose(name, value) } }

// picksFirst takes the first real option of a list.
func picksFirst(name string) step {
	return func(v *visitor, _ *gallery) {
		v.fill(name,
			eval[string](v,
				`[...document.querySelector('select[name="'+$1+'"]').options].map(o => o.value).find(x => x)`, name))
	}
}

func presses(button string) step { return func(v *visitor, _ *gallery) { v.send(button) } }

// begins chooses the institution that stands chosen and comes to the form.
var begins = []step{in("/report"), presses("institution"), in("/report")}

// declares a gift.
var declares = []step{
	in("/gifts"), types("who", "Anna Bērziņa, lietvede"), types("what", "Grāmata"), types("value", "15 eiro"),
	types("from", "Izdevniecība"), types("when", "2026-01-05"), picks("done", "handed_over"), presses(""),
}

// enters says that somebody came in person; tells writes down what they said.
var (
	enters = []step{in("/desk/enter"), picks("way", "in_person"), presses("institution")}
	tells  = []step{
		in("/desk/enter"), picks("track", "anonymous"), types("category", "procurement"),
		types("description", "Rēķinus par remontu izrakstīja divreiz."), presses("check"),
	}
)

// prepares the text of a package to an authority.
var prepares = []step{in("/steps/forward"), picks("authority", "KNAB"), presses("")}

// answers presses a button that was on the page a moment ago, in another tab.
func answers(action string) step {
	return func(v *visitor, _ *gallery) {
		eval[bool](v,
			`(() => { const f = document.createElement('form');
			const d = document.querySelector('input[name=draft]').cloneNode(), b = document.createElement('button');
			f.method = 'post'; f.action = $1; b.name = 'answer'; b.value = 'yes'; b.textContent = 'x'; f.append(d, b);
			document.querySelector('main').append(f); return true })()`, action)
		v.in(action).send("yes")
	}
}

func then(first []step, more ...step) []step { return append(append([]step{}, first...), more...) }

// fills writes a report that gives its writer away.
var fills = then(begins, picks("track", "anonymous"), types("category", "procurement"), types("description",
	"Iepirkuma prasības pielāgotas vienam piegādātājam. Es vienīgā to zinu, zvaniet 29123456 vai "+
		"janis.berzins@vejupe.example.\n\nAr cieņu\nJānis"))

// names writes a report with the writer's name, which goes apart.
var names = then(begins, picks("track", "whistleblower"), types("category", "procurement"),
	types("description", "Iepirkuma prasības pielāgotas vienam."),
	picks("work_relation", "employed"), types("identity_name", "Mārcis Paraugs"),
	types("identity_contact", "marcis.paraugs@vejupe.example"),
	picks("if_not_recognised", "ethics"), picks("confirm_true", "yes"), picks("confirm_privacy", "yes"))

// forges makes the request one that nobody approved.
func forges(v *visitor, _ *gallery) {
	eval[string](v, `document.querySelector("input[name=request]").value = "x"`)
}

// attaches puts a file with a long name into a field.
func attaches(name string) step {
	return func(v *visitor, g *gallery) {
		path := filepath.Join(g.t.TempDir(),
			"Ļoti_gara_pielikuma_nosaukuma_vidū_nav_nevienas_atstarpes_un_tāpēc_tas_ir_grūts_2026.txt")
		must(v.t, os.WriteFile(path, []byte("saturs"), 0o600))
		v.attach(name, path)
	}
}

// forgets is a session that ends while the page is open.
func forgets(cookie string) step {
	return func(v *visitor, _ *gallery) {
		_, err := chromedp.Call(v.ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: cookie, URL: v.base})
		must(v.t, err)
	}
}

// returns signs some member in on the page that asks for it.
func returns(v *visitor, g *gallery) {
	m, code, err := g.nextCode()
	must(v.t, err)
	v.in("/desk/sign-in").fill("name", m.Email).fill("password", m.Password).fill("code", code).send("")
}

// mistypes enters a case code with one wrong character, which is found.
func mistypes(v *visitor, g *gallery) {
	code := []byte(g.words["code of closed"])
	code[0] = "10"[strings.IndexByte("1", code[0])+1]
	v.in("/status").fill("code", string(code)).send("")
}

// renews enters the code on the page and takes another one.
func renews(v *visitor, _ *gallery) {
	code := codeIn(v.t, eval[string](v, `document.querySelector("main").innerHTML`))
	v.open("/status").in("/status").fill("code", code).send("").open("/case/new-code").in("/case/new-code").send("")
}

// refiles sends a form again whose case has got a newer code since.
func refiles(v *visitor, g *gallery) {
	eval[bool](v,
		`(() => { const f = document.createElement('form'), b = document.createElement('button');
		f.method = 'post'; f.action = '/report';
		for (const [name, value] of new URLSearchParams($1)) f.append(Object.assign(document.createElement('input'),
			{type: 'hidden', name, value: name === 'lang' ? document.documentElement.lang : value}));
		b.value = 'again'; b.textContent = 'x'; f.append(b);
		document.querySelector('main').append(f); return true })()`, g.words["replaced"])
	v.in("/report").send("again")
}

// unseals opens the writer's details of a case of its own, since it can be done once.
func unseals(v *visitor, g *gallery) {
	v.open("/desk/cases/" + g.lent() + "/identity").in("/identity").send("open")
}

// archives leaves of two forms the one for the archive.
func archives(v *visitor, _ *gallery) {
	eval[bool](v, `(() => { document.querySelector('input[name=what][value=pdf]').form.remove(); return true })()`)
}

// asks writes a question to a trust person; erases takes it back at once.
var asks = then(begins, types("description", "Vai man par to ziņot?"), presses("check"))

func erases(v *visitor, _ *gallery) {
	code := codeIn(v.t, eval[string](v, `document.querySelector("main").innerHTML`))
	v.open("/status").in("/status").fill("code", code).send("").open("/consultation/end").
		in("/consultation/end").send("now")
}

var (
	registerNumber = regexp.MustCompile(`20\d\d-[0-9A-Z]{5}`)
	codeBlock      = regexp.MustCompile(`(?s)<p class="code".*?</p>`)
	fiveLetters    = regexp.MustCompile(`\b[0-9A-Z]{5}\b`)
)

// faces is every page and state that a person can see. A route or a template
// that is in none of them fails TestEveryPageHasAFace.
var faces = append(append(publicFaces, caseFaces...), append(deskFaces, adminFaces...)...)

var publicFaces = []face{
	{"start", "nobody", "GET /", "reporter/start", 200, "/", nil},
	{"start-real", "visitor", "GET /", "reporter/start", 200, "/", nil},
	{"safety", "nobody", "GET /safety", "reporter/safety", 200, "/safety", nil},
	{"privacy", "nobody", "GET /privacy", "reporter/privacy", 200, "/privacy", nil},
	{"about", "nobody", "GET /about", "reporter/about", 200, "/about", nil},
	{"help", "nobody", "GET /help", "help/reporter", 200, "/help", nil},
	{"components", "nobody", "GET /about/components", "reporter/components", 200, "/about/components", nil},
	{"institution", "nobody", "GET /report", "reporter/institution", 200, "/report", nil},
	{"institution-wrong", "nobody", "POST /report", "reporter/institution", 422, "/report", []step{
		in("/report"), types("institution", ""), presses("institution"),
	}},
	{"not-ready", "visitor", "POST /report", "reporter/not-ready", 503, "/report", []step{
		in("/report"), types("institution", "{empty institution}"), presses("institution"),
	}},
	{"form", "nobody", "POST /report", "reporter/form", 200, "/report", begins},
	{"form-wrong", "nobody", "POST /report", "reporter/form", 422, "/report", then(begins, presses("check"))},
	{"form-wrong-long", "nobody", "POST /report", "reporter/form", 422, "/report", then(begins,
		types("description", long), types("where", longPlace), attaches("attachments"), presses("check"))},
	{"check-named", "nobody", "POST /report", "reporter/check", 200, "/report", then(names, presses("check"))},
	{"form-named-wrong", "nobody", "POST /report", "reporter/form", 422, "/report", then(begins,
		picks("track", "whistleblower"), presses("check"))},
	{"talk-form", "nobody", "POST /report", "reporter/form", 200, "/report?track=consultation", begins},
	{
		"talk-form-wrong", "nobody", "POST /report", "reporter/form", 422, "/report?track=consultation",
		then(begins, presses("check")),
	},
	{"talk-check", "nobody", "POST /report", "reporter/check", 200, "/report?track=consultation", asks},
	{
		"talk-sent", "nobody", "POST /report", "reporter/code", 200, "/report?track=consultation",
		then(asks, in("/report"), presses("file")),
	},
	{
		"talk-erased", "nobody", "POST /consultation/end", "reporter/talk-end", 200, "/report?track=consultation",
		then(asks, in("/report"), presses("file"), erases),
	},
	{"talk", "reporter talk", "GET /consultation", "reporter/talk", 200, "/consultation", nil},
	{"talk-wrong", "reporter talk", "POST /consultation/messages", "reporter/talk", 422, "/consultation", []step{
		in("/consultation/messages"), presses("send"),
	}},
	{"talk-ended", "reporter talk ended", "GET /consultation", "reporter/talk", 200, "/consultation", nil},
	{"talk-end", "reporter talk", "GET /consultation/end", "reporter/talk-end", 200, "/consultation/end", nil},
	{
		"check", "nobody", "POST /report", "reporter/check", 200, "/report",
		then(fills, attaches("attachments"), presses("check")),
	},
	{"check-long", "nobody", "POST /report", "reporter/check", 200, "/report", then(fills,
		types("description", long), presses("check"))},
	{"code", "nobody", "POST /report", "reporter/code", 200, "/report", then(fills, presses("check"),
		in("/report"), presses("file"))},
	{"code-replaced", "nobody", "POST /report", "reporter/replaced", 200, "/status", []step{refiles}},
	{"status", "nobody", "GET /status", "reporter/status", 200, "/status", nil},
	{"status-wrong", "nobody", "POST /status", "reporter/status", 422, "/status", []step{
		in("/status"), types("code", "NAV-TĀDA-KODA"), presses(""),
	}},
	{"status-ended", "lapsed reporter", "GET /case", "reporter/status", 401, "/case", nil},
	{"not-found", "nobody", "", "error/error", 404, "/nothing-here", nil},
	{"closed", "closed", "GET /", "error/error", 503, "/", nil},
	{"closed-desk", "closed", "GET /desk", "error/error", 503, "/desk", nil},
}

var caseFaces = []face{
	{"case-received", "reporter received", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-triage", "reporter triage", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-awaiting", "reporter awaiting_reporter", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-investigation", "reporter investigation", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-decided", "reporter decided", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-closed", "reporter closed", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-withdrawn", "reporter withdrawn", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-forwarded", "reporter forwarded", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-long", "reporter long", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-muted", "reporter muted", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-wrong", "reporter triage", "POST /case/messages", "reporter/case", 422, "/case", []step{
		in("/case/messages"), types("text", long+"vēl garāks"), attaches("attachments"), presses("send"),
	}},
	{"case-corrected", "nobody", "POST /status", "reporter/case", 200, "/status", []step{mistypes}},
	{"case-ended", "reporter triage", "POST /case/messages", "reporter/status", 401, "/case", []step{
		in("/case/messages"), types("text", "Grāmatvede to redzēja."), attaches("attachments"),
		forgets("case"), presses("send"),
	}},
	{"new-code", "reporter received", "GET /case/new-code", "reporter/new-code", 200, "/case/new-code", nil},
	{"new-code-done", "nobody", "POST /case/new-code", "reporter/new-code-done", 200, "/report", then(fills,
		presses("check"), in("/report"), presses("file"), renews)},
	{"identity", "reporter received", "GET /case/identity", "reporter/identity", 200, "/case/identity", nil},
	{"identity-kept", "reporter recognised", "GET /case/identity", "reporter/identity", 200, "/case/identity", nil},
	{"identity-wrong", "reporter received", "POST /case/identity", "reporter/identity", 422, "/case/identity", []step{
		in("/case/identity"), presses("give"),
	}},
	{"identity-gone", "reporter gone", "GET /case/identity", "reporter/identity", 200, "/case/identity", nil},
	{"identity-ended", "reporter received", "POST /case/identity", "reporter/status", 401, "/case/identity", []step{
		in("/case/identity"), types("identity_name", "Mārcis Paraugs"), forgets("case"), presses("give"),
	}},
	{"case-mediation", "reporter mediation", "GET /case", "reporter/case", 200, "/case", nil},
	{"case-mediation-moved", "reporter triage", "POST /case/mediation", "reporter/case", 422, "/case", []step{
		answers("/case/mediation"),
	}},
	{"case-check-in-moved", "reporter triage", "POST /case/check-in", "reporter/case", 422, "/case", []step{
		answers("/case/check-in"),
	}},
	{
		"retaliation", "reporter received", "GET /case/retaliation", "reporter/retaliation", 200,
		"/case/retaliation", nil,
	},
	{
		"retaliation-wrong", "reporter received", "POST /case/retaliation", "reporter/retaliation", 422,
		"/case/retaliation", []step{in("/case/retaliation"), presses("")},
	},
	{"withdraw", "reporter received", "GET /case/withdraw", "reporter/withdraw", 200, "/case/withdraw", nil},
	{"withdraw-wrong", "reporter received", "POST /case/withdraw", "reporter/withdraw", 422, "/case/withdraw", []step{
		in("/case/withdraw"), types("text", long+"vēl garāks"), presses(""),
	}},
}

var deskFaces = []face{
	{"erasure", "new auditor", "GET /desk/erasure", "member/erasure", 200, "/desk/erasure", nil},
	{"erasure-first", "new responsible", "GET /desk/erasure", "member/erasure", 200, "/desk/erasure", nil},
	{"erase", "new responsible", "GET /desk/erasure/:id", "member/erase", 200, "/desk/erasure/{outlived}", nil},
	{"sign-in", "visitor", "GET /desk/sign-in", "member/sign-in", 200, "/desk/sign-in", nil},
	{"sign-in-practice", "nobody", "GET /desk/sign-in", "member/sign-in", 200, "/desk/sign-in", nil},
	{"sign-in-founded", "visitor", "GET /desk/sign-in", "member/sign-in", 200, "/desk/sign-in?founded", nil},
	{"sign-in-wrong", "visitor", "POST /desk/sign-in", "member/sign-in", 422, "/desk/sign-in", []step{
		in("/desk/sign-in"), types("name", "nezin@vejupe.example"), types("password", "nav pareiza parole"),
		types("code", "000000"), presses(""),
	}},
	{
		"sign-in-ended", "administrator", "POST /desk/setup/invitations", "member/sign-in", 401,
		"/desk/setup/invitations", []step{in("/invitations"), forgets("desk"), presses("")},
	},
	{"resume", "administrator", "POST /desk/sign-in", "member/resume", 200, "/desk/setup/invitations", []step{
		in("/invitations"), forgets("desk"), presses(""), returns,
	}},
	{"today-responsible", "responsible", "GET /desk", "member/today", 200, "/desk", nil},
	{"today-chair", "chair", "GET /desk", "member/today", 200, "/desk", nil},
	{"today-member", "member", "GET /desk", "member/today", 200, "/desk", nil},
	{"today-administrator", "administrator", "GET /desk", "member/today", 200, "/desk", nil},
	{"today-auditor", "auditor", "GET /desk", "member/today", 200, "/desk", nil},
	{"today-head", "head", "GET /desk", "member/today", 200, "/desk", nil},
	{"today-trust", "trust", "GET /desk", "member/today", 200, "/desk", nil},
	{"today-none", "new chair", "GET /desk", "member/today", 200, "/desk", nil},
	{"today-enrolled", "enrolled", "GET /desk", "member/today", 200, "/desk", nil},
	{"cases", "responsible", "GET /desk/cases", "member/cases", 200, "/desk/cases", nil},
	{"cases-one", "responsible", "GET /desk/cases", "member/cases", 200, "/desk/cases?state=closed", nil},
	{
		"cases-none-found", "responsible", "GET /desk/cases", "member/cases", 200,
		"/desk/cases?state=closed&due=week", nil,
	},
	{
		"cases-later", "responsible", "GET /desk/cases", "member/cases", 200,
		"/desk/cases?after=2026-01-01.2026-00000", nil,
	},
	{"cases-none", "new chair", "GET /desk/cases", "member/cases", 200, "/desk/cases", nil},
	{"cases-auditor", "auditor", "GET /desk/cases", "member/cases", 200, "/desk/cases", nil},
	{"approvals", "chair", "GET /desk/approvals", "member/approvals", 200, "/desk/approvals", nil},
	{"approvals-none", "new chair", "GET /desk/approvals", "member/approvals", 200, "/desk/approvals", nil},
	{"cover", "responsible", "GET /desk/cases/:number", "member/cover", 200, "/desk/cases/{received}", nil},
	{
		"cover-wrong", "responsible", "POST /desk/cases/:number/statement", "member/cover", 422,
		"/desk/cases/{received}", []step{in("/statement"), presses("")},
	},
	{"desk-triage", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{retaliation}", nil},
	{"desk-proposed", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{triage}", nil},
	{"desk-decides", "chair", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{triage}", nil},
	{"desk-decides-wrong", "chair", "POST /desk/cases/:number/proposals/:id", "member/case", 422,
		"/desk/cases/{triage}", []step{in("/desk/cases/{triage}"), func(v *visitor, _ *gallery) {
			v.in(eval[string](v, `new URL(document.querySelector('button[value=reject]').form.action).pathname`)).
				send("reject")
		}}},
	{"desk-accepted", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{accepted ru}", nil},
	{"desk-investigation", "member", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{investigation}", nil},
	{"desk-draft", "chair", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{decision_draft}", nil},
	{"desk-decided", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{decided}", nil},
	{"desk-measures", "member", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{measures}", nil},
	{
		"desk-awaiting", "responsible", "GET /desk/cases/:number", "member/case", 200,
		"/desk/cases/{awaiting_reporter}", nil,
	},
	{"desk-forwarded", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{forwarded}", nil},
	{"desk-on-hold", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{on_hold}", nil},
	{"desk-withdrawn", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{withdrawn}", nil},
	{
		"desk-closed", "responsible", "GET /desk/cases/:number", "member/case", 200,
		"/desk/cases/{closed}?done=step", nil,
	},
	{"desk-long", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{long}", nil},
	{
		"desk-message-wrong", "responsible", "POST /desk/cases/:number/messages", "member/case", 422,
		"/desk/cases/{retaliation}", []step{in("/messages"), presses("")},
	},
	{
		"desk-note-wrong", "responsible", "POST /desk/cases/:number/notes", "member/case", 422,
		"/desk/cases/{retaliation}", []step{in("/notes"), presses("")},
	},
	{
		"desk-assign-wrong", "responsible", "POST /desk/cases/:number/assign", "member/case", 422,
		"/desk/cases/{retaliation}", []step{in("/assign"), presses("")},
	},
	{
		"desk-ended", "responsible", "POST /desk/cases/:number/notes", "member/sign-in", 401,
		"/desk/cases/{retaliation}", []step{in("/notes"), types("note", "Piezīme"), forgets("desk"), presses("")},
	},
	{
		"vault-lent", "responsible", "GET /desk/cases/:number/identity", "member/vault", 200,
		"/desk/cases/{recognised}/identity", nil,
	},
	{
		"vault-waiting", "chair", "GET /desk/cases/:number/identity", "member/vault", 200,
		"/desk/cases/{recognised}/identity", nil,
	},
	{
		"vault-nothing-lent", "responsible", "POST /desk/cases/:number/identity", "member/vault", 422,
		"/desk/cases/{recognised}/identity", []step{forges, in("/identity"), presses("open")},
	},
	{"vault-opened", "responsible", "POST /desk/cases/:number/identity", "member/vault", 200, "/desk", []step{unseals}},
	{
		"vault-gone", "new responsible", "GET /desk/cases/:number/identity", "member/vault", 200,
		"/desk/cases/{details gone}/identity", nil,
	},
	{"desk-recognised", "responsible", "GET /desk/cases/:number", "member/case", 200, "/desk/cases/{recognised}", nil},
	{
		"step-disclose", "responsible", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{recognised}/steps/disclose_identity_outside", nil,
	},
	{
		"step-accept", "responsible", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{retaliation}/steps/accept", nil,
	},
	{
		"step-ask", "responsible", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{retaliation}/steps/ask_reporter", nil,
	},
	{
		"step-forward", "responsible", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{retaliation}/steps/forward", nil,
	},
	{
		"step-forward-unsaid", "responsible", "POST /desk/cases/:number/steps/:id", "member/step", 422,
		"/desk/cases/{retaliation}/steps/forward", []step{in("/steps/forward"), presses("")},
	},
	{
		"step-forward-text", "responsible", "POST /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{retaliation}/steps/forward", prepares,
	},
	{
		"step-forward-wrong", "responsible", "POST /desk/cases/:number/steps/:id", "member/step", 422,
		"/desk/cases/{retaliation}/steps/forward",
		then(prepares, in("/steps/forward"), types("package", "Rakstiet man: zina@vejupe.example, 26123456."),
			presses("")),
	},
	{
		"packages", "responsible", "GET /desk/cases/:number/package", "member/packages", 200,
		"/desk/cases/{forwarded}/package", nil,
	},
	{
		"packages-none", "responsible", "GET /desk/cases/:number/package", "member/packages", 200,
		"/desk/cases/{long}/package", nil,
	},
	{
		"step-not-examine", "responsible", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{retaliation}/steps/not_examine", nil,
	},
	{
		"step-extend", "chair", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{decision_draft}/steps/extend", nil,
	},
	{
		"step-propose", "member", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{investigation}/steps/propose_decision", nil,
	},
	{
		"step-approve", "chair", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{decision_draft}/steps/approve_decision", nil,
	},
	{
		"step-close", "responsible", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{decided}/steps/close", nil,
	},
	{
		"step-wrong", "responsible", "POST /desk/cases/:number/steps/:id", "member/step", 422,
		"/desk/cases/{retaliation}/steps/accept", []step{in("/steps/accept"), presses("")},
	},
	{
		"step-moved", "responsible", "GET /desk/cases/:number/steps/:id", "member/case", 422,
		"/desk/cases/{closed}/steps/accept", nil,
	},
	{
		"redact-list", "responsible", "GET /desk/cases/:number/redact", "member/leaving", 200,
		"/desk/cases/{long}/redact", nil,
	},
	{
		"redact", "responsible", "GET /desk/cases/:number/redact/:id", "member/leaving", 200,
		"/desk/cases/{muted}/redact/{cut}", nil,
	},
	{
		"redact-look", "responsible", "POST /desk/cases/:number/redact/:id", "member/leaving", 200,
		"/desk/cases/{muted}/redact/{cut}",
		[]step{in("/redact/{cut}"), types("left_description", "Lēti"), presses("1")},
	},
	{
		"redact-wrong", "responsible", "POST /desk/cases/:number/redact/:id", "member/leaving", 422,
		"/desk/cases/{muted}/redact/{cut}",
		[]step{in("/redact/{cut}"), types("left_description", "Dārgi kredīti!"), presses("")},
	},
	{
		"original", "responsible", "GET /desk/cases/:number/original/:id", "member/original", 200,
		"/desk/cases/{muted}/original/{cut}", nil,
	},
	{
		"recuse", "responsible", "GET /desk/cases/:number/recuse", "member/leaving", 200,
		"/desk/cases/{long}/recuse", nil,
	},
	{
		"recuse-unopened", "responsible", "GET /desk/cases/:number/recuse", "member/leaving", 200,
		"/desk/cases/{received}/recuse", nil,
	},
	{
		"recuse-wrong", "responsible", "POST /desk/cases/:number/recuse", "member/leaving", 422,
		"/desk/cases/{long}/recuse", []step{in("/recuse"), presses("")},
	},
	{"recused", "responsible", "GET /desk/cases", "member/cases", 200, "/desk/cases?done=recused", nil},
	{
		"exclude", "responsible", "GET /desk/cases/:number/exclude", "member/leaving", 200,
		"/desk/cases/{long}/exclude", nil,
	},
	{
		"exclude-one", "responsible", "GET /desk/cases/:number/exclude/:id", "member/leaving", 200,
		"/desk/cases/{long}/exclude/{excludable}", nil,
	},
	{
		"exclude-wrong", "responsible", "POST /desk/cases/:number/exclude/:id", "member/leaving", 422,
		"/desk/cases/{long}/exclude/{excludable}", []step{in("/exclude/{excludable}"), presses("")},
	},
	{
		"escalate", "responsible", "GET /desk/cases/:number/escalate", "member/leaving", 200,
		"/desk/cases/{long}/escalate", nil,
	},
	{
		"escalate-wrong", "responsible", "POST /desk/cases/:number/escalate", "member/leaving", 422,
		"/desk/cases/{long}/escalate", []step{in("/escalate"), presses("")},
	},
	{"handover", "responsible", "GET /desk/account/handover", "member/leaving", 200, "/desk/account/handover", nil},
	{"handover-none", "new chair", "GET /desk/account/handover", "member/leaving", 200, "/desk/account/handover", nil},
	{
		"handover-sure", "responsible", "POST /desk/account/handover", "member/leaving", 200, "/desk/account/handover",
		[]step{in("/handover"), picksFirst("to"), presses("")},
	},
	{
		"handover-wrong", "responsible", "POST /desk/account/handover", "member/leaving", 422, "/desk/account/handover",
		[]step{in("/handover"), presses("")},
	},
	{
		"handover-of", "responsible", "GET /desk/account/handover/:id", "member/leaving", 200,
		"/desk/account/handover/{leaver}", nil,
	},
	{
		"handover-of-wrong", "responsible", "POST /desk/account/handover/:id", "member/leaving", 422,
		"/desk/account/handover/{leaver}", []step{in("/handover/{leaver}"), presses("")},
	},
	{"gift", "nobody", "GET /gifts", "reporter/gift", 200, "/gifts", nil},
	{"gift-wrong", "nobody", "POST /gifts", "reporter/gift", 422, "/gifts", []step{
		in("/gifts"), types("what", longPlace), presses(""),
	}},
	{"gift-full", "old visitor", "POST /gifts", "reporter/gift", 429, "/gifts", declares},
	{"talk-full", "old visitor", "POST /report", "reporter/check", 429, "/report?track=consultation", []step{
		in("/report"), types("description", "Vai man par to ziņot?"), presses("check"), in("/report"), presses("file"),
	}},
	{"gifts-many", "old responsible", "GET /desk/gifts", "member/gifts", 200, "/desk/gifts", nil},
	{
		"gifts-older", "old responsible", "GET /desk/gifts", "member/gifts", 200,
		"/desk/gifts?before={newer gift}", nil,
	},
	{"talks-many", "old trust", "GET /desk/consultations", "member/talks", 200, "/desk/consultations", nil},
	{"gift-declared", "nobody", "POST /gifts", "reporter/gift-declared", 200, "/gifts", declares},
	{
		"decision", "chair", "GET /desk/cases/:number/decision", "member/decision", 200,
		"/desk/cases/{decision_draft}/decision", nil,
	},
	{
		"decision-made", "chair", "GET /desk/cases/:number/decision", "member/decision", 200,
		"/desk/cases/{measures}/decision", nil,
	},
	{
		"decision-none", "responsible", "GET /desk/cases/:number/decision", "member/decision", 200,
		"/desk/cases/{retaliation}/decision", nil,
	},
	{
		"measures", "responsible", "GET /desk/cases/:number/measures", "member/measures", 200,
		"/desk/cases/{measures}/measures", nil,
	},
	{
		"protection", "responsible", "GET /desk/cases/:number/protection", "member/watch", 200,
		"/desk/cases/{retaliation}/protection", nil,
	},
	{
		"export", "responsible", "GET /desk/cases/:number/export", "member/export", 200,
		"/desk/cases/{muted}/export", nil,
	},
	{
		"export-not-allowed", "chair", "GET /desk/cases/:number/export", "member/export", 200,
		"/desk/cases/{long}/export", nil,
	},
	{
		"export-wrong", "responsible", "POST /desk/cases/:number/export", "member/export", 422,
		"/desk/cases/{muted}/export", []step{archives, in("/export"), types("recipient", "age1"), presses("")},
	},
	{
		"step-measures", "chair", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{decided}/steps/set_measures", nil,
	},
	{
		"step-measures-more", "chair", "POST /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{decided}/steps/set_measures",
		[]step{in("/steps/set_measures"), types("measure_1", "Pārskatīt kārtību"), presses("1")},
	},
	{
		"step-vote", "chair", "GET /desk/cases/:number/steps/:id", "member/step", 200,
		"/desk/cases/{decision_draft}/steps/vote", nil,
	},
	{"lessons", "head", "GET /desk/lessons", "member/lessons", 200, "/desk/lessons", nil},
	{"lessons-none", "new responsible", "GET /desk/lessons", "member/lessons", 200, "/desk/lessons", nil},
	{"gifts", "responsible", "GET /desk/gifts", "member/gifts", 200, "/desk/gifts", nil},
	{"gifts-none", "new responsible", "GET /desk/gifts", "member/gifts", 200, "/desk/gifts", nil},
	{"talks", "trust", "GET /desk/consultations", "member/talks", 200, "/desk/consultations", nil},
	{"talks-none", "new trust", "GET /desk/consultations", "member/talks", 200, "/desk/consultations", nil},
	{
		"desk-talk", "trust", "GET /desk/consultations/:consultation", "member/talk", 200,
		"/desk/consultations/{talk}", nil,
	},
	{
		"desk-talk-ended", "trust", "GET /desk/consultations/:consultation", "member/talk", 200,
		"/desk/consultations/{talk ended}", nil,
	},
	{
		"desk-talk-wrong", "trust", "POST /desk/consultations/:consultation/messages", "member/talk", 422,
		"/desk/consultations/{talk}", []step{in("/messages"), presses("")},
	},
	{
		"desk-talk-note-wrong", "trust", "POST /desk/consultations/:consultation/notes", "member/talk", 422,
		"/desk/consultations/{talk}", []step{in("/notes"), presses("")},
	},
	{
		"desk-talk-end-wrong", "trust", "POST /desk/consultations/:consultation/end", "member/talk", 422,
		"/desk/consultations/{talk}", []step{in("/end"), presses("")},
	},
	{"enter", "responsible", "GET /desk/enter", "reporter/institution", 200, "/desk/enter", nil},
	{"enter-wrong", "responsible", "POST /desk/enter", "reporter/institution", 422, "/desk/enter", []step{
		in("/desk/enter"), presses("institution"),
	}},
	{"enter-form", "responsible", "POST /desk/enter", "reporter/form", 200, "/desk/enter", enters},
	{"enter-check", "responsible", "POST /desk/enter", "reporter/check", 200, "/desk/enter", then(enters, tells...)},
	{"enter-not-approved", "responsible", "POST /desk/enter", "reporter/check", 422, "/desk/enter", then(enters,
		then(tells, in("/desk/enter"), presses("file"))...)},
	{"entered", "responsible", "POST /desk/enter", "reporter/entered", 200, "/desk/enter", then(enters,
		then(tells, in("/desk/enter"), picks("approved", "yes"), presses("file"))...)},
	{
		"entered-own", "responsible", "POST /desk/enter", "reporter/entered", 200, "/desk/enter",
		then([]step{in("/desk/enter"), picks("way", "audit"), presses("institution")},
			then(tells, in("/desk/enter"), presses("file"))...),
	},
	{"account", "responsible", "GET /desk/account", "member/account", 200, "/desk/account?done=others", nil},
	{"account-trust", "trust", "GET /desk/account", "member/account", 200, "/desk/account", nil},
	{"account-wrong", "responsible", "POST /desk/account/password", "member/account", 422, "/desk/account", []step{
		in("/password"), types("old_password", "viens"), types("new_password", "otrs"),
		types("repeat_password", "trešais"), presses(""),
	}},
	{"help-responsible", "responsible", "GET /desk/help", "help/member", 200, "/desk/help", nil},
	{"help-administrator", "administrator", "GET /desk/help", "help/member", 200, "/desk/help", nil},
	{"help-auditor", "auditor", "GET /desk/help", "help/member", 200, "/desk/help", nil},
	{"desk-not-found", "responsible", "GET /desk/setup", "error/error", 404, "/desk/setup", nil},
	{"desk-not-theirs", "trust", "GET /desk/cases/:number", "error/error", 404, "/desk/cases/{closed}", nil},
}

var adminFaces = []face{
	{"enrol-code", "nobody", "GET /desk/enrol", "admin/enrol-code", 200, "/desk/enrol", nil},
	{"enrol-code-wrong", "nobody", "POST /desk/enrol", "admin/enrol-code", 422, "/desk/enrol", []step{
		in("/desk/enrol"), types("code", "NAV-TĀDA"), presses("code"),
	}},
	{"enrol", "nobody", "POST /desk/enrol", "admin/enrol", 200, "/desk/enrol", []step{
		in("/desk/enrol"), types("code", "{invitation}"), presses("code"),
	}},
	{"enrol-wrong", "nobody", "POST /desk/enrol", "admin/enrol", 422, "/desk/enrol", []step{
		in("/desk/enrol"), types("code", "{invitation}"), presses("code"), in("/desk/enrol"),
		types("email", "bez zīmes"), presses("enrol"),
	}},
	{"enrolled", "nobody", "GET /desk/enrol", "admin/enrolled", 200, "/desk/enrol?done=appointment", nil},
	{"enrolled-founder", "nobody", "GET /desk/enrol", "admin/enrolled", 200, "/desk/enrol?done=founding", nil},
	{"founding", "founder", "GET /desk/founding", "admin/founding", 200, "/desk/founding", nil},
	{"founding-wrong", "founder", "POST /desk/founding", "admin/founding", 422, "/desk/founding", []step{
		in("/desk/founding"), presses(""),
	}},
	{"founding-missing", "first founder", "GET /desk/founding", "admin/founding", 200, "/desk/founding", nil},
	{
		"founding-administrator", "founding administrator", "GET /desk/founding", "admin/founding",
		200, "/desk/founding", nil,
	},
	{"waiting", "enrolled", "GET /desk/founding", "admin/waiting", 200, "/desk/founding", nil},
	{
		"appointments-none", "responsible", "GET /desk/appointments", "admin/appointments", 200,
		"/desk/appointments", nil,
	},
	{"appointments", "new chair", "GET /desk/appointments", "admin/appointments", 200, "/desk/appointments", nil},
	{"appointments-wrong", "new chair", "POST /desk/appointments/:id", "admin/appointments", 422, "/desk/appointments",
		[]step{func(v *visitor, _ *gallery) {
			v.in(eval[string](v, `new URL(document.querySelector('input[name=compared]').form.action).pathname`)).
				send("")
		}}},
	{
		"appointments-administrator", "new administrator", "GET /desk/appointments", "admin/appointments", 200,
		"/desk/appointments", nil,
	},
	{
		"appointments-prepare-wrong", "new administrator", "POST /desk/appointments/prepare", "admin/appointments", 422,
		"/desk/appointments", []step{in("/prepare"), types("until", "2020-01-01"), presses("")},
	},
	{"setup", "administrator", "GET /desk/setup", "admin/setup", 200, "/desk/setup", nil},
	{"setup-new", "new administrator", "GET /desk/setup", "admin/setup", 200, "/desk/setup", nil},
	{
		"place-new", "administrator", "GET /desk/setup/institutions/:id", "admin/institution", 200,
		"/desk/setup/institutions/new", nil,
	},
	{
		"place", "administrator", "GET /desk/setup/institutions/:id", "admin/institution", 200,
		"/desk/setup/institutions/{institution}", nil,
	},
	{
		"place-waits", "new administrator", "GET /desk/setup/institutions/:id", "admin/institution", 200,
		"/desk/setup/institutions/{new institution}", nil,
	},
	{
		"place-wrong", "administrator", "POST /desk/setup/institutions/:id", "admin/institution", 422,
		"/desk/setup/institutions/new", []step{in("/new"), presses("")},
	},
	{
		"invitation", "administrator", "GET /desk/setup/invitations", "admin/invitation", 200,
		"/desk/setup/invitations", nil,
	},
	{
		"invitation-wrong", "administrator", "POST /desk/setup/invitations", "admin/invitation", 422,
		"/desk/setup/invitations", []step{in("/invitations"), presses("")},
	},
	{
		"invited", "administrator", "POST /desk/setup/invitations", "admin/invited", 200, "/desk/setup/invitations",
		[]step{in("/invitations"), picks("roles", "trust_person"), presses("")},
	},
	{"log", "auditor", "GET /desk/log", "admin/log", 200, "/desk/log", nil},
	{"log-administrator", "administrator", "GET /desk/log", "admin/log", 200, "/desk/log", nil},
	{"log-none", "checking auditor", "GET /desk/log", "admin/log", 200, "/desk/log", nil},
	{"log-damaged", "damaged auditor", "GET /desk/log", "admin/log", 200, "/desk/log", nil},
	{"record-damaged", "damaged responsible", "GET /desk/cases", "member/cases", 200, "/desk/cases", nil},
	{"record-damaged-setup", "damaged administrator", "GET /desk/setup", "admin/setup", 200, "/desk/setup", nil},
	{"record-old", "old auditor", "GET /desk", "member/today", 200, "/desk", nil},
	{"record-missing", "missing chair", "GET /desk", "member/today", 200, "/desk", nil},
	{"record-checking", "checking responsible", "GET /desk", "member/today", 200, "/desk", nil},
}
