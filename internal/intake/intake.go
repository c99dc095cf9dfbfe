// Package intake takes a report in: check, route, seal, store with its entry,
// hand back the case code. It holds public keys only and cannot reach unseal:
// what went through here cannot be read here again.
//
// Start with Service.File. Everything about a draft comes from its 32 secret
// bytes, so the same form sent twice is the same case.
package intake

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/routing"
	"svilpe/internal/store"
	"svilpe/internal/token"
)

// Limits bound one report.
type Limits struct {
	FileBytes, ReportBytes int64
	Files                  int
	TextChars              int
	DraftBytes             int64 // what drafts not filed yet may take in all
	NewADay                int   // gift declarations, and consultations, that an institution takes in a day
}

// Service takes reports in.
type Service struct {
	Store  *store.Store
	Policy *policy.Policy
	System ed25519.PrivateKey
	Limits Limits
	Data   string // data folder: a tenth of its free space bounds drafts
	Now    func() time.Time
	// ReceiptText words the automatic first message in a language.
	ReceiptText func(lang string, params map[string]string) string
}

// Filed is what the code page shows.
type Filed struct {
	Code     token.Code
	Number   string
	Received ethics.Day
	AckDue   ethics.Day
	Again    bool // this form was filed before; nothing was stored now
	Differs  bool // and the answers were others then
	Replaced bool // the reporter took a newer code since: Code opens nothing
}

// Roster is who may read reports today. ErrNotReady before the founding.
func (s *Service) Roster(ctx context.Context) (*appoint.Roster, error) {
	var r *appoint.Roster
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		r, err = tx.Roster()
		return err
	})
	return r, err
}

// Today is the day everything of a case is stored under.
func (s *Service) Today() ethics.Day { return s.Store.Day(s.Now()) }

// recipients is who could open a report: asked once, and handed on.
type recipients struct {
	readers []appoint.Member // who could open it first
	keepers []appoint.Member // who would hold a share of the details about the reporter
}

// Check finds what is wrong with a report, by field. Handlers who may be
// excluded and units are checked against the roster.
func (s *Service) Check(roster *appoint.Roster, r ethics.Report) ethics.FieldErrors {
	_, errs := s.checkAndRoute(roster, r)
	return errs
}

// checkAndRoute is Check, and who could open a report in which nothing is wrong.
func (s *Service) checkAndRoute(roster *appoint.Roster, r ethics.Report) (recipients, ethics.FieldErrors) {
	var to recipients
	answers := map[string][]string{}
	for k, v := range r.Answers {
		answers[k] = v
	}
	answers["track"], answers["category"] = []string{r.Track}, []string{r.Category}
	answers["language"], answers["institution"] = []string{r.Language}, []string{r.Institution}
	answers["excluded_handlers"] = r.Excluded
	var out ethics.FieldErrors
	for _, e := range s.Policy.Check(r.Track, answers,
		policy.Limits{Long: s.Limits.TextChars, Short: policy.DefaultLimits.Short}) {
		out = append(out, ethics.FieldError{Field: e.Field, Kind: e.Kind})
	}
	if (r.EnteredBy == "") != (r.Way == "") || r.Way != "" &&
		!slices.Contains(slices.Concat(ethics.EnteredWays, ethics.OwnWays), r.Way) {
		out = append(out, ethics.FieldError{Field: "way", Kind: ethics.FaultInvalid})
	}
	if r.Track == policy.Consultation && r.EnteredBy != "" {
		// nobody consultations for somebody else
		out = append(out, ethics.FieldError{Field: "track", Kind: ethics.FaultOption})
	}
	in, err := roster.Institution(r.Institution)
	if err != nil || !hasUnit(in, r.Unit) {
		return to, append(out, ethics.FieldError{Field: "institution", Kind: ethics.FaultInvalid})
	}
	excludable := s.Excludable(roster, r.Institution, r.Track)
	for _, id := range r.Excluded {
		if !slices.ContainsFunc(excludable, func(m appoint.Member) bool { return m.ID == id }) {
			out = append(out, ethics.FieldError{Field: "excluded_handlers", Kind: ethics.FaultInvalid})
			break
		}
	}
	var faults ethics.FieldErrors
	to.keepers, faults = s.checkIdentity(roster, r)
	if out = append(out, faults...); len(out) == 0 {
		switch to.readers, err = s.Readers(roster, r); {
		case errors.Is(err, ethics.ErrExcludedAll):
			out = append(out, ethics.FieldError{Field: "excluded_handlers", Kind: ethics.FaultTooMany})
		case err != nil:
			out = append(out, ethics.FieldError{Field: "institution", Kind: ethics.FaultNotReady})
		}
	}
	return to, out
}

