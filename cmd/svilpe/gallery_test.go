package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"svilpe/internal/appoint"
	"svilpe/internal/config"
	"svilpe/internal/demo"
	"svilpe/internal/derive"
	"svilpe/internal/httpd"
	"svilpe/internal/registry"
)

// gallery is the installations that the faces are looked at in, with everybody
// already signed in: a practice instance with cases in every state, a real
// installation just founded, two that wait for their founding, and one without
// its keys. What has to be written for a face is written here, once; faces
// themselves can be looked at in any order and many times.
type gallery struct {
	t     *testing.T
	creds demo.Credentials
	seats map[string]seat
	words map[string]string // what a face's {name} stands for

	mu    sync.Mutex
	again map[string]time.Time // when a member's last code was used, by e-mail
}

// seat is a browser's place: an installation and the cookies of who sits there.
type seat struct {
	base    string
	cookies map[string]string
}

// long is a report as nobody writes it and somebody will paste it: 100,000
// characters and no space.
var long = strings.Repeat("bezatstarpes", 8333) + "beig"

// longPlace is the same for a question with a short answer.
var longPlace = strings.Repeat("kur", 2000)

func newGallery(t *testing.T) *gallery {
	t.Helper()
	g := &gallery{t: t, seats: map[string]seat{}, words: map[string]string{}, again: map[string]time.Time{}}
	p, creds, _ := instance(t, "--set", "limits.text_chars=100000")
	g.creds = creds
	g.seats["nobody"] = seat{base: p.base}
	g.seats["lapsed reporter"] = seat{p.base, map[string]string{httpd.CookieCase: "spoiled"}}
	g.practice(p.base)
	g.founded()
	g.records()
	g.unfounded("first founder", 1)
	g.unfounded("founder", 4)

	cfg, _ := founded(t, t.TempDir())
	cfg.Paths.Keys = t.TempDir()
	g.seats["closed"] = seat{base: serving(t, cfg).base}
	return g
}

// desks are the practice members that faces belong to, by short name.
var desks = map[string]string{
	"responsible": appoint.RoleResponsible, "chair": appoint.RoleChair, "member": appoint.RoleMember,
	"trust":   appoint.RoleTrust,
	"auditor": appoint.RoleAuditor, "head": appoint.RoleHead, "administrator": appoint.RoleAdministrator,
}

// practice signs the practice members and reporters in and files the long report.
func (g *gallery) practice(base string) {
	for name, role := range desks {
		g.seats[name] = seat{base, g.signIn(base, offices(g.creds, role)[0])}
	}
	for _, c := range g.creds.Cases {
		for _, word := range []string{string(c.State), c.Category, string(c.State) + " " + c.Language} {
			if g.words[word] == "" {
				g.words[word] = c.Number
			}
		}
		g.words["code of "+string(c.State)] = c.Token
		if name := "reporter " + string(c.State); g.seats[name].base == "" {
			g.seats[name] = g.reporter(base, c.Token)
		}
	}
	report := form("")
	home := g.get(g.seats["nobody"], "/report")
	_, rest, _ := strings.Cut(home, `<option value="`)
	report.Set("institution", rest[:36])
	g.words["institution"] = rest[:36]
	for name, description := range map[string]string{"long": long, "muted": "Lēti kredīti!"} {
		report.Set("description", description)
		page := g.post(g.seats["nobody"], "/report", report)
		g.words[name], g.seats["reporter "+name] = registerNumber.FindString(page), g.reporter(base, codeIn(g.t, page))
		for _, who := range []string{"responsible", "chair"} {
			g.post(g.seats[who], "/desk/cases/"+g.words[name]+"/statement", url.Values{"no_conflict": {"yes"}})
		}
	}
	report.Set("description", "Lietas kodu kāds ir redzējis.")
	g.words["replaced"] = "draft=" + report.Get("draft") + "&" + report.Encode()
	_, page := g.send(g.seats["nobody"], http.MethodPost, "/report", g.words["replaced"])
	g.post(g.reporter(base, codeIn(g.t, page)), "/case/new-code", nil)
	g.two(g.words["muted"], "mute")
	g.two(g.words["muted"], "export_case_file")
	cuts := "/desk/cases/" + g.words["muted"] + "/redact"
	g.words["cut"] = after(g.get(g.seats["responsible"], cuts), cuts+"/", 36)
	g.post(g.seats["responsible"], cuts+"/"+g.words["cut"],
		url.Values{"left_description": {"Lēti kredīti"}, "why": {"other"}, "reason": {"Lieka zīme."}})
	g.words["excludable"] = after(g.get(g.seats["responsible"], "/desk/cases/"+g.words["long"]+"/exclude"),
		"/exclude/", 36)
	g.words["leaver"] = after(g.get(g.seats["responsible"], "/desk/account/handover"), "/desk/account/handover/", 36)
	g.post(g.seats["nobody"], "/gifts", url.Values{
		"institution": {g.words["institution"]}, "who": {"Jānis Kalns, galvenais speciālists"},
		"what":  {strings.Repeat("Ielūgums uz koncertu ", 20)},
		"value": {"Nezinu"}, "from": {"SIA „Būve”"}, "when": {"2026-02-28"}, "done": {"refused"},
	})
	g.consultation("talk", report)
	g.consultation("talk ended", report)
	g.post(g.seats["trust"], "/desk/consultations/"+g.words["talk ended"]+"/end", url.Values{"over": {"yes"}})
	invited := g.post(g.seats["administrator"], "/desk/setup/invitations",
		url.Values{"institution": {g.words["institution"]}, "roles": {appoint.RoleTrust}})
	g.words["invitation"] = strings.Join(fiveLetters.FindAllString(codeBlock.FindString(invited), -1), "-")
}

