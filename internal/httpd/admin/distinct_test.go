package admin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
)

// enrolAt enrols somebody of this name at another address than the name's own.
func (w *world) enrolAt(code, name, email string) {
	w.t.Helper()
	v := w.visitor()
	page := v.post("/desk/enrol", v.get("/desk/enrol"), http.StatusOK, typed("step", "code", "code", code)).
		Body.String()
	w.totp[email+"@example.lv"] = hidden(page).Get("totp_secret")
	v.post("/desk/enrol", page, http.StatusSeeOther, typed("step", "enrol", "name", name, "email", email+"@example.lv",
		"password", password, "password_again", password, "totp_code",
		w.code(w.totp[email+"@example.lv"]), "confidential", "yes"))
}

var memberField = regexp.MustCompile(`<input type="hidden" name="member" value="([^"]+)">`)

// alike are the two of the first pair of namesakes on the administrator's page.
func alike(t *testing.T, page string) url.Values {
	t.Helper()
	_, rest, found := strings.Cut(page, `action="/desk/appointments/distinct"`)
	if !found {
		t.Fatalf("nobody is asked about namesakes:\n%s", page)
	}
	form, _, _ := strings.Cut(rest, "</form>")
	out := url.Values{}
	for _, m := range memberField.FindAllStringSubmatch(form, -1) {
		out.Add("member", m[1])
	}
	return out
}

// Two real people of one name, on the pages: the office that one person could not
// hold with the other's is refused with a reason, two others sign that they are
// two, and then it is prepared.
func TestNamesakesOnThePages(t *testing.T) {
	w := newWorld(t)
	w.found()
	admin := w.in("Dora")
	w.enrolAt(w.invite(admin, appoint.RoleResponsible), "BERTA", "berta2") // Berta is the chair
	page := admin.get("/desk/appointments")
	refused := admin.post("/desk/appointments/prepare", page, http.StatusUnprocessableEntity,
		typed("until", "2027-11-22")).Body.String()
	if !strings.Contains(refused, "Vienāds vārds nozīmē vienu cilvēku") ||
		!strings.Contains(refused, `value="2027-11-22"`) {
		t.Errorf("not told why, or what was typed is lost:\n%s", refused)
	}
	pair := alike(t, page)
	if !strings.Contains(page, "Cilvēki ar vienādu vārdu") || len(pair["member"]) != 2 {
		t.Errorf("the page: %v\n%s", pair, page)
	}
	admin.post("/desk/appointments/distinct", page, http.StatusBadRequest, typed("member", pair["member"][0]))
	admin.post("/desk/appointments/distinct", page, http.StatusNotFound,
		url.Values{"member": {pair["member"][1], pair["member"][0]}})
	w.in("Anna").post("/desk/appointments/distinct", page, http.StatusNotFound, pair)
	admin.post("/desk/appointments/distinct", page, http.StatusSeeOther, pair)
	if page = admin.get("/desk/appointments"); strings.Contains(page, "Cilvēki ar vienādu vārdu") ||
		!strings.Contains(page, "Divi cilvēki ar vienu vārdu") {
		t.Error("asked again while it waits, or it does not wait")
	}
	admin.post("/desk/appointments/distinct", page, http.StatusSeeOther, pair) // the same form again
	if page := w.in("Berta").get("/desk/appointments"); strings.Contains(page, `action="/desk/appointments/`) {
		t.Error("signs about the own person")
	}
	for _, name := range []string{"Anna", "Karlis"} {
		v := w.in(name)
		page := v.get("/desk/appointments")
		if !strings.Contains(page, "Pazīstu abus") || !strings.Contains(page, "BERTA") ||
			!strings.Contains(page, "Berta") {
			t.Errorf("what is signed cannot be seen:\n%s", page)
		}
		wrong := v.post(signAction(t, page), page, http.StatusUnprocessableEntity, nil).Body.String()
		if !strings.Contains(wrong, "Atzīmējiet to, ja pazīstat abus cilvēkus.") {
			t.Errorf("without the tick:\n%s", wrong)
		}
		v.post(signAction(t, page), page, http.StatusSeeOther, typed("compared", "yes"))
	}
	admin = w.in("Dora")
	admin.post("/desk/appointments/prepare", admin.get("/desk/appointments"), http.StatusSeeOther, typed("until", ""))
}