func hasUnit(in appoint.Institution, unit string) bool {
	for _, u := range in.Units {
		if u.ID == unit {
			return true
		}
	}
	return unit == ""
}

// Readers are who could open the report first, were it filed now: of a
// consultation its trust persons. The errors are those of routing.Readers.
func (s *Service) Readers(roster *appoint.Roster, r ethics.Report) ([]appoint.Member, error) {
	if r.Track == policy.Consultation {
		return routing.TrustPersons(roster, routing.Of(r, s.Today()))
	}
	return routing.Readers(roster, routing.Of(r, s.Today()))
}

// File seals and stores a report in one transaction and gives its case code.
// The same draft again gives the same code and stores nothing. FieldErrors say
// what keeps it from being filed; everything else is an error of ours.
func (s *Service) File(ctx context.Context, draft derive.Secret, r ethics.Report) (Filed, error) {
	code := token.FromDraft(draft)
	if r.Track == policy.Consultation {
		return Filed{}, ethics.FieldErrors{{Field: "track", Kind: ethics.FaultOption}} // Consult takes it
	}
	var err error
	if r.Files, err = s.Kept(ctx, draft, r.Files); err != nil {
		return Filed{}, err
	}
	if done, err := s.storedReport(ctx, draft, code, r); !errors.Is(err, ethics.ErrNotFound) {
		return done, err
	}
	if slices.Contains(ethics.OwnWays, r.Way) {
		code = token.FromDraft(derive.New()) // there is no reporter: nobody has it
	}
	return ethics.Again(func() (Filed, error) {
		roster, err := s.Roster(ctx)
		if err != nil {
			return Filed{}, err
		}
		to, errs := s.checkAndRoute(roster, r)
		if len(errs) > 0 {
			return Filed{}, errs
		}
		f, err := s.prepare(ctx, draft, code, r, to)
		if err != nil {
			return Filed{}, err
		}
		err = s.store(ctx, f)
		if errors.Is(err, ethics.ErrExists) {
			return s.storedReport(ctx, draft, code, r)
		}
		return Filed{Code: code, Number: f.number, Received: f.row.Received, AckDue: f.row.Due}, err
	}, ethics.ErrBusy) // a register number taken in this very moment: once in millions
}

// storedReport answers for a draft that became a case already; ErrNotFound otherwise.
func (s *Service) storedReport(
	ctx context.Context, draft derive.Secret, code token.Code, r ethics.Report,
) (Filed, error) {
	f := Filed{Code: code, Again: true}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		c, err := tx.Case(draft.CaseID())
		if err != nil {
			return err
		}
		f.Number, f.Received = c.Number, c.Received
		in, err := tx.Installation()
		if err != nil {
			return err
		}
		entries, err := tx.Entries(ethics.CaseStream(c.ID))
		if err != nil {
			return err
		}
		now, err := commitment(code, in.Salt, r)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Kind == record.KindFiled {
				f.Differs = !hmac.Equal(e.Commitment, now)
			}
			f.Replaced = f.Replaced || e.Kind == record.KindNewCode
		}
		events, err := tx.Events(c.ID)
		if err != nil {
			return err
		}
		f.AckDue, err = s.ackDue(c.Track, events)
		return err
	})
	return f, err
}

func (s *Service) ackDue(track string, events []ethics.Event) (ethics.Day, error) {
	dues, err := s.Policy.Due(track, policy.Events(events))
	for _, d := range dues {
		if d.ID == "ack" {
			return string(d.Due), err
		}
	}
	return "", err
}

// commitment is HMAC(proof key, report): the report as canonical JSON, the
// digests of its files in it. Who kept the text can open it before a court;
// nobody else can test a guess.
func commitment(code token.Code, salt []byte, r ethics.Report) ([]byte, error) {
	plain, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("commitment: %w", err)
	}
	key := code.ProofKey(salt)
	m := hmac.New(sha256.New, key[:])
	m.Write(plain)
	return m.Sum(nil), nil
}

// randomNumber is a year and five random Crockford symbols, "2026-K7Q4M".
func randomNumber(day ethics.Day) string {
	const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	raw := make([]byte, 5)
	_, _ = rand.Read(raw)
	for i, b := range raw {
		raw[i] = symbols[b&31]
	}
	return day[:4] + "-" + string(raw)
}

// freeNumber makes a register number. It is never a counter: numbers tell nothing of each other.
func freeNumber(tx *store.ReadTx, day ethics.Day) (string, error) {
	for range 20 {
		number := randomNumber(day)
		free, err := tx.NumberFree(number)
		if err != nil || free {
			return number, err
		}
	}
	return "", fmt.Errorf("register number: %w", ethics.ErrBusy)
}
