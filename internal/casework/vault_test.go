package casework_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/store"
)

const secretName = "ANNA BERZINA 29221877"

func (w *world) whistleblower() ethics.Report {
	r := w.report()
	r.Track = "whistleblower"
	r.Identity = map[string][]string{
		"identity_name": {secretName}, "identity_contact": {"anna@example.org"},
		"identity_disclosure_consent": {"authority"},
	}
	r.Answers["work_relation"], r.Answers["if_not_recognised"] = []string{"employed"}, []string{"ethics"}
	r.Answers["confirm_true"], r.Answers["confirm_privacy"] = []string{"yes"}, []string{"yes"}
	return r
}

func (w *world) fileThis(r ethics.Report) filed {
	w.t.Helper()
	d := derive.New()
	f, err := w.in.File(ctx, d, r)
	must(w.t, err)
	return filed{Filed: f, id: d.CaseID(), draft: d}
}

func ask(defer_ string) casework.Act {
	a := casework.Act{Step: "unseal_identity", Reason: "the court asks", Statements: map[string][]string{
		"reporter_reason": {"a court asked who reported"}, "notice": {"at_once"},
	}}
	if defer_ != "" {
		a.Statements["notice"], a.Statements["notice_ground"], a.Statements["notice_until"] = []string{
			"deferred",
		}, []string{"evidence"}, []string{defer_}
	}
	return a
}

func (w *world) open(who *appoint.Acting, f filed) *casework.Opened {
	w.t.Helper()
	o, err := w.cw.Open(ctx, who, f.Number)
	must(w.t, err)
	return o
}

// lent asks as one member and approves as another: the request.
func (w *world) lent(asker, approver *appoint.Acting, f filed, a casework.Act) string {
	w.t.Helper()
	taken, err := w.cw.Take(ctx, asker, f.Number, derive.New(), a)
	must(w.t, err)
	if !taken.Proposed {
		w.t.Fatal("one person was enough")
	}
	request := w.open(approver, f).Open.ID
	_, err = w.cw.Decide(ctx, approver, f.Number, request, derive.New(), true, "")
	must(w.t, err)
	return request
}

func (w *world) mustBeSound() {
	w.t.Helper()
	if d := w.damage(); d != nil {
		w.t.Error(d)
	}
}

// stored is everything in the file, as a reader has it.
func (w *world) stored() []byte {
	w.t.Helper()
	_, err := w.raw().Exec(`pragma wal_checkpoint(truncate)`)
	must(w.t, err)
	b, err := os.ReadFile(w.dir + "/" + store.File)
	must(w.t, err)
	return b
}

// TestTwoPeopleOpenTheIdentity tells the whole way: asked with a reason, lent by
// a second person, shown once, dealt anew, and the reporter told.
func TestTwoPeopleOpenTheIdentity(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	o := w.open(resp, f)
	if o.Vault == nil || !o.Vault.Mine || len(o.Vault.Holders) != 2 || o.Vault.Loan != nil {
		t.Fatalf("vault: %+v", o.Vault)
	}
	if raw, err := json.Marshal(o.Report); err != nil || bytes.Contains(raw, []byte("ANNA")) {
		t.Error("the report's envelope names the reporter")
	}
	before := w.vaultID(f)
	request := w.lent(resp, chair, f, ask(""))
	if got := w.open(resp, f).Vault.Loan; got == nil || got.Request != request || got.From != "N chair" ||
		got.Until != "2026-11-30" {
		t.Fatalf("lent: %+v", got)
	}
	if len(w.messages(f)) != 2 {
		t.Error("the reporter was told before anything was opened")
	}
	if _, err := w.cw.OpenIdentity(ctx, chair, f.Number, request, derive.New()); err == nil {
		t.Error("the approver opened it")
	}
	draft := derive.New()
	details, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, draft)
	must(t, err)
	if details.Answers["identity_name"][0] != secretName {
		t.Errorf("not the details that were given")
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", details, &details, details), "ANNA") {
		t.Error("the details print")
	}
	for _, d := range []derive.Secret{draft, derive.New()} {
		if again, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, d); !errors.Is(err, ethics.ErrConflict) ||
			again.Answers != nil {
			t.Errorf("shown a second time: %v", err)
		}
	}
	if w.vaultID(f) == before || w.count(`select count(*) from vault_share`) != 2 ||
		w.count(`select count(*) from vault_request where length(sealed) > 0`) != 0 {
		t.Error("not dealt anew: the old vault, or the lent share, is still there")
	}
	if w.count(`select count(*) from vault_request where state = 'used'`) != 1 {
		t.Error("the request is not used up")
	}
	if bytes.Contains(w.stored(), []byte("BERZINA")) {
		t.Error("the name stands in the file")
	}
	told := w.messages(f)
	last := told[len(told)-1]
	if last.Revealed == nil || last.Revealed.Reason != "a court asked who reported" || last.Day != day ||
		last.From != dialogue.FromCommission {
		t.Errorf("the reporter is told %+v", last)
	}
	// The new vault opens in the same way, by the same two in the other roles or not.
	request = w.lent(resp, chair, f, ask(""))
	again, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New())
	must(t, err)
	if again.Answers["identity_name"][0] != secretName {
		t.Error("dealing anew changed the details")
	}
	w.mustBeSound()
}