// consultation asks the trust person something, who answers and makes a note.
func (g *gallery) consultation(name string, report url.Values) {
	g.t.Helper()
	report.Set("track", "consultation")
	report.Set("description", "Kolēģe mēnesi baidās nākt uz darbu.\n\nVai man par to ziņot?")
	page := g.post(g.seats["nobody"], "/report", report)
	g.words[name], g.seats["reporter "+name] = "K-"+
		registerNumber.FindString(page), g.reporter(g.seats["nobody"].base, codeIn(g.t, page))
	for form, field := range map[string]string{"/messages": "text", "/notes": "note"} {
		g.post(g.seats["trust"], "/desk/consultations/"+g.words[name]+form,
			url.Values{field: {"Vispirms pierakstiet, kad un kur tas notika."}})
	}
}

// two has an act proposed by the responsible person, with what else its form asks,
// and approved by the chair.
func (g *gallery) two(number, act string, asked ...url.Values) {
	g.t.Helper()
	path, form := "/desk/cases/"+number, url.Values{"reason": {"Tā vajag."}}
	for _, x := range asked {
		maps.Copy(form, x)
	}
	g.post(g.seats["responsible"], path+"/steps/"+act, form)
	_, rest, found := strings.Cut(g.get(g.seats["chair"], path), path+"/proposals/")
	if !found {
		g.t.Fatalf("%s was not proposed", act)
	}
	g.post(g.seats["chair"], path+"/proposals/"+rest[:36], url.Values{"verdict": {"approve"}, "reason": {""}})
}

// lent is a new case with the writer's details, and one part of their key lent to
// the responsible person: they are opened once.
func (g *gallery) lent() string {
	g.t.Helper()
	report := form(g.words["institution"])
	for name, value := range map[string]string{
		"track": "whistleblower", "work_relation": "employed", "identity_name": "Mārcis Paraugs",
		"identity_contact":            "marcis.paraugs@vejupe.example",
		"identity_disclosure_consent": "authority", "if_not_recognised": "ethics", "confirm_true": "yes",
		"confirm_privacy": "yes",
	} {
		report.Set(name, value)
	}
	number := registerNumber.FindString(g.post(g.seats["nobody"], "/report", report))
	for _, who := range []string{"responsible", "chair"} {
		g.post(g.seats[who], "/desk/cases/"+number+"/statement", url.Values{"no_conflict": {"yes"}})
	}
	g.two(number, "unseal_identity", url.Values{"reporter_reason": {"Tiesa prasa, kas ziņoja."}, "notice": {"at_once"}})
	return number
}

