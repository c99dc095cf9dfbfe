package main

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"svilpe/internal/config"
	"svilpe/internal/demo"
	"svilpe/internal/ethics"
	"svilpe/internal/registry"
	"svilpe/internal/store"
	"svilpe/internal/token"
	"svilpe/internal/verify"
)

// commission is the practice municipality in this process, on a clock that the
// test sets forward, and its people, each in a browser of their own.
type commission struct {
	t       *testing.T
	h       *services
	dir     string
	creds   demo.Credentials
	browser context.Context //nolint:containedctx // the browser lives as long as the test
	base    string
	printed *lockedBuffer
	seats   map[string]*visitor // by e-mail up to the first dot
	number  string
	path    string
	standIn string // the responsible person of the other institution
	spare   string // the second one there, who does not get the case

	mu    sync.Mutex
	ahead time.Duration
}

func (c *commission) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// later sets the clock forward and does what the program does at night.
func (c *commission) later(d time.Duration) {
	c.t.Helper()
	c.mu.Lock()
	c.ahead += d
	c.mu.Unlock()
	clear(c.seats) // their visits have ended
	c.h.everyHour(context.Background())
	if c.h.close(context.Background(), "") == "" {
		c.t.Error("the day has no checkpoint")
	}
}

func assembled(t *testing.T) *commission {
	t.Helper()
	ctx := context.Background()
	c := &commission{t: t, dir: t.TempDir(), printed: &lockedBuffer{}, seats: map[string]*visitor{}}
	cfg := config.Default()
	cfg.Paths.Data, cfg.Paths.Keys = filepath.Join(c.dir, "data"), filepath.Join(c.dir, "keys")
	web := httptest.NewUnstartedServer(nil)
	cfg.Listen.Public = web.Listener.Addr().String()
	c.base = "http://" + cfg.Listen.Public
	cfg.Site.PublicURL = c.base
	invited, err := registry.Init(ctx, cfg.Paths.Data, cfg.Paths.Keys, demo.Municipality, true, days(400), c.now())
	must(t, err)
	clock := demo.NewClock(c.now)
	c.h, err = open(ctx, cfg, slog.New(slog.NewJSONHandler(c.printed, nil)), clock.Now)
	must(t, err)
	h := c.h
	h.registry.Params, h.auth.Params = cheap, cheap
	c.creds, err = demo.Make(ctx, demo.Services{
		Registry: h.registry, Auth: h.auth, Intake: h.intake, Dialogue: h.dialogue,
		Casework: h.casework, Store: h.store,
	}, clock, invited, func(string) {})
	must(t, err)
	servers, err := h.servers(c.now, nil)
	must(t, err)
	web.Config.Handler = servers[cfg.Listen.Public].Handler()
	web.Start()
	t.Cleanup(web.Close)
	c.browser = chromium(t)
	return c
}

func (c *commission) member(name string) demo.Member {
	c.t.Helper()
	i := slices.IndexFunc(c.creds.Members, func(m demo.Member) bool { return strings.HasPrefix(m.Email, name+".") })
	if i < 0 {
		c.t.Fatalf("nobody is called %s", name)
	}
	return c.creds.Members[i]
}

// as is a member at their own browser, signed in.
func (c *commission) as(name string) *visitor {
	c.t.Helper()
	if v := c.seats[name]; v != nil {
		return v
	}
	m := c.member(name)
	v := visit(c.t, c.browser, c.base, true)
	v.now = c.now
	c.seats[name] = v.signsIn(m.Email, m.Password, m.TOTPSecret)
	return v
}

// bars demands that the case does not exist for this member: not on its address,
// not on its pages, in no list.
func (c *commission) bars(names ...string) {
	c.t.Helper()
	for _, name := range names {
		v := c.as(name)
		for _, path := range []string{
			c.path, c.path + "/identity", c.path + "/decision", c.path + "/steps/vote", c.path + "/export",
		} {
			if v.open(path); v.status != 404 {
				c.t.Errorf("%s gets %d for %s", name, v.status, path)
			}
		}
		for _, path := range []string{"/desk", "/desk/cases", "/desk/approvals"} {
			if v.open(path); strings.Contains(v.all(), c.number) {
				c.t.Errorf("%s sees the case on %s", name, path)
			}
		}
	}
}

