package casework_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/intake"
	"svilpe/internal/payload"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/token"
)

const asked = "SENTINEL-QUESTION"

// asks is what somebody asks trust persons, who are not excluded.
func asks(excluded ...string) ethics.Report {
	return ethics.Report{
		Track: "consultation", Institution: "home", Language: "ru", Excluded: excluded,
		Answers: map[string][]string{"description": {asked}},
	}
}

// trusted is a founded installation with two trust persons, an auditor and a head.
func trusted(t *testing.T) *world {
	w := founded(t)
	for _, p := range [][2]string{
		{"tija", appoint.RoleTrust}, {"uldis", appoint.RoleTrust}, {"aud", appoint.RoleAuditor},
		{"head", appoint.RoleHead},
	} {
		w.appoint(p[0], "home", p[1], "", "resp", "chair")
	}
	return w
}

func (w *world) asked(r ethics.Report) (intake.Filed, dialogue.Visit) {
	w.t.Helper()
	f, err := w.in.Consult(ctx, derive.New(), r)
	must(w.t, err)
	return f, w.visit(filed{Filed: f})
}

func (w *world) consultations(id string) []casework.ListedConsultation {
	w.t.Helper()
	list, err := w.cw.Consultations(ctx, w.as(id), store.ConsultationKey{})
	must(w.t, err)
	return list.Rows
}

// TestConsultationIsOfTwoParties: the consultation from its question to its end, and
// nobody else finds anything of it.
func TestConsultationIsOfTwoParties(t *testing.T) {
	w := trusted(t)
	var log bytes.Buffer
	w.dia.Log, w.cw.Log = slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewTextHandler(&log, nil))
	f, visit := w.asked(asks("uldis"))
	if !strings.HasPrefix(f.Number, "K-") || f.AckDue != "" || !visit.Consultation {
		t.Errorf("%+v", f)
	}
	if n := w.count(`select count(*) from cases`); n != 0 {
		t.Errorf("%d cases", n)
	}
	tija := w.as("tija")
	if list := w.consultations("tija"); len(list) != 1 || list[0].Number != f.Number ||
		list[0].Stands != casework.ConsultationNew {
		t.Fatalf("%+v", list)
	}
	open, err := w.cw.Consultation(ctx, tija, f.Number)
	must(t, err)
	if len(open.Texts) != 1 || open.Texts[0].Text != asked || open.Language != "ru" ||
		!slices.Equal(open.Excluded, []string{"N uldis"}) || !slices.Equal(open.TrustPersons, []string{"N tija"}) {
		t.Errorf("%+v", open.TrustPersons)
	}
	for _, id := range []string{"uldis", "resp", "chair", "member", "admin", "aud", "head"} {
		who := w.as(id)
		if list := w.consultations(id); len(list) != 0 {
			t.Errorf("%s: in the list", id)
		}
		_, read := w.cw.Consultation(ctx, who, f.Number)
		_, said := w.cw.WriteConsultation(ctx, who, f.Number, derive.New(), "x", false)
		_, noted := w.cw.WriteConsultation(ctx, who, f.Number, derive.New(), "x", true)
		_, cover := w.cw.Cover(ctx, who, f.Number)
		_, taken := w.cw.Take(ctx, who, f.Number, derive.New(), casework.Act{Step: "acknowledge"})
		for what, err := range map[string]error{
			"reads": read, "answers": said, "notes": noted, "ends": w.cw.EndConsultation(ctx, who, f.Number),
			"covers": cover, "acts": taken,
		} {
			if !errors.Is(err, ethics.ErrNotFound) {
				t.Errorf("%s %s: %v", id, what, err)
			}
		}
	}
	if _, err := w.cw.Take(ctx, tija, f.Number, derive.New(),
		casework.Act{Step: "acknowledge"}); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a case act: %v", err)
	}
	if _, err := w.dia.View(ctx, visit); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("shown as a case: %v", err)
	}

	draft := derive.New()
	for n := range 2 { // the same form twice
		s, err := w.cw.WriteConsultation(ctx, tija, f.Number, draft, "SENTINEL-ANSWER", false)
		if err != nil || s.Again != (n == 1) {
			t.Errorf("sent %d: %v", n, err)
		}
	}
	must(t, second(w.cw.WriteConsultation(ctx, tija, f.Number, derive.New(), "SENTINEL-NOTE", true)))
	if got := w.consultations("tija")[0].Stands; got != casework.ConsultationAnswered {
		t.Error(got)
	}
	must(t, second(w.dia.Say(ctx, visit, derive.New(), "SENTINEL-REPLY")))
	if got := w.consultations("tija")[0].Stands; got != casework.ConsultationWaits {
		t.Error(got)
	}
	mine, err := w.dia.Consultation(ctx, visit)
	must(t, err)
	var texts []string
	for _, m := range mine.Messages {
		texts = append(texts, m.From+":"+m.Text)
	}
	if want := []string{
		"reporter:" + asked, "adviser:SENTINEL-ANSWER", "reporter:SENTINEL-REPLY",
	}; !slices.Equal(texts, want) {
		t.Errorf("%q", texts)
	}
	open, err = w.cw.Consultation(ctx, tija, f.Number)
	must(t, err)
	if len(open.Texts) != 4 || !open.Texts[2].Note || open.Texts[2].Text != "SENTINEL-NOTE" ||
		open.Texts[3].Text != "SENTINEL-REPLY" {
		t.Errorf("%d texts", len(open.Texts))
	}
	w.sound()
	w.nowhere(&log, "SENTINEL")
}