// lived is six years of an installation: a case that may be erased, one whose
// details are gone and whose code it gives, and one whose details go in nine days.
func (g *gallery) lived(h *services, clock *demo.Clock, p person) (code string) {
	g.words["outlived"] = outlived(g.t, h, again(g.t, h, p).acting)
	clock.Set(time.Now().AddDate(-2, 0, 0))
	g.words["details gone"], code = withdrawn(g.t, h, again(g.t, h, p).acting, named())
	clock.Set(time.Now().AddDate(-1, 0, 9))
	withdrawn(g.t, h, again(g.t, h, p).acting, named())
	clock.Real()
	must(g.t, h.casework.EraseIdentities(context.Background()))
	return code
}

// founded is a real installation with nothing in it but its people: one waits
// for two signatures, one waits to be prepared, and one institution has nobody
// who could read.
func (g *gallery) founded() {
	t, ctx := g.t, context.Background()
	clock := demo.NewClock(time.Now)
	clock.Set(time.Now().AddDate(-6, 0, 0))
	cfg, people := foundedAt(t, t.TempDir(), clock.Now, appoint.RoleTrust, appoint.RoleAuditor)
	h, err := open(ctx, cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), clock.Now)
	must(t, err)
	h.registry.Params, h.auth.Params = cheap, cheap
	code := g.lived(h, clock, people[appoint.RoleResponsible][0])
	for role, list := range people { // their sessions have long ended
		list[0].acting = nil
		people[role][0] = again(t, h, list[0])
	}
	admin := people[appoint.RoleAdministrator][0].acting
	home := admin.Institution
	// sign has what waits signed by two, and everybody see the roster after it.
	sign := func(by ...person) {
		t.Helper()
		waits, err := h.registry.Waiting(ctx)
		must(t, err)
		for _, p := range by {
			must(t, h.registry.SignStatement(ctx, again(t, h, p).acting, waits[0].ID, true))
		}
		for role, list := range people {
			people[role][0] = again(t, h, list[0])
		}
		admin = people[appoint.RoleAdministrator][0].acting
	}
	two := []person{people[appoint.RoleChair][0], people[appoint.RoleMember][0]}
	second, err := h.registry.PrepareInstitution(ctx, admin,
		appoint.Institution{Name: "Vējupes novada bāriņtiesa", Alternate: home})
	must(t, err)
	sign(two...)
	// Two who sign there and do not read: so the third institution, whose
	// alternate it is, cannot take a report.
	var signers []person
	for range 2 {
		code, err := h.registry.Invite(ctx, admin, second, []string{appoint.RoleMember})
		must(t, err)
		signers = append(signers, enrol(t, h, appoint.RoleMember, code))
		must(t, h.registry.PrepareAppointment(ctx, admin, signers[len(signers)-1].id, ""))
		sign(two...)
	}
	g.words["empty institution"], err = h.registry.PrepareInstitution(ctx, admin,
		appoint.Institution{Name: "Vējupes novada muzejs", Alternate: second})
	must(t, err)
	sign(signers...)
	_, err = h.registry.PrepareInstitution(ctx, admin, appoint.Institution{
		ID: home, Name: "Vējupes novada pašvaldība",
		Units: []appoint.Unit{{Name: "Būvvalde"}, {Name: "Sociālais dienests"}},
	})
	must(t, err)
	var fresh []person
	for range 2 {
		code, err := h.registry.Invite(ctx, admin, home, []string{appoint.RoleContact})
		must(t, err)
		fresh = append(fresh, enrol(t, h, appoint.RoleContact, code))
	}
	must(t, h.registry.PrepareAppointment(ctx, admin, fresh[0].id, ""))
	// Two namesakes of members: that they are two people waits for signatures of one,
	// and is asked about the other.
	var namesakes []string
	for _, role := range []string{appoint.RoleResponsible, appoint.RoleAuditor} {
		m, err := admin.Roster.Member(people[role][0].id)
		must(t, err)
		code, err := h.registry.Invite(ctx, admin, home, []string{appoint.RoleContact})
		must(t, err)
		namesakes = append(namesakes, m.ID, enrolAs(t, h, appoint.RoleContact, code, strings.ToUpper(m.Name)).id)
	}
	must(t, h.registry.PrepareDistinct(ctx, admin,
		[2]string{min(namesakes[0], namesakes[1]), max(namesakes[0], namesakes[1])}))
	g.words["new institution"] = home
	for role, list := range people {
		people[role][0] = again(t, h, list[0])
	}
	must(t, h.store.Close())
	p := serving(t, cfg)
	g.seats["visitor"] = seat{base: p.base}
	g.seats["reporter gone"] = g.reporter(p.base, code)
	g.seats["enrolled"] = seat{p.base, map[string]string{httpd.CookieDesk: fresh[0].cookie}}
	for name, role := range desks {
		if list := people[role]; len(list) > 0 {
			g.seats["new "+name] = seat{p.base, map[string]string{httpd.CookieDesk: list[0].cookie}}
		}
	}
}