// two has a step proposed by one and approved by another; the first alone cannot.
func (c *commission) two(proposer, approver, step string, values map[string]string) {
	c.t.Helper()
	first := c.as(proposer).takes(c.path, step, values).open(c.path)
	if eval[bool](first, `!!document.querySelector('button[value=approve]')`) {
		c.t.Fatalf("%s proposed %s and is offered to approve it", proposer, step)
	}
	second := c.as(approver).open(c.path)
	action := eval[string](second,
		`(b => b ? new URL(b.form.action).pathname : "")(document.querySelector('button[value=approve]'))`)
	if action == "" {
		c.t.Fatalf("%s is not asked to approve %s:\n%s", approver, step, second.text())
	}
	if second.in(action).send("approve"); second.status != 200 ||
		eval[bool](second, `!!document.querySelector('button[value=approve]')`) {
		c.t.Fatalf("%s does not get %s approved:\n%s", approver, step, second.text())
	}
	c.nameless()
}

// nameless demands that no page that is open shows who the reporter is.
func (c *commission) nameless() {
	c.t.Helper()
	for name, v := range c.seats {
		if strings.Contains(v.all(), sentinels["name"]) || strings.Contains(v.all(), sentinels["contact"]) {
			c.t.Fatalf("%s reads the reporter's name on\n%s", name, v.text())
		}
	}
}

// in demands the state that the record has of the case.
func (c *commission) in(state ethics.State) {
	c.t.Helper()
	must(c.t, c.h.store.Read(context.Background(), func(tx *store.ReadTx) error {
		got, err := tx.CaseByNumber(c.number)
		if err == nil && got.State != state {
			c.t.Fatalf("the case is in %s, not in %s", got.State, state)
		}
		return err
	}))
}

// TestTheWholeCommission is the life of one case, from a mobbing report about the
// head of a school to its erasure: one handler barred by the reporter, one who
// steps aside, one excluded later; a member of the other institution; recognition,
// the opened vault, a decision by vote, measures, closing; retaliation, reopening,
// a second closing; and, when its years are over, nothing.
func TestTheWholeCommission(t *testing.T) {
	c := assembled(t)
	reporter := visit(t, c.browser, c.base, false)
	reporter.now = c.now
	code := c.report(reporter)
	c.bars("dace", "oskars", "marta", "juris", "zane", "aivars", "vita")

	c.conflicts()
	c.recognition(reporter, code)
	c.decides("marta", "jelena")
	c.in("decided")
	c.measures()
	c.two(c.standIn, "guntars", "close",
		map[string]string{"systemic_cause": "yes", "message": "Lietu slēdzam. Rakstiet, ja kāds Jums atriebjas."})
	c.in("closed")

	c.retaliation(reporter, code)
	c.two(c.standIn, "guntars", "recognise", map[string]string{"message": "Atzīstam atkārtoti."})
	c.as("guntars").takes(c.path, "start_recognised", nil)
	c.decides("jelena", "marta")
	c.two(c.standIn, "guntars", "close",
		map[string]string{"systemic_cause": "no", "message": "Pret Jums vērstie rīkojumi ir atcelti."})
	c.in("closed")
	c.erased(reporter, code)

	c.h.verify(context.Background())
	v, err := verify.Run(context.Background(), c.h.store, verify.Options{Founders: c.h.store.Founders()})
	must(t, err)
	if v.First() != nil {
		t.Errorf("the record is damaged: %s", v.First())
	}
	must(t, c.h.store.Close())
	nowhere(t, c.dir, c.printed.String())
}

// report files the report under a name and gives its code.
func (c *commission) report(v *visitor) string {
	c.t.Helper()
	v.open("/report?lang=lv")
	institution := eval[string](v,
		`[...document.querySelector('select[name=institution]').options].find(o => o.text.includes("Smilgu")).value`)
	v.in("/report").fill("institution", institution).send("institution")
	v.in("/report").choose("track", "whistleblower").fill("category", "mobbing_bossing").
		fill("description", "Skolas direktore katru nedēļu skolotāju istabā pazemo kolēģi. "+sentinels["description"]).
		fill("persons_involved", "Direktore "+sentinels["persons"]).fill("witnesses", sentinels["witness"]).
		choose("senior_involved", "head").choose("excluded_handlers", c.member("dace").ID).
		choose("work_relation", "employed").
		fill("identity_name", "Anna "+sentinels["name"]).fill("identity_contact", sentinels["contact"]).
		choose("if_not_recognised", "ethics").choose("confirm_true", "yes").
		choose("confirm_privacy", "yes").send("check")
	v.reads(sentinels["description"], sentinels["name"]).shot("commission-01-check")
	v.in("/report").send("file")
	code := codeIn(c.t, eval[string](v, `document.querySelector("main").innerHTML`))
	c.number = regexp.MustCompile(`20\d\d-[0-9A-Z]{5}`).FindString(v.all())
	c.path = "/desk/cases/" + c.number
	return code
}

