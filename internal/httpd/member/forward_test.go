package member_test

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/intake"
	"svilpe/internal/policy"
)

const everyLetter = "āčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ ёъыэ әғқңөұүһі ӘҒҚҢӨҰҮҺІ"

// outgoing is a case in triage, with all that may be in one: a report with a
// file, details in the vault, letters both ways and a note.
func outgoing(d *desk) (filed intake.Filed, anna, berta *browser) {
	d.t.Helper()
	ctx, draft := context.Background(), derive.New()
	file, err := d.intake.ReceiveFile(ctx, draft, "NAME-OF-FILE.TXT", "text/plain",
		strings.NewReader("ATTACHED"), 1<<20)
	must(d.t, err)
	filed, err = d.intake.File(ctx, draft, ethics.Report{
		Track: "whistleblower", Institution: d.site, Category: d.policy.Categories[0].ID, Language: "ru",
		Files: []ethics.File{file},
		Answers: map[string][]string{
			"description": {"FACTS of it. Raksti man: writer@example.org"}, "work_relation": {"employed"},
			"if_not_recognised": {"ethics"}, "confirm_true": {"yes"}, "confirm_privacy": {"yes"},
			"how_many_know":          {"few"},
			"reported_before_result": {"RESULT"}, "expected_outcome": {"OUTCOME"}, "witnesses": {"WITNESS"},
		},
		Identity: map[string][]string{
			"identity_name": {"IDENTITY"}, "identity_contact": {"IDENTITY"},
			"identity_disclosure_consent": {"authority"},
		},
	})
	must(d.t, err)
	anna, berta = d.signedIn("Anna"), d.signedIn("Berta")
	anna.state(filed.Number)
	berta.state(filed.Number)
	anna.want(anna.step(filed.Number, "acknowledge", url.Values{"message": {"ACKNOWLEDGED"}}), 303)
	for _, text := range []string{"LETTER one", "LETTER two"} {
		_, err := d.consultation.Send(ctx, d.visit(filed), derive.New(), text, nil)
		must(d.t, err)
	}
	path := "/desk/cases/" + filed.Number
	anna.get(path)
	anna.want(anna.post(path+"/notes", url.Values{"draft": {anna.draft(path + "/notes")}, "note": {"INTERNAL"}}), 303)
	return filed, anna, berta
}

var (
	textareas = regexp.MustCompile(`(?s)<textarea name="([a-z_]+)"[^>]*>\n(.*?)</textarea>`)
	boxes     = regexp.MustCompile(`name="([a-z_]+)" id="[a-z_0-9-]+" value="([^"]+)"`)
	proposals = regexp.MustCompile(`action="(/desk/cases/[^"]+/proposals/[^"]+)"`)
)

// areas are the page's textareas, by name.
func (b *browser) areas() map[string]string {
	out := map[string]string{}
	for _, m := range textareas.FindAllStringSubmatch(b.page, -1) {
		out[m[1]] = html.UnescapeString(m[2])
	}
	return out
}

// box is the value of the nth box of a field.
func (b *browser) box(name string, n int) string {
	b.d.t.Helper()
	for _, m := range boxes.FindAllStringSubmatch(b.page, -1) {
		if m[1] == name {
			if n--; n < 0 {
				return m[2]
			}
		}
	}
	b.d.t.Fatalf("no box %s\n%s", name, b.page)
	return ""
}

func (b *browser) approves(number string) {
	b.d.t.Helper()
	b.want(b.get("/desk/cases/"+number), 200)
	action := proposals.FindStringSubmatch(b.page)
	if action == nil {
		b.d.t.Fatalf("nothing to approve\n%s", b.page)
	}
	b.want(b.post(action[1], url.Values{"draft": {b.draft(action[1])}, "verdict": {"approve"}}), 303)
}

func printed(t *testing.T, pdf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.pdf")
	must(t, os.WriteFile(file, []byte(pdf), 0o600))
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	must(t, err)
	return string(out)
}