func second[T any](_ T, err error) error { return err }

// nowhere wants a word in no file of the data folder and in no line of the log.
func (w *world) nowhere(log *bytes.Buffer, word string) {
	w.t.Helper()
	if w.onDisk([]byte(word)) {
		w.t.Error("the data folder holds it")
	}
	if bytes.Contains(log.Bytes(), []byte(word)) {
		w.t.Error("the log holds it")
	}
}

// TestOneFormOneConsultation: twice is once; the same form as a report is a case
// with a code of its own, and neither service takes what the other does.
func TestOneFormOneConsultation(t *testing.T) {
	w := trusted(t)
	form := derive.New()
	first, err := w.in.Consult(ctx, form, asks())
	must(t, err)
	withFile := asks()
	withFile.Files = []ethics.File{{ID: "x"}} // received for a report, before another way was chosen
	again, err := w.in.Consult(ctx, form, withFile)
	must(t, err)
	other := asks()
	other.Answers["description"] = []string{"something else"}
	differs, err := w.in.Consult(ctx, form, other)
	must(t, err)
	if again.Code != first.Code || !again.Again || again.Differs || again.Number != first.Number || !differs.Differs {
		t.Errorf("%+v, %+v", again, differs)
	}
	report := w.report()
	report.Answers["description"] = []string{asked}
	filed, err := w.in.File(ctx, form, report)
	must(t, err)
	if filed.Code == first.Code || filed.Again {
		t.Error("the report shares the consultation's code")
	}
	if c, k := w.count(`select count(*) from cases`), w.count(`select count(*) from consultation`); c != 1 || k != 1 {
		t.Errorf("%d cases, %d consultations", c, k)
	}
	var errs ethics.FieldErrors
	if _, err := w.in.File(ctx, derive.New(), asks()); !errors.As(err, &errs) {
		t.Errorf("a consultation filed as a case: %v", err)
	}
	entered := asks()
	entered.EnteredBy, entered.Way = "resp", ethics.WayPhone
	if _, err := w.in.Consult(ctx, derive.New(), entered); !errors.As(err, &errs) || errs.Of("track") == "" {
		t.Errorf("a member asks for somebody else: %v", err)
	}
	if _, err := w.in.Consult(ctx, derive.New(), report); !errors.As(err, &errs) {
		t.Errorf("a report taken as a consultation: %v", err)
	}
	if _, err := w.dia.Enter(ctx, derive.New().Text()); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("another code: %v", err)
	}
	w.sound()
}

// TestToWhomAConsultationGoes: the institution's, else the alternate's, else
// nobody; handlers of reports are no parties, and cannot be excluded here.
func TestToWhomAConsultationGoes(t *testing.T) {
	w := founded(t)
	var errs ethics.FieldErrors
	if _, err := w.in.Consult(ctx, derive.New(), asks()); !errors.As(err, &errs) ||
		errs.Of("institution") != "not_ready" {
		t.Errorf("to nobody: %v", err)
	}
	w.alternate()
	w.appoint("vija", "up", appoint.RoleTrust, "", "resp", "chair")
	f, _ := w.asked(asks())
	if list := w.consultations("vija"); len(list) != 1 || list[0].Number != f.Number {
		t.Errorf("the alternate's: %+v", list)
	}
	if _, err := w.in.Consult(ctx, derive.New(), asks("vija")); !errors.As(err, &errs) ||
		errs.Of("excluded_handlers") != "too_many" {
		t.Errorf("all are excluded: %v", err)
	}
	if _, err := w.in.Consult(ctx, derive.New(), asks("resp")); !errors.As(err, &errs) ||
		errs.Of("excluded_handlers") == "" {
		t.Errorf("a handler is excluded: %v", err)
	}
	w.appoint("tija", "home", appoint.RoleTrust, "", "resp", "chair")
	f, _ = w.asked(asks())
	if list := w.consultations("tija"); len(list) != 1 || list[0].Number != f.Number ||
		len(w.consultations("vija")) != 1 {
		t.Errorf("the own one's: %+v", list)
	}
}