// conflicts: the responsible person is the director's cousin and steps aside, so
// that the other institution's takes the place; three examiners are given the
// case, and one is excluded, since he has talked about it.
func (c *commission) conflicts() {
	c.t.Helper()
	inese, guntars := c.as("inese"), c.as("guntars")
	inese.open(c.path).opens(c.path)
	guntars.open(c.path).opens(c.path)
	inese.takes(c.path, "acknowledge", nil)
	inese.open(c.path+"/recuse").in("/recuse").fill("reason", "Direktore ir mana māsīca. "+sentinels["stepped aside"]).
		shot("commission-02-recuse").send("")
	c.bars("inese")
	c.standIn, c.spare = "juris", "zane"
	if !strings.Contains(c.as(c.standIn).open("/desk/cases").all(), c.number) {
		c.standIn, c.spare = c.spare, c.standIn // either may be chosen
	}
	standIn := c.as(c.standIn).open("/desk/cases").reads(c.number).open(c.path).opens(c.path)
	standIn.reads(sentinels["description"], sentinels["stepped aside"]).shot("commission-03-alternate")
	guntars.open(c.path).in("/assign")
	for _, name := range []string{"marta", "jelena", "toms"} {
		guntars.choose("members", c.member(name).ID)
	}
	guntars.fill("assign_reason", "Nestrādā skolu jomā.").send("")
	for _, name := range []string{"marta", "jelena", "toms"} {
		c.as(name).open(c.path).opens(c.path)
	}
	guntars.open(c.path+"/exclude/"+c.member("toms").ID).in("/exclude/"+c.member("toms").ID).
		fill("reason", "Par lietu runāja ar direktori.").send("")
	c.bars("toms", "inese", "dace", "oskars", c.spare, "viesturs", "aivars")
	c.nameless()
}

// recognition: two people recognise the report, two open its vault, and the
// reporter reads that and why.
func (c *commission) recognition(reporter *visitor, code string) {
	c.t.Helper()
	c.two(c.standIn, "guntars", "recognise",
		map[string]string{"message": "Ziņojums ir atzīts par trauksmes cēlēja ziņojumu."})
	c.in("recognised")
	c.two(c.standIn, "guntars", "unseal_identity",
		map[string]string{"reporter_reason": "Jāpiešķir juridiskā palīdzība. " +
			sentinels["opened"], "notice": "at_once"})
	c.as("guntars").open(c.path + "/identity")
	if eval[bool](c.as("guntars"), `!!document.querySelector('button[value=open]')`) {
		c.t.Error("who approved can open the vault too")
	}
	standIn := c.as(c.standIn).open(c.path + "/identity").in("/identity")
	standIn.send("open").reads(sentinels["name"], sentinels["contact"]).shot("commission-04-vault")
	standIn.open(c.path + "/identity")
	c.nameless()
	reporter.enters(code).reads(sentinels["opened"])
	c.as("guntars").takes(c.path, "start_recognised", nil)
	c.in("investigation")
}

// enters goes to a case with its code.
func (v *visitor) enters(code string) *visitor {
	v.t.Helper()
	v.open("/status?lang=lv").in("/status").fill("code", code).send("")
	if !strings.HasPrefix(v.text(), "/case") {
		v.t.Fatalf("the code opens no case:\n%s", v.text())
	}
	return v
}

// decides: one examiner writes the draft, all vote, chair and the other approve.
func (c *commission) decides(author, other string) {
	c.t.Helper()
	c.as(author).open(c.path).in("/notes").fill("note", sentinels["note"]).send("")
	c.as(author).takes(c.path, "propose_decision",
		map[string]string{
			"reason": sentinels["reason"], "heard": "heard", "draft_text": sentinels["draft"],
			"outcome": "substantiated",
		})
	c.as(author).takes(c.path, "vote", map[string]string{"vote": "for"})
	first := c.as("guntars").open(c.path + "/steps/approve_decision")
	if first.status == 200 && strings.Contains(first.text(), "/steps/approve_decision") {
		first.in("/steps/approve_decision")
		if eval[bool](first, `[...document.forms].some(f => f.action.endsWith("/steps/approve_decision"))`) {
			c.t.Error("one vote of three is enough to approve")
		}
	}
	first.in("")
	c.as(other).takes(c.path, "vote", map[string]string{"vote": "against", "dissent": "Pierādījumu par maz."})
	c.as("guntars").takes(c.path, "vote", map[string]string{"vote": "for"})
	c.as("guntars").open(c.path+"/decision").reads(sentinels["draft"], "Pierādījumu par maz.").
		shot("commission-05-decision")
	c.two("guntars", other, "approve_decision",
		map[string]string{
			"reason": sentinels["reason"], "outcome": "substantiated",
			"message": "Pārkāpums ir konstatēts. " + sentinels["decision"],
		})
}

