package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"svilpe/internal/demo"
	"svilpe/internal/locale"
	"svilpe/web"
)

// sentinels are words that exist nowhere else. After the story none of them may
// be found outside the memory of a request.
var sentinels = map[string]string{
	"description": "Zvirbulisentinel", "when": "Pavasarisentinel", "where": "Pagrabssentinel",
	"persons": "Vaininieksentinel",
	"witness": "Liecinieksentinel", "file": "Failasatursentinel", "filename": "Pielikumsentinel",
	"answer":   "Atbildesentinel",
	"question": "Jautajumssentinel", "reason": "Iemeslssentinel", "note": "Piezimesentinel",
	"decision": "Lemumssentinel",
	"draft":    "Projektssentinel", "heard": "Uzklausitssentinel", "name": "Vardasentinel",
	"contact": "Talrunissentinel",
	"opened":  "Atversanasentinel", "stepped aside": "Radinieksentinel", "measure": "Pasakumssentinel",
	"retaliation": "Atriebibasentinel",
}

func codeIn(t testing.TB, page string) string {
	t.Helper()
	code := regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){5}`).FindString(spaced(page))
	if code == "" {
		t.Fatalf("no case code on\n%s", page)
	}
	return code
}

// spaced joins the groups of a code however the page parts them.
func spaced(page string) string {
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	group := `[0-9A-HJKMNP-TV-Z]{5}`
	six := regexp.MustCompile(group + `(?:[\s-]+` + group + `){5}`)
	return six.ReplaceAllStringFunc(page, func(s string) string {
		return strings.Join(regexp.MustCompile(group).FindAllString(s, -1), "-")
	})
}

// instance is a practice instance of its own for one test.
func instance(t *testing.T, extra ...string) (*process, demo.Credentials, string) {
	t.Helper()
	dir := t.TempDir()
	p := practiceIn(t, dir, extra...)
	raw, err := os.ReadFile(filepath.Join(dir, "credentials.json"))
	must(t, err)
	var creds demo.Credentials
	must(t, json.Unmarshal(raw, &creds))
	return p, creds, dir
}

// offices finds practice members by role in the first member's institution.
func offices(creds demo.Credentials, role string) []demo.Member {
	var out []demo.Member
	for _, m := range creds.Members {
		for _, r := range m.Roles {
			if r == role && m.Institution == creds.Members[0].Institution {
				out = append(out, m)
			}
		}
	}
	return out
}

func evidence(t *testing.T, dir string) []string {
	t.Helper()
	text := filepath.Join(dir, sentinels["filename"]+" rēķins.txt")
	must(t, os.WriteFile(text, []byte(strings.Repeat(sentinels["file"]+"\n", 4000)), 0o600))
	var picture bytes.Buffer
	must(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 80, 60))))
	photo := filepath.Join(dir, "foto.png")
	must(t, os.WriteFile(photo, picture.Bytes(), 0o600))
	return []string{text, photo}
}

// TestTheWholePath is the story that Svilpe exists for, in a real browser with
// scripts off: a report in Latvian with two files, acknowledged, asked about,
// answered, examined by two, decided by two, and read by its reporter.
func TestTheWholePath(t *testing.T) {
	catalogue, err := locale.Load(web.Locale())
	must(t, err)
	lv := catalogue.Printer("lv")
	p, creds, dir := instance(t)
	browser := chromium(t)

	// The reporter, on a phone.
	reporter := visit(t, browser, p.base, false)
	files := evidence(t, t.TempDir())
	reporter.open("/?lang=lv").shot("story-01-start")
	reporter.open("/report")
	institution := eval[string](reporter,
		`[...document.querySelector('select[name=institution]').options].map(o => o.value).find(v => v && `+
			`!v.includes('/'))`)
	reporter.in("/report").fill("institution", institution).send("institution")
	reporter.in("/report").choose("track", "anonymous").fill("category", "procurement").
		fill("description", "Iepirkuma prasības pielāgotas vienam piegādātājam. "+sentinels["description"]).
		fill("when", sentinels["when"]).fill("where", sentinels["where"]).
		fill("persons_involved", sentinels["persons"]).fill("witnesses", sentinels["witness"]).
		attach("attachments", files...).shot("story-02-form").send("check")
	reporter.reads(sentinels["description"], sentinels["filename"], "foto.png").shot("story-03-check")
	reporter.in("/report").send("file")
	reporter.shot("story-04-code")
	code := codeIn(t, eval[string](reporter, `document.querySelector("main").innerHTML`))
	number := regexp.MustCompile(`20\d\d-[0-9A-Z]{5}`).FindString(reporter.all())
	if number == "" {
		t.Fatal("no register number on the code page")
	}

	// The responsible person states that there is no conflict, reads, acknowledges.
	responsible := offices(creds, "responsible_person")
	members := offices(creds, "commission_member")
	chairs := offices(creds, "commission_chair")
	rp := visit(t, browser, p.base, true).signsIn(responsible[0].Email, responsible[0].Password,
		responsible[0].TOTPSecret)
	rp.shot("story-05-today")
	path := "/desk/cases/" + number
	rp.open(path).opens(path)
	rp.reads(sentinels["description"], sentinels["filename"]).shot("story-06-case")
	rp.takes(path, "acknowledge", nil)
	rp.takes(path, "ask_reporter", map[string]string{"message": "Kurš vēl to redzēja? " + sentinels["question"]})

	// The reporter returns with a code typed carelessly, reads, answers.
	typed := strings.ToLower(strings.ReplaceAll(code, "-", " "))
	reporter.open("/status").in("/status").fill("code", typed).send("")
	if !strings.HasPrefix(reporter.text(), "/case") {
		t.Fatalf("the code did not open the case:\n%s", reporter.text())
	}
	reporter.reads(sentinels["question"], number).shot("story-07-return")
	reporter.in("/case/messages").fill("text", "Grāmatvede. "+sentinels["answer"]).send("send").
		reads("Ziņa ir nosūtīta.")

	// Accepted; two examiners get keys and state that they have no conflict.
	rp.open(path).reads(sentinels["answer"])
	rp.takes(path, "accept", map[string]string{"reason": sentinels["reason"], "competence": "ethics_commission"})
	rp.open(path).in("/assign")
	rp.choose("members", members[0].ID).choose("members", members[1].ID).
		fill("assign_reason", "Izskatītāji "+sentinels["reason"]).send("")
	var examiners []*visitor
	for _, m := range members[:2] {
		e := visit(t, browser, p.base, true).signsIn(m.Email, m.Password, m.TOTPSecret)
		e.open(path).opens(path)
		examiners = append(examiners, e)
	}
	rp.takes(path, "start", nil)
	examiners[0].open(path).in("/notes").fill("note", sentinels["note"]).send("")
	examiners[0].takes(path, "propose_decision",
		map[string]string{"reason": sentinels["reason"], "heard": "heard", "draft_text": sentinels["draft"]})
	examiners[0].takes(path, "vote", map[string]string{"vote": "for"})
	examiners[1].takes(path, "vote", map[string]string{"vote": "for"})

	// The chair proposes to approve; the chair alone cannot; a member does.
	chair := visit(t, browser, p.base, true).signsIn(chairs[0].Email, chairs[0].Password, chairs[0].TOTPSecret)
	chair.open(path).opens(path)
	chair.takes(path, "approve_decision",
		map[string]string{"reason": sentinels["reason"], "message": "Lēmums: " + sentinels["decision"]})
	chair.open(path)
	if eval[bool](chair, `!!document.querySelector('button[value=approve]')`) {
		t.Fatal("the proposer is offered to approve")
	}
	examiners[1].open(path)
	action := eval[string](examiners[1],
		`new URL(document.querySelector('button[value=approve]').form.action).pathname`)
	examiners[1].in(action).send("approve")
	examiners[1].reads(lv.T("desk.thread.title")).shot("story-08-decided")

	reporter.open("/case").reads(sentinels["decision"]).shot("story-09-decision")
	if strings.Contains(reporter.all(), sentinels["note"]) || strings.Contains(reporter.all(), sentinels["draft"]) {
		t.Fatal("the reporter reads the commission's notes")
	}

	// The file comes back whole to its reader.
	body := rp.open(path).
		download(eval[string](rp,
			`[...document.querySelectorAll('a')].find(a => a.href.includes('/files/') && `+
				`a.textContent.includes('.txt')).href`))
	if strings.Count(body, sentinels["file"]) != 4000 {
		t.Errorf("the file came back with %d bytes", len(body))
	}

	p.stop()
	out, err := exec.Command("svilpe", "verify", "--data", filepath.Join(dir, "data"), "--keys",
		filepath.Join(dir, "keys")).CombinedOutput()
	if err != nil {
		t.Fatalf("verify: %v\n%s", err, out)
	}
	nowhere(t, dir, p.out.String())
}

// opens signs the no-conflict statement where the case asks for it.
func (v *visitor) opens(path string) *visitor {
	v.t.Helper()
	action := eval[string](v,
		`(() => { const f = [...document.forms].find(f => f.action.includes('statement')); return f ? new `+
			`URL(f.action).pathname : '' })()`)
	if action == "" {
		v.t.Fatalf("no statement is asked on\n%s", v.text())
	}
	eval[bool](v,
		`(() => { document.querySelectorAll('form[action*=statement] input[type=checkbox]').forEach(x => x.checked `+
			`= true); return true })()`)
	return v.in(action).send("")
}

// takes goes to a step's page, fills its fields and sends it.
func (v *visitor) takes(path, step string, values map[string]string) *visitor {
	v.t.Helper()
	at := path + "/steps/" + step
	v.open(at).in(at)
	kinds := eval[map[string]string](v,
		`(() => { const f = [...document.forms].find(f => f.action.endsWith($1)); if (!f) return {}; const k = {};
		f.querySelectorAll('input, select, textarea').forEach(e => {
			if (e.type !== 'hidden' && e.name && !e.name.match(/_[2-9]$/)) k[e.name] = e.type });
		return k })()`, at)
	for name, kind := range kinds {
		value, given := values[name]
		switch {
		case kind == "radio" && given:
			v.choose(name, value)
		case kind == "radio":
			eval[bool](v,
				`(() => { document.querySelector('input[type=radio][name="'+$1+'"]').checked = true; return true })()`,
				name)
		case kind == "checkbox":
			eval[bool](v,
				`(() => { document.querySelector('input[type=checkbox][name="'+$1+'"]').checked = true; return true `+
					`})()`, name)
		case kind == "select-one":
			if !given {
				value = eval[string](v,
					`[...document.querySelector('select[name="'+$1+'"]').options].map(o => o.value).find(x => x)`, name)
			}
			v.fill(name, value)
		case kind == "date":
			v.fill(name, v.now().AddDate(0, 0, 30).Format(time.DateOnly))
		case given:
			v.fill(name, value)
		case name == "reason" || kind == "textarea" && name != "message":
			v.fill(name, sentinels["heard"])
		}
	}
	v.send("")
	if !strings.HasPrefix(v.text(), path+"\n") {
		v.t.Fatalf("step %s was not taken:\n%s", step, v.text())
	}
	return v
}

// nowhere looks for every sentinel in everything the program left behind: the
// database, its write-ahead log, keys, what it printed, and the temp folder;
// raw, as base64, as hex and as UTF-16.
func nowhere(t *testing.T, dir, printed string) {
	t.Helper()
	var places [][]byte
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		places = append(places, raw, []byte(filepath.Base(path)))
		return err
	}))
	places = append(places, []byte(printed))
	if len(places) < 6 {
		t.Fatal("looked at too little")
	}
	for field, word := range sentinels {
		for form, needle := range disguises(word) {
			for _, place := range places {
				if bytes.Contains(place, needle) {
					t.Errorf("the sentinel of %s is on the disk or in the log, as %s", field, form)
				}
			}
		}
	}
	control := disguises("svilpe")["raw"]
	if !bytes.Contains(bytes.Join(places, nil), control) {
		t.Error("the search finds nothing, not even what is there")
	}
}

func disguises(word string) map[string][]byte {
	wide := utf16.Encode([]rune(word))
	le, be := []byte{}, []byte{}
	for _, u := range wide {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	out := map[string][]byte{
		"raw": []byte(word), "hex": []byte(hex.EncodeToString([]byte(word))),
		"HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(word)))), "UTF-16LE": le, "UTF-16BE": be,
	}
	for shift := range 3 {
		// Base64 of a text depends on where it begins; the middle of it does not.
		enc := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + word))
		out["base64"+string(rune('0'+shift))] = []byte(enc[4 : len(enc)-4])
	}
	return out
}