// TestWhoIsTrustPersonNoMore reads nothing more, and nobody writes to them.
func TestWhoIsTrustPersonNoMore(t *testing.T) {
	w := founded(t)
	w.appoint("tija", "home", appoint.RoleTrust, day, "resp", "chair") // until today
	f, _ := w.asked(asks())
	w.clock = w.clock.AddDate(0, 0, 1)
	if _, err := w.cw.Consultation(ctx, w.as("tija"), f.Number); !errors.Is(err, ethics.ErrNotFound) ||
		len(w.consultations("tija")) != 0 {
		t.Errorf("still read: %v", err)
	}
	visit := w.visit(filed{Filed: f})
	if v, err := w.dia.Consultation(ctx, visit); err != nil || len(v.TrustPersons) != 0 {
		t.Errorf("the reporter is not told: %v", err)
	}
	if _, err := w.dia.Say(ctx, visit, derive.New(), "x"); !errors.Is(err, ethics.ErrNobodyToSeal) {
		t.Errorf("written to nobody: %v", err)
	}
	// Of two, who left gets nothing more of what is said.
	w = founded(t)
	w.appoint("tija", "home", appoint.RoleTrust, day, "resp", "chair") // until today
	w.appoint("vija", "home", appoint.RoleTrust, "", "resp", "chair")
	f, _ = w.asked(asks())
	w.clock = w.clock.AddDate(0, 0, 1)
	must(t, second(w.dia.Say(ctx, w.visit(filed{Filed: f}), derive.New(), "x")))
	must(t, second(w.cw.WriteConsultation(ctx, w.as("vija"), f.Number, derive.New(), "x", false)))
	if n := w.count(`select count(*) from consultation_text where sequence > 0 and readers <> 'vija'`); n != 0 {
		t.Errorf("%d texts are still sealed to who left", n)
	}
	// And who came back does not read what was said meanwhile.
	w.appoint("tija", "home", appoint.RoleTrust, "", "resp", "chair")
	if o, err := w.cw.Consultation(ctx, w.as("tija"), f.Number); err != nil || len(o.Texts) != 3 ||
		!o.Texts[1].Elsewhere || o.Texts[1].Text != "" || o.Texts[1].Untrusted {
		t.Errorf("who came back: %v", err)
	}
	// A new one cannot read what was said before, and is no party.
	w.appoint("uldis", "home", appoint.RoleTrust, "", "resp", "chair")
	if _, err := w.cw.Consultation(ctx, w.as("uldis"), f.Number); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("who came later: %v", err)
	}
}

// TestAConsultationThatWasChanged is shown to neither, and nobody is added to it.
func TestAConsultationThatWasChanged(t *testing.T) {
	for what, spoil := range map[string]func(*world){
		"a text of the database":  func(w *world) { w.exec(`update consultation_text set sealed = x'00'`) },
		"a day of the database":   func(w *world) { w.exec(`update consultation_text set day = '2026-11-24'`) },
		"a party of the database": func(w *world) { w.exec(`update consultation set parties = 'tija uldis resp'`) },
		"a text that is gone":     func(w *world) { w.exec(`delete from consultation_text`) },
	} {
		w := trusted(t)
		f, visit := w.asked(asks())
		spoil(w)
		if _, err := w.cw.Consultation(ctx, w.as("tija"), f.Number); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: the trust person reads: %v", what, err)
		}
		if _, err := w.dia.Consultation(ctx, visit); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: the reporter reads: %v", what, err)
		}
		if _, err := w.dia.Say(ctx, visit, derive.New(), "x"); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: the reporter writes: %v", what, err)
		}
		if w.distrusted() < 2 {
			t.Errorf("%s: no entry says so", what)
		}
	}
	// Somebody who can write entries names another party beside those whom the
	// reporter signed.
	w := trusted(t)
	code := token.FromDraft(derive.New())
	number, visit := w.begun(code, code, []string{"tija"}, []string{"tija", "resp"})
	if _, err := w.dia.Say(ctx, visit, derive.New(), "x"); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("the reporter writes to a stranger: %v", err)
	}
	if _, err := w.cw.WriteConsultation(ctx, w.as("tija"), number, derive.New(), "x",
		false); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("the trust person writes to a stranger: %v", err)
	}
	// Or puts a whole consultation of their own behind somebody's code.
	w = trusted(t)
	if _, visit := w.begun(code, token.FromDraft(derive.New()), []string{"tija"},
		[]string{"tija"}); !errors.Is(second(w.dia.Say(ctx, visit, derive.New(), "x")), ethics.ErrUntrusted) {
		t.Error("the reporter writes into another's consultation")
	}
}