// measures are set with an owner and a day, and followed until they are done.
func (c *commission) measures() {
	c.t.Helper()
	c.as(c.standIn).takes(c.path, "set_measures",
		map[string]string{"measure_1": "Mācības vadītājiem " +
			sentinels["measure"], "measure_post_1": "Izglītības pārvaldes vadītājs"})
	c.in("measures")
	if v := c.as(c.standIn).open(c.path + "/steps/close"); eval[bool](v,
		`[...document.forms].some(f => f.action.endsWith("/steps/close"))`) {
		c.t.Error("a case with an open measure can be closed")
	}
	c.later(20 * 24 * time.Hour)
	c.as(c.standIn).open(c.path + "/measures").reads(sentinels["measure"]).shot("commission-06-measures")
	c.as(c.standIn).takes(c.path, "follow_measure", map[string]string{"became": "done"})
}

// retaliation: on the same code, two months after closing; the case is open again.
func (c *commission) retaliation(reporter *visitor, code string) {
	c.t.Helper()
	c.later(60 * 24 * time.Hour)
	reporter.enters(code).open("/case/retaliation").in("/case/retaliation").
		fill("text", "Man atņēma stundas. "+sentinels["retaliation"]).send("")
	standIn := c.as(c.standIn).open("/desk")
	standIn.reads(c.number).shot("commission-07-today")
	standIn.open(c.path).reads(sentinels["retaliation"])
	standIn.takes(c.path, "set_retaliation_risk", map[string]string{"risk": "high"})
	c.two(c.standIn, "guntars", "reopen",
		map[string]string{"ground": "retaliation", "message": "Lieta ir atvērta no jauna."})
	c.in("triage")
	// Keeping and watching are not said to be done with, and days stand in order.
	standIn.open(c.path)
	days := eval[[]string](standIn, `[...document.querySelectorAll('.timeline time')].map(t => t.dateTime)`)
	if strings.Contains(standIn.all(), "Lietas glabāšana") || len(days) < 3 || !slices.IsSorted(days) {
		c.t.Errorf("deadlines of the reopened case: %v\n%s", days, standIn.text())
	}
	c.bars("toms", "inese", "dace")
}

// erased: when its years are over the responsible person and the auditor erase
// the case; its code is as good as any other.
func (c *commission) erased(reporter *visitor, code string) {
	c.t.Helper()
	if v := c.as(c.standIn).open("/desk/erasure/" + c.number); v.status == 200 &&
		strings.Contains(v.text(), "/desk/erasure/"+c.number+"\n") {
		c.t.Error("a case can be erased on the day of its closing")
	}
	reporter.enters(code)
	c.later(24 * time.Hour * 366 * 6)
	c.as(c.standIn).open("/desk/erasure").reads(c.number).shot("commission-08-erasure")
	c.as(c.standIn).open("/desk/erasure/" + c.number).in("/desk/erasure/" + c.number).send("yes")
	c.in("closed")
	c.as("karlis").open("/desk/erasure/" + c.number).in("/desk/erasure/" + c.number).send("yes")
	must(c.t, c.h.store.Read(context.Background(), func(tx *store.ReadTx) error {
		all, bad, err := tx.Erasures()
		if err != nil || bad != nil || len(all) != 1 || all[0].Number != c.number {
			c.t.Errorf("erased: %d, %v", len(all), err)
		}
		return err
	}))
	reporter.open("/status").in("/status").fill("code", code).send("")
	gone := reporter.all()
	reporter.open("/status").in("/status").fill("code", token.FromDraft([32]byte{1}).Text()).send("")
	if gone == "" || gone != reporter.all() || reporter.status == 200 {
		c.t.Errorf("the code of an erased case is told from any other:\n%s", reporter.text())
	}
	c.bars(c.standIn, "guntars", "marta") // the terms of the other examiners have ended
}