func (w *world) vaultID(f filed) string {
	var id string
	must(w.t, w.raw().QueryRow(`select id from vault where case_id = ?`, f.id).Scan(&id))
	return id
}

func (w *world) messages(f filed) []dialogue.Message {
	w.t.Helper()
	view, err := w.dia.View(ctx, w.visit(f))
	must(w.t, err)
	return view.Messages
}

// TestDeferredNotice: two people put the notice off to a day; until then the
// reporter's page is silent, from then on it says so by itself.
func TestDeferredNotice(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	var errs ethics.FieldErrors
	bad := ask("2026-12-20")
	delete(bad.Statements, "notice_ground")
	if _, err := w.cw.Take(ctx, resp, f.Number, derive.New(), bad); !errors.As(err, &errs) ||
		errs.Of("notice_ground") != "required" {
		t.Errorf("put off without a ground: %v", err)
	}
	if _, err := w.cw.Take(ctx, resp, f.Number, derive.New(), ask("2027-11-20")); !errors.As(err, &errs) ||
		errs.Of("notice_until") != "date" {
		t.Errorf("put off for a year: %v", err)
	}
	request := w.lent(resp, chair, f, ask("2026-12-20"))
	_, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New())
	must(t, err)
	shown := func() bool {
		return slices.ContainsFunc(w.messages(f), func(m dialogue.Message) bool { return m.Revealed != nil })
	}
	for _, x := range []struct {
		at   time.Time
		want bool
	}{
		{w.clock, false}, {time.Date(2026, 12, 19, 21, 0, 0, 0, time.UTC), false},
		{time.Date(2026, 12, 19, 22, 30, 0, 0, time.UTC), true},
	} {
		w.clock = x.at
		if shown() != x.want {
			t.Errorf("on %v shown: %t", x.at, !x.want)
		}
	}
}

// TestARequestLapses: what is not approved in seven days is not approved later,
// and a lent share that is not used in seven days is of no use and taken away.
func TestARequestLapses(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	_, err := w.cw.Take(ctx, resp, f.Number, derive.New(), ask(""))
	must(t, err)
	w.clock = w.clock.AddDate(0, 0, 8)
	id := w.open(chair, f).Open.ID
	if _, err := w.cw.Decide(ctx, chair, f.Number, id, derive.New(), true, ""); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("approved after eight days: %v", err)
	}
	_, err = w.cw.Decide(ctx, chair, f.Number, id, derive.New(), false, "too late")
	must(t, err)
	request := w.lent(resp, chair, f, ask(""))
	w.clock = w.clock.AddDate(0, 0, 7)
	must(t, w.cw.EndLapsedLoans(ctx))
	if w.open(resp, f).Vault.Loan == nil {
		t.Error("lapsed on the seventh day")
	}
	w.clock = w.clock.AddDate(0, 0, 1)
	if _, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New()); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("used after eight days: %v", err)
	}
	must(t, w.cw.EndLapsedLoans(ctx))
	if w.count(`select count(*) from vault_request where length(sealed) > 0`) != 0 {
		t.Error("the lent share is still there")
	}
	w.mustBeSound()
}

// TestAForgedPairIsNotOpened: shares, loans and vaults that somebody with the
// file and the log key put there open nothing.
func TestAForgedPairIsNotOpened(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	other := w.fileThis(w.whistleblower())
	w.stated("resp", other)
	request := w.lent(resp, chair, f, ask(""))
	for name, query := range map[string]string{
		"a share of another vault": `update vault_share set sealed = (select o.sealed from vault_share o where ` +
			`o.case_id <> vault_share.case_id and o.member_id = vault_share.member_id) where case_id = '` + f.id + `'`,
		"a longer loan": `update vault_request set until = '2036-01-01'`,
		"another asker": `update vault_request set asker = 'chair'`,
	} {
		copied := w.rowsOf(f)
		w.exec(query)
		w.untrusted(name, func() error {
			_, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New())
			return err
		})
		copied()
	}
	if _, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New()); err != nil {
		t.Errorf("put right again: %v", err)
	}
}

// rowsOf keeps the case's vault rows and gives what puts them back.
func (w *world) rowsOf(f filed) func() {
	for _, table := range []string{"vault_share", "vault_request"} {
		w.exec2(`drop table if exists kept_` + table)
		w.exec2(`create table kept_` + table + ` as select * from ` + table)
	}
	return func() {
		for _, table := range []string{"vault_share", "vault_request"} {
			w.exec2(`delete from ` + table)
			w.exec2(`insert into ` + table + ` select * from kept_` + table)
			w.exec2(`drop table kept_` + table)
		}
	}
}

func (w *world) exec2(query string) {
	_, err := w.raw().Exec(query)
	must(w.t, err)
}