// begun stores a consultation by hand, found by one code and with the keys of
// another; its text names other trust persons than its row.
func (w *world) begun(found, keys token.Code, signed, row []string) (string, dialogue.Visit) {
	w.t.Helper()
	var in store.Installation
	must(w.t, w.s.Read(ctx, func(tx *store.ReadTx) (err error) {
		in, err = tx.Installation()
		return err
	}))
	reporter := derive.Secret(keys.ReporterSecret(in.Salt))
	id, err := reporter.ReporterIdentity()
	must(w.t, err)
	by := seal.Author{ID: ethics.ActorReporter, Key: reporter.ReporterSigner()}
	c := store.Consultation{
		ID: derive.New().CaseID(), Number: "K-2026-HAND0", Institution: "home", Parties: row,
		State: store.ConsultationOpen, Received: day, Changed: day,
		Recipient: id.Recipient().String(), Key: by.Key.Public().(ed25519.PublicKey),
	}
	roster, err := w.in.Roster(ctx)
	must(w.t, err)
	var to []string
	for _, name := range row {
		m, err := roster.Member(name)
		must(w.t, err)
		to = append(to, m.Recipient)
	}
	first := store.ConsultationText{
		Consultation: c.ID, ID: derive.New().CaseID(), Kind: ethics.KindConsultation,
		Author: by.ID, Readers: row, Day: day,
	}
	body, err := json.Marshal(ethics.ConsultationText{Text: asked, Parties: signed})
	must(w.t, err)
	h := payload.Header{
		Installation: install, Stream: ethics.ConsultationStream(c.ID), ID: first.ID,
		Kind: string(first.Kind), Day: day,
		Policy: 1, Author: by.ID,
	}
	to = append(to, c.Recipient)
	for _, r := range to {
		h.Recipients = append(h.Recipients, payload.Fingerprint(r))
	}
	plain, err := payload.Sign(h, body, by.Key, payload.MinText)
	must(w.t, err)
	victim, err := derive.Secret(found.ReporterSecret(in.Salt)).ReporterIdentity()
	must(w.t, err)
	if found != keys {
		to = append(to, victim.Recipient().String())
	}
	first.Sealed, err = seal.To(plain, to...)
	must(w.t, err)
	locator := token.LocatorHash(found.Locator(in.Salt))
	st, err := seal.Status(ethics.Status{
		Installation: install, Stream: ethics.ConsultationStream(c.ID), Day: day,
		Policy: ethics.PolicyVersion, Act: ethics.ActAsk,
		Institution: c.Institution, State: c.State,
	}, by)
	must(w.t, err)
	w.write(record.KindConsultation, c.ID, func(tx *store.Tx) error {
		return tx.AddConsultation(c, locator[:], first, *st)
	})
	return c.Number, w.visit(filed{Filed: intake.Filed{Code: found}})
}

// TestNewKeysOfATrustPerson: what was sealed to the keys before them can still be
// trusted, by the reporter and by the other trust person.
func TestNewKeysOfATrustPerson(t *testing.T) {
	w := trusted(t)
	f, v := w.asked(asks())
	must(t, second(w.cw.WriteConsultation(ctx, w.as("tija"), f.Number, derive.New(), "answer", false)))
	k := derive.New()
	id, err := k.MemberIdentity()
	must(t, err)
	state(w, appoint.KindKey, appoint.Key{
		Member: "tija", Recipient: id.Recipient().String(), Verifier: k.MemberSigner().Public().(ed25519.PublicKey),
	}, "resp", "chair")
	must(t, second(w.dia.Say(ctx, v, derive.New(), "and more")))
	c, err := w.dia.Consultation(ctx, v)
	must(t, err)
	for _, m := range c.Messages {
		if m.Untrusted {
			t.Errorf("a text of %s cannot be trusted", m.From)
		}
	}
	open, err := w.cw.Consultation(ctx, w.as("uldis"), f.Number)
	must(t, err)
	for _, x := range open.Texts {
		if x.Untrusted {
			t.Errorf("to the other one a text of %s cannot be trusted", x.Author)
		}
	}
	w.sound()
}