// unfounded is an installation for which n of the four have enrolled.
func (g *gallery) unfounded(name string, n int) {
	t, ctx, dir := g.t, context.Background(), g.t.TempDir()
	cfg := config.Default()
	cfg.Paths.Data, cfg.Paths.Keys = filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	codes, err := registry.Init(ctx, cfg.Paths.Data, cfg.Paths.Keys, "Vējupes novada pašvaldība",
		false, days(7), time.Now())
	must(t, err)
	h, err := open(ctx, cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), time.Now)
	must(t, err)
	h.registry.Params, h.auth.Params = cheap, cheap
	cookies := map[string]string{}
	for _, c := range codes[:n] {
		cookies[c.Roles[0]] = enrol(t, h, c.Roles[0], c.Code).cookie
	}
	must(t, h.store.Close())
	p := serving(t, cfg)
	g.seats[name] = seat{p.base, map[string]string{httpd.CookieDesk: cookies[codes[0].Roles[0]]}}
	if n == len(codes) {
		g.seats["founding administrator"] = seat{
			p.base, map[string]string{httpd.CookieDesk: cookies[appoint.RoleAdministrator]},
		}
	}
}

func (g *gallery) signIn(base string, m demo.Member) map[string]string {
	list, err := signedIn(base, person{email: m.Email, password: m.Password, totp: m.TOTPSecret})
	must(g.t, err)
	g.again[m.Email] = time.Now()
	return jar(list)
}

// reporter opens a case by its code.
func (g *gallery) reporter(base, code string) seat {
	res, _ := g.send(seat{base: base}, http.MethodPost, "/status", "code="+url.QueryEscape(code))
	return seat{base, jar(res.Cookies())}
}

func jar(list []*http.Cookie) map[string]string {
	out := map[string]string{}
	for _, c := range list {
		out[c.Name] = c.Value
	}
	return out
}

func (g *gallery) get(s seat, path string) string {
	_, body := g.send(s, http.MethodGet, path, "")
	return body
}

// post sends a form with a draft, which stands first.
func (g *gallery) post(s seat, path string, v url.Values) string {
	_, body := g.send(s, http.MethodPost, path, "draft="+derive.New().Text()+"&"+v.Encode())
	return body
}

func (g *gallery) send(s seat, method, path, body string) (*http.Response, string) {
	g.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, s.base+path, strings.NewReader(body))
	must(g.t, err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range s.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(req)
	must(g.t, err)
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	must(g.t, err)
	if res.StatusCode >= http.StatusBadRequest {
		g.t.Fatalf("%s %s: %d\n%s", method, path, res.StatusCode, out)
	}
	return res, string(out)
}

// say puts the gallery's words into a path or a value: {closed} is the number of
// a closed case.
func (g *gallery) say(text string) string {
	for {
		before, rest, found := strings.Cut(text, "{")
		if !found {
			return text
		}
		name, after, _ := strings.Cut(rest, "}")
		word, known := g.words[name]
		if !known {
			g.t.Fatalf("no word for {%s}", name)
		}
		text = before + word + after
	}
}

// nextCode gives some practice member whose code of this moment was not used yet,
// and waits for one if it must: a code works once.
func (g *gallery) nextCode() (demo.Member, string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range 40 {
		now := time.Now()
		i := slices.IndexFunc(g.creds.Members, func(m demo.Member) bool {
			return g.again[m.Email].Unix()/30 < now.Unix()/30
		})
		if i >= 0 {
			m := g.creds.Members[i]
			g.again[m.Email] = now
			code, err := totp.GenerateCode(m.TOTPSecret, now)
			return m, code, err
		}
		time.Sleep(time.Second)
	}
	return demo.Member{}, "", errors.New("no member can sign in")
}

// after gives n bytes behind the first mark of a page.
func after(page, mark string, n int) string {
	_, rest, _ := strings.Cut(page, mark)
	return rest[:min(n, len(rest))]
}