// A package is prepared from what the member chose, edited, approved by another
// as a whole, and then downloaded: it holds what they agreed on and nothing else.
func TestAPackageGoesToAnAuthority(t *testing.T) {
	d := open(t)
	id, err := age.GenerateHybridIdentity()
	must(t, err)
	n := slices.IndexFunc(d.policy.Authorities, func(a policy.Authority) bool { return a.ID == "KNAB" })
	d.policy.Authorities[n].Recipient = id.Recipient().String()
	filed, anna, berta := outgoing(d)
	path := "/desk/cases/" + filed.Number
	form := path + "/steps/forward"

	anna.want(anna.get(form), 200, "Sagatavot tekstu", "LETTER one")
	anna.never("INTERNAL", `name="package"`, "IDENTITY")
	anna.want(anna.post(form, url.Values{"draft": {anna.draft(form)}, "more": {"prepare"}}), 422, "Sagatavot tekstu")
	second := anna.box("messages", 2) // after the acknowledgement and the first letter
	anna.want(anna.post(form,
		url.Values{"draft": {anna.draft(form)}, "more": {"prepare"}, "authority": {"KNAB"}, "messages": {second}}), 200,
		"knab.gov.lv", "writer@example.org", "E-pasta adrese")
	areas := anna.areas()
	for _, text := range []string{"FACTS of it", "WITNESS", "LETTER two"} {
		if !strings.Contains(areas["package"], text) {
			t.Errorf("the text lacks %s:\n%s", text, areas["package"])
		}
	}
	for _, text := range []string{
		"LETTER one", "ACKNOWLEDGED", "INTERNAL", "IDENTITY", "RESULT", "OUTCOME", "employed", filed.Code.Text(),
	} {
		if strings.Contains(areas["package"], text) {
			t.Errorf("the text has %s:\n%s", text, areas["package"])
		}
	}
	if m := areas["message"]; !strings.Contains(m, "Бюро по предотвращению и борьбе с коррупцией") ||
		!strings.Contains(m, "Связаться с ним можно здесь: knab.gov.lv") {
		t.Errorf("the reporter would read %q", m)
	}
	file := anna.box("package_files", 0)
	if strings.Contains(anna.page, file+`" checked`) {
		t.Error("a file stands chosen")
	}

	// Checked again, and refused: everything typed stays.
	text := "FACTS of it, " + everyLetter
	v := url.Values{
		"draft": {anna.draft(form)}, "authority": {"KNAB"}, "package": {text}, "package_files": {file},
		"message": {"TOLD: knab.gov.lv"},
	}
	v.Set("more", "1")
	anna.want(anna.post(form, v), 200, text, "TOLD: knab.gov.lv", "tekstā neatradām")
	v.Del("more")
	anna.want(anna.post(form, v), 422, text, "TOLD: knab.gov.lv", "tekstā neatradām")
	huge := url.Values{
		"draft": v["draft"], "authority": v["authority"], "package": {strings.Repeat("ā", 100_001)},
		"not_revealing": {"yes"}, "reason": {"REASON"}, "message": {"x"},
	}
	anna.want(anna.post(form, huge), 422)
	if got := anna.areas()["package"]; len(got) != 200_002 {
		t.Errorf("of a huge text %d bytes are left", len(got))
	}
	v.Set("not_revealing", "yes")
	v.Set("reason", "REASON")
	anna.want(anna.post(form, v), 303)

	berta.want(berta.get(path), 200, text, "NAME-OF-FILE.TXT", "TOLD: knab.gov.lv", "REASON", "neatradām")
	berta.want(berta.get(path+"/package"), 200, "neviens sūtījums nav apstiprināts")
	berta.approves(filed.Number)

	carl := d.signedIn("Carl")
	carl.want(carl.get(path+"/package"), 404)
	berta.want(berta.get(path), 200, "Sūtījumi institūcijām")
	if n := strings.Count(html.UnescapeString(berta.page), text); n != 1 {
		t.Errorf("the case says the text %d times", n)
	}
	berta.want(berta.get(path+"/package"), 200, text, "NAME-OF-FILE.TXT", "Lejupielādēt sūtījuma arhīvu", "knab.gov.lv")
	step := regexp.MustCompile(`name="step" value="([^"]+)"`).FindStringSubmatch(berta.page)[1]
	asked := func(what string) url.Values {
		return url.Values{"draft": {derive.New().Text()}, "what": {what}, "step": {step}}
	}
	carl.want(carl.post(path+"/package", asked("package_pdf")), 404)
	carl.never("%PDF")
	berta.want(berta.post(path+"/package", asked("pdf")), 400)
	berta.want(berta.post(path+"/package",
		url.Values{"draft": {derive.New().Text()}, "what": {"package_pdf"}, "step": {"none"}}), 404)

	berta.want(berta.post(path+"/package", asked("package_pdf")), 200, "%PDF")
	pdf := berta.page
	d.turn(30 * time.Hour) // whoever downloads it, and when: the bytes are the same
	anna = d.signedIn("Anna")
	anna.want(anna.get("/desk/account?lang=kk"), 200)
	anna.want(anna.post(path+"/package", asked("package_pdf")), 200, "%PDF")
	if anna.page != pdf {
		t.Error("another day, in another language, the bytes are others")
	}
	out := printed(t, pdf)
	for _, word := range append(strings.Fields(text), "Ozolu novads", "files/01.txt", "Pārsūtīts", "saturs",
		filed.Number, "Ierobežotas") {
		if !strings.Contains(out, word) {
			t.Errorf("the PDF lacks %q:\n%s", word, out)
		}
	}
	anna.want(anna.post(path+"/package", asked("package_archive")), 200, "age-encryption.org")
	sealed := anna.page
	r, err := age.Decrypt(strings.NewReader(sealed), id)
	must(t, err)
	all, names, bodies := tar.NewReader(r), "", out
	for {
		h, err := all.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		body, err := io.ReadAll(all)
		must(t, err)
		names += h.Name + " "
		bodies += string(body)
		if h.Name == "package.pdf" && string(body) != pdf {
			t.Error("another PDF in the archive")
		}
	}
	if names != "package.json package.pdf files/01.txt " || !strings.Contains(bodies, "ATTACHED") {
		t.Errorf("the archive holds %s", names)
	}
	for _, word := range []string{
		"writer@", "WITNESS", "LETTER", "INTERNAL", "IDENTITY", "REASON", "NAME-OF-FILE",
		"ACKNOWLEDGED", filed.Code.Text(),
	} {
		if strings.Contains(bodies, word) {
			t.Errorf("%s goes out", word)
		}
	}
	first, archive := sha256.Sum256([]byte(pdf)), sha256.Sum256([]byte(sealed))
	anna.want(anna.get(path+"/package?lang=lv"), 200, hex.EncodeToString(first[:]),
		hex.EncodeToString(archive[:]), id.Recipient().String())
	anna.want(anna.get(path), 200, "Lejupielādēts sūtījums institūcijai")
	anna.want(anna.get(path+"/export"), 200, "Nekas vēl nav lejupielādēts")
	view, err := d.consultation.View(context.Background(), d.visit(filed))
	must(t, err)
	if last := view.Messages[len(view.Messages)-1]; last.Text != "TOLD: knab.gov.lv" {
		t.Errorf("the reporter reads %q", last.Text)
	}
}