// Who has two ids is told why the second may not sign.
func TestTheSecondIdIsToldWhy(t *testing.T) {
	w := newWorld(t)
	w.found()
	admin := w.in("Dora")
	w.enrolAt(w.invite(admin, appoint.RoleMember), "Karlis", "karlis2")
	admin.post("/desk/appointments/prepare", admin.get("/desk/appointments"), http.StatusSeeOther, typed("until", ""))
	const why = "cilvēks ar Jūsu vārdu to jau ir parakstījis, vai arī tas ir par šo cilvēku"
	if page := w.in("Karlis").get("/desk/appointments"); !strings.Contains(page, why) ||
		strings.Contains(page, `name="compared"`) {
		t.Errorf("for the own second id:\n%s", page)
	}
	if page := w.in("Anna").get("/desk/appointments"); strings.Contains(page, why) {
		t.Error("Anna is told that she is Karlis")
	}
}

// What waited too long says so in calm words, and is prepared anew.
func TestLateOnThePages(t *testing.T) {
	w := newWorld(t)
	w.found()
	admin := w.in("Dora")
	w.enrol(w.invite(admin, appoint.RoleContact), "Zane")
	admin.post("/desk/appointments/prepare", admin.get("/desk/appointments"), http.StatusSeeOther, typed("until", ""))
	anna := w.in("Anna")
	page := anna.get("/desk/appointments")
	anna.post(signAction(t, page), page, http.StatusSeeOther, typed("compared", "yes"))
	w.now = w.now.Add(32 * 24 * time.Hour)
	for name, action := range map[string]string{"Anna": "", "Berta": signAction(t, page)} {
		v := w.in(name)
		now := v.get("/desk/appointments")
		if !strings.Contains(now, "To varēja parakstīt līdz") || strings.Contains(now, `name="compared"`) {
			t.Errorf("%s, after its last day:\n%s", name, now)
		}
		if action != "" { // an old page's form
			v.post(action, page, http.StatusSeeOther, typed("compared", "yes"))
		}
	}
	admin = w.in("Dora")
	admin.post("/desk/appointments/prepare", admin.get("/desk/appointments"), http.StatusSeeOther, typed("until", ""))
	if page := w.in("Berta").get("/desk/appointments"); !strings.Contains(page, `name="compared"`) ||
		strings.Contains(page, "To varēja parakstīt līdz") {
		t.Errorf("prepared anew:\n%s", page)
	}
}

// The founders read what they choose about recovery, and a second founder of one
// name is told to add what tells them apart.
func TestFoundersReadOfRecovery(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.codes[0].Code, "Anna")
	v := w.visitor()
	page := v.post("/desk/enrol", v.get("/desk/enrol"), http.StatusOK, typed("step", "code", "code", w.codes[1].Code)).
		Body.String()
	wrong := v.post("/desk/enrol", page, http.StatusUnprocessableEntity,
		typed("step", "enrol", "name", "ĀNNA", "email", "cita@example.lv",
			"password", password, "password_again", password, "totp_code", w.code(hidden(page).Get("totp_secret")),
			"confidential", "yes")).Body.String()
	if !strings.Contains(wrong, "Vienam no četriem jau ir šāds vārds") || !strings.Contains(wrong, `value="ĀNNA"`) {
		t.Errorf("a second founder of one name:\n%s", wrong)
	}
	for i, name := range founders[1:] {
		w.enrol(w.codes[i+1].Code, name)
	}
	founder := w.in("Anna")
	for lang, words := range map[string]string{
		"lv": "aizmirstu paroli neviens nevar atjaunot", "en": "nobody can restore a forgotten password",
		"ru": "забытый пароль никто не восстановит", "kk": "ұмытылған құпиясөзді ешкім қалпына келтіре алмайтынын",
	} {
		founder.lang = lang
		if page := founder.get("/desk/founding"); !strings.Contains(page, words) {
			t.Errorf("%s: nothing of recovery:\n%s", lang, page)
		}
	}
}
