package member_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// A long thread folds what stands before the viewer's own last entry, and only
// that: who has not acted yet sees everything, the report open.
func TestReadMessagesFold(t *testing.T) {
	d := open(t)
	filed := d.file(nil)
	path := "/desk/cases/" + filed.Number
	anna, berta := d.signedIn("Anna"), d.signedIn("Berta")
	anna.state(filed.Number)
	berta.state(filed.Number)
	tell := func(text string) {
		t.Helper()
		_, err := d.consultation.Send(context.Background(), d.visit(filed), derive.New(), text, nil)
		must(t, err)
	}
	note := func() {
		t.Helper()
		anna.get(path)
		anna.want(anna.post(path+"/notes",
			url.Values{"draft": {anna.draft(path + "/notes")}, "note": {"MANA PIEZĪME"}}), 303)
	}
	note() // the receipt stands before it: nothing to fold
	anna.want(anna.get(path), 200, "MANA PIEZĪME")
	anna.never("Agrākās ziņas")
	for i := range 4 {
		tell(fmt.Sprintf("SENA %d", i))
	}
	anna.get(path)
	anna.never("Agrākās ziņas") // none of these is before an entry of hers
	note()
	for i := range 3 {
		tell(fmt.Sprintf("JAUNA %d", i))
	}
	anna.want(anna.get(path), 200, "Agrākās ziņas (6)", "SENA 3", "JAUNA 0")
	earlier, rest, _ := strings.Cut(anna.page[strings.Index(anna.page, "Agrākās ziņas"):], "</details></li>")
	if !strings.Contains(earlier, "SENA 3") || strings.Contains(earlier, "JAUNA") || strings.Contains(rest, "SENA") ||
		!strings.Contains(rest, "JAUNA 2") {
		t.Errorf("folded the wrong part of\n%s", anna.page)
	}
	if strings.Contains(anna.page, "Lasīt ziņojumu") {
		t.Error("the report is folded in a thread that is not long")
	}
	berta.want(berta.get(path), 200, "SENA 3", "radinieks")
	berta.never("Agrākās ziņas")

	for i := range 5 {
		tell(fmt.Sprintf("VĒL %d", i))
	}
	anna.want(anna.get(path), 200, "Agrākās ziņas (6)", "Lasīt ziņojumu")
	berta.want(berta.get(path), 200)
	berta.never("Agrākās ziņas", "Lasīt ziņojumu") // she has not acted
}

// An act is one line that opens for its details; the conversation is not folded.
func TestActsAreOneLine(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	anna.want(anna.step(number, "acknowledge", url.Values{"message": {"Paldies, saņēmām."}}), 303)
	anna.want(anna.get(path), 200, "Ziņa ziņotājam", "Automātiska pirmā ziņa ziņotājam")
	line := regexp.MustCompile(`(?s)<li class="message act"><details><summary>(.*?)</summary>`).
		FindStringSubmatch(anna.page)
	if line == nil || !strings.Contains(line[1], "Solis: Apstiprināt saņemšanu") ||
		!strings.Contains(line[1], "Anna Liepa") || !strings.Contains(line[1], "02.11.2026.") {
		t.Errorf("no line of an act: %v\n%s", line, anna.page)
	}
	if !regexp.MustCompile(`(?s)<li class="message own"><p class="when">.*?Paldies, saņēmām`).MatchString(anna.page) {
		t.Error("a message stands folded")
	}
}

// What the reporter wrote says in which language it is, where that is not the
// page's; what the form's options say is in the page's.
func TestReportersWordsNameTheirLanguage(t *testing.T) {
	d := open(t)
	filed := d.file(func(r *ethics.Report) {
		r.Language = "ru"
		r.Answers["description"] = []string{"Родственник выиграл."}
	})
	path := "/desk/cases/" + filed.Number
	anna := d.signedIn("Anna")
	anna.state(filed.Number)
	_, err := d.consultation.Send(context.Background(), d.visit(filed), derive.New(), "Ещё одно.", nil)
	must(t, err)
	anna.want(anna.get(path), 200, `<dd lang="ru">Родственник выиграл.</dd>`, `<div lang="ru"><p>Ещё одно.`)
	anna.want(anna.get(path+"?lang=ru"), 200, "<dd>Родственник выиграл.</dd>", "<div><p>Ещё одно.")
}