// The reporter is told in words that name the authority also where nobody has
// written down how to reach it; and an authority without a key gets no archive.
func TestAnAuthorityWithoutKeyOrContact(t *testing.T) {
	d := open(t)
	filed, anna, berta := outgoing(d)
	path := "/desk/cases/" + filed.Number
	form := path + "/steps/forward"
	anna.get(form)
	anna.want(anna.post(form, url.Values{"draft": {anna.draft(form)}, "more": {"prepare"}, "authority": {"VP"}}), 200)
	if m := anna.areas()["message"]; !strings.Contains(m, "Государственная полиция") ||
		strings.Contains(m, "можно здесь") {
		t.Errorf("the reporter would read %q", m)
	}
	v := url.Values{
		"draft": {anna.draft(form)}, "authority": {"VP"}, "package": {"FACTS"}, "not_revealing": {"yes"},
		"reason": {"x"}, "message": {"y"},
	}
	anna.want(anna.post(form, v), 303)
	berta.approves(filed.Number)
	berta.want(berta.get(path+"/package"), 200, "FACTS", "nav norādīta")
	berta.never("package_archive")
	step := regexp.MustCompile(`name="step" value="([^"]+)"`).FindStringSubmatch(berta.page)[1]
	berta.want(berta.post(path+"/package",
		url.Values{"draft": {derive.New().Text()}, "what": {"package_archive"}, "step": {step}}), 404)
}