// TestRenewalShowsNothing: two holders deal the vault anew; a share lent for it
// opens no details.
func TestRenewalShowsNothing(t *testing.T) {
	w := founded(t)
	f := w.fileThis(w.whistleblower())
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	before := w.vaultID(f)
	request := w.lent(resp, chair, f, casework.Act{Step: "renew_vault", Reason: "a colleague left"})
	if _, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New()); err == nil {
		t.Error("a share lent for dealing anew opened the details")
	}
	must(t, w.cw.RenewVault(ctx, resp, f.Number, request, derive.New()))
	if w.vaultID(f) == before {
		t.Error("not dealt anew")
	}
	if slices.ContainsFunc(w.messages(f), func(m dialogue.Message) bool { return m.Revealed != nil }) {
		t.Error("the reporter is told of an opening that was none")
	}
	request = w.lent(resp, chair, f, ask(""))
	details, err := w.cw.OpenIdentity(ctx, resp, f.Number, request, derive.New())
	must(t, err)
	if details.Answers["identity_name"][0] != secretName {
		t.Error("dealing anew changed the details")
	}
	w.mustBeSound()
}

// TestWhoHoldsNoShareAsksNothing: a commission member who was given the case, and
// a case without a vault.
func TestWhoHoldsNoShareAsksNothing(t *testing.T) {
	w := founded(t)
	f, bare := w.fileThis(w.whistleblower()), w.file()
	resp := w.stated("resp", f)
	w.stated("resp", bare)
	_, err := w.cw.Assign(ctx, resp, f.Number, derive.New(), []string{"member"}, "examiner")
	must(t, err)
	member := w.stated("member", f)
	for _, x := range []struct {
		who *appoint.Acting
		f   filed
	}{{member, f}, {resp, bare}} {
		if _, err := w.cw.Take(ctx, x.who, x.f.Number, derive.New(), ask("")); err == nil {
			t.Errorf("%s asked in %s", x.who.ID, x.f.Number)
		}
	}
	// A responsible person who came to the case behind the vault.
	w.appoint("late", "home", appoint.RoleResponsible, "", "resp", "chair")
	must2(t)(w.cw.Assign(ctx, w.as("resp"), f.Number, derive.New(), []string{"late"}, "helps"))
	late := w.stated("late", f)
	if _, err := w.cw.Take(ctx, late, f.Number, derive.New(), ask("")); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("asked without a share: %v", err)
	}
	for _, s := range append(w.cw.Acts(w.open(resp, bare)), w.cw.Acts(w.open(late, f))...) {
		if s.ID == "disclose_identity_outside" {
			continue // needs no share
		}
		if s.ID == "unseal_identity" || s.ID == "renew_vault" {
			t.Errorf("%s is offered without a share", s.ID)
		}
	}
	for _, s := range w.cw.Acts(w.open(resp, bare)) {
		if s.ID == "disclose_identity_outside" {
			t.Error("disclosing is offered without a vault")
		}
	}
}

// TestTheVaultFollowsTheCase: the responsible person steps aside; whoever takes
// the place has a share too, and the vault opens. When only one of those who hold
// the case has a share, nobody is offered to ask for what could not be opened.
func TestTheVaultFollowsTheCase(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.fileThis(w.whistleblower())
	w.stated("chair", f)
	_, err := w.cw.Recuse(ctx, w.stated("resp", f), f.Number, derive.New(), "cousin")
	must(t, err)
	second := w.stated("up_resp", f)
	o := w.open(second, f)
	if !o.Vault.Mine || !o.Vault.Openable() ||
		slices.ContainsFunc(o.Vault.Holders, func(k casework.Keeper) bool { return k.Name == "N resp" }) {
		t.Fatalf("the vault of the case after a recusal: %+v", o.Vault)
	}
	request := w.lent(second, w.as("chair"), f, ask(""))
	details, err := w.cw.OpenIdentity(ctx, second, f.Number, request, derive.New())
	must(t, err)
	if details.Answers["identity_name"][0] != secretName {
		t.Error("other details")
	}

	// In another case the chair leaves: there the third share is with somebody who
	// does not have the case.
	f = w.fileThis(w.whistleblower())
	first := w.stated("resp", f)
	_, err = w.cw.Recuse(ctx, w.stated("chair", f), f.Number, derive.New(), "friend")
	must(t, err)
	w.stated("up_chair", f)
	o = w.open(first, f)
	if o.Vault.Openable() || len(o.Vault.Holders) != 2 {
		t.Fatalf("one share at hand: %+v", o.Vault)
	}
	if slices.ContainsFunc(w.cw.Acts(o), func(s policy.Step) bool {
		return s.ID == "unseal_identity" || s.ID == "renew_vault"
	}) {
		t.Error("offered to ask for what nobody could open")
	}
	if _, err := w.cw.Take(ctx, first, f.Number, derive.New(), ask("")); !errors.Is(err, ethics.ErrRefused) {
		t.Errorf("asked: %v", err)
	}
	w.mustBeSound()
}
