package main

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// posted tells whether a form was stored at an address of this pattern.
func (w *walk) posted(pattern string) bool {
	is := regexp.MustCompile("^" + regexp.MustCompile(`:[a-z]+`).ReplaceAllString(pattern, `[^/]+`) + "$")
	for action := range w.sent {
		if is.MatchString(action) {
			return true
		}
	}
	return false
}

// holdings are the forms on who holds a case, and what members write in it.
func (w *walk) holdings() {
	w.t.Helper()
	uldis := w.alternate()
	number, _ := w.files(ethics.Report{Track: "anonymous"}, "anna", "rita", "berta")
	path := desk(number)
	w.as("anna").open(path).form(path+"/messages").set("text", "Ko vēl zināt?").stored("")
	w.as("anna").open(path).form(path+"/messages").set("text", "Pielikums.").set("attachments", "a.txt").stored("")
	w.as("anna").open(path).form(path+"/notes").set("note", "Pārbaudīt.").stored("")
	w.as("anna").open(path).form(path+"/notes").set("note", "Tikšanās.").set("note_event", "meeting_held").stored("")
	w.assigns("anna", number, "carl")

	redact := w.as("carl").open(path + "/redact")
	text := regexp.MustCompile(path + `/redact/[^"]+`).FindString(redact.page)
	f := redact.open(text).form(text)
	for _, name := range f.names() {
		if strings.Contains(name, "description") {
			f.set(name, "Rēķinus par remontu.")
		}
	}
	f.set("why", f.offered("why")).set("reason", "Lieks.").stored("")

	for _, excluded := range []string{"emma", "rita"} { // one person's act, then one of two
		one := path + "/exclude/" + w.people[excluded].id
		w.as("berta").open(one).form(one).set("reason", "Minēts ziņojumā.").stored("")
	}
	w.approves("carl", number)
	w.as("carl").open(path+"/recuse").form(path+"/recuse").set("reason", "Brālēns.").stored("")
	w.as("anna").open(path+"/escalate").form(path+"/escalate").set("reason", "Iesaistīts vadītājs.").stored("")

	// uldis of the alternate institution leaves soon: anna hands over for him, then her own.
	w.states(uldis, number)
	for _, of := range []string{"/" + w.people[uldis].id, ""} {
		page := "/desk/account/handover" + of
		f := w.as("anna").open(page).form(page)
		f.set("to", w.people["berta"].id).answered("", http.StatusOK).form(page).answered("", http.StatusOK)
	}
}

// offered is the first value that a field offers.
func (f *filling) offered(name string) string {
	i := slices.IndexFunc(f.controls, func(c *control) bool { return c.name == name })
	return f.controls[i].value
}

// alternate sets an institution up that stands in for this one, with a responsible
// person whose term ends soon, by the administrator's pages and two signatures.
func (w *walk) alternate() string {
	w.t.Helper()
	const page = "/desk/setup/institutions/"
	home, kalns := w.people["anna"].acting.Institution, ""
	w.as("dora").open(page+"new").form(page+"new").set("name", "Kalna novads").set("alternate", home).stored("")
	w.signs()
	roster, err := w.h.intake.Roster(context.Background())
	must(w.t, err)
	for _, in := range roster.Institutions() {
		if in.ID != home {
			kalns = in.ID
		}
	}
	w.as("dora").open(page+home).form(page+home).set("alternate", kalns).stored("")
	w.signs()

	f := w.as("dora").open("/desk/setup/invitations").form("/desk/setup/invitations")
	b := f.set("institution", kalns).set("roles", "responsible_person").answered("", http.StatusOK)
	code := regexp.MustCompile(`(?s)<p class="code".*?</p>`).FindString(b.page)
	code = strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(code, "")), "")
	p := person{email: "uldis@kalns.example", password: "garš un labs teikums"}
	newcomer := w.tab("uldis").open("/desk/enrol").form("/desk/enrol").set("code", code).answered("code", http.StatusOK)
	f = newcomer.form("/desk/enrol")
	for _, c := range f.controls {
		if c.name == "totp_secret" {
			p.totp = c.value
		}
	}
	now, err := totp.GenerateCode(p.totp, w.h.now())
	must(w.t, err)
	f.set("name", w.people["carl"].acting.Name).set("email", p.email).set("password", p.password).
		set("password_again", p.password)
	f.set("totp_code", now).set("confidential", "yes").stored("enrol")

	// He bears the name of one who serves already: that they are two is signed first.
	w.as("dora").open("/desk/appointments").form("/desk/appointments/distinct").stored("")
	w.signs()
	f = w.as("dora").open("/desk/appointments").form("/desk/appointments/prepare")
	for _, c := range f.controls {
		if c.name == "member" {
			p.id = c.value
		}
	}
	f.set("until", ethics.DayOf(w.h.now().AddDate(0, 0, 20))).stored("")
	w.signs()
	w.people["uldis"] = p
	return "uldis"
}

// signs has two sign everything that waits.
func (w *walk) signs() {
	w.t.Helper()
	for _, who := range []string{"anna", "berta"} {
		b := w.as(who).open("/desk/appointments")
		for _, action := range b.actions("/desk/appointments/") {
			f := b.open("/desk/appointments").form(action)
			if slices.Contains(f.names(), "compared") {
				f.set("compared", "yes")
			}
			f.stored("")
		}
	}
}

// papers are the forms of what is erased.
func (w *walk) papers() {
	w.t.Helper()
	number := outlived(w.t, w.h, again(w.t, w.h, w.people["anna"]).acting)
	w.ahead += 6 * 366 * 24 * time.Hour // as long as it is kept
	for _, who := range []string{"anna", "otto"} {
		page := "/desk/erasure/" + number
		w.as(who).open("/desk/erasure").open(page).form(page).stored("yes")
	}
}

// written fills a report's form in with the least it asks for.
func (w *walk) written(f *filling) *filling {
	w.t.Helper()
	return f.set("track", "anonymous").set("category", "procurement").
		set("description", "Rēķinus par remontu izrakstīja divreiz.")
}

// reports are the forms of who reports, and of who writes a report down for them.
func (w *walk) reports() {
	w.t.Helper()
	b := w.tab("the reporter").open("/report").form("/report").answered("institution", http.StatusOK)
	b = w.written(b.form("/report")).answered("check", http.StatusOK)
	b = b.form("/report").answered("file", http.StatusOK)
	code := codeIn(w.t, b.page)

	e := w.as("anna").open("/desk/enter").form("/desk/enter").set("way", "in_person").
		answered("institution", http.StatusOK)
	e = w.written(e.form("/desk/enter")).answered("check", http.StatusOK)
	told := e.form("/desk/enter")
	for _, agreed := range told.names() {
		told.set(agreed, told.offered(agreed))
	}
	told.answered("file", http.StatusOK)

	g := w.tab("somebody").open("/gifts").form("/gifts")
	for name, value := range map[string]string{
		"who": "Anna", "what": "Grāmata", "value": "15 eiro", "from": "Izdevniecība", "when": "2026-01-05",
		"done": ethics.GiftDone[0],
	} {
		g.set(name, value)
	}
	g.answered("", http.StatusOK)

	b = w.reporter(code)
	b.open("/case").form("/case/messages").set("text", "Vēl kas.").stored("send")
	b.open("/case").form("/case/messages").set("text", "Ar pielikumu.").set("attachments", "b.txt").stored("send")
	b.open("/case/retaliation").form("/case/retaliation").set("text", "Mani atlaida.").stored("")
	f := b.open("/case/identity").form("/case/identity", "give")
	for _, name := range f.names() {
		if f.optional[name] || !f.empty(name) {
			continue
		}
		value := "Mārcis Paraugs"
		for _, c := range f.controls {
			if c.name == name && (c.kind == "radio" || c.kind == "checkbox") {
				value = c.value
			}
		}
		f.set(name, value)
	}
	f.stored("give")
	b.open("/case/identity").form("/case/identity", "withdraw").stored("withdraw")
	b.open("/case/new-code").form("/case/new-code").answered("", http.StatusOK)
	b.open("/case/withdraw").form("/case/withdraw").stored("")
}

// consultations are the forms of a consultation, on both sides.
func (w *walk) consultations() {
	w.t.Helper()
	for _, ends := range []bool{true, false} {
		filed, err := w.h.intake.Consult(context.Background(), derive.New(), ethics.Report{
			Track: policy.Consultation, Institution: w.people["anna"].acting.Institution, Language: "lv",
			Answers: map[string][]string{"description": {"Vai ziņot?"}},
		})
		must(w.t, err)
		page := "/desk/consultations/" + filed.Number
		tina := w.as("tina")
		tina.open(page).form(page+"/messages").set("text", "Jā.").stored("")
		tina.open(page).form(page+"/notes").set("note", "Zvanīt.").stored("")
		asks := w.reporter(filed.Code.Text())
		asks.open("/consultation").form("/consultation/messages").set("text", "Paldies.").stored("send")
		if ends {
			asks.open("/consultation/end").form("/consultation/end").answered("now", http.StatusOK)
			continue
		}
		f := tina.open(page).form(page + "/end")
		f.set(f.names()[0], "yes").stored("")
	}
}

// accounts are the forms of one's own account.
func (w *walk) accounts() {
	w.t.Helper()
	p := w.people["emma"]
	b := w.as("emma")
	w.ahead += 31 * time.Second
	const next = "pavisam cits garš teikums"
	f := b.open("/desk/account").form("/desk/account/password").set("old_password", p.password)
	f.set("new_password", next).set("repeat_password", next).stored("")
	b.open("/desk/account").form("/desk/account/end-others").stored("")
	b.open("/desk/account").form("/desk/sign-out").stored("")
}
