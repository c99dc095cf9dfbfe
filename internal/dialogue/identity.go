package dialogue

import (
	"context"
	"errors"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/routing"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/vault"
)

// What the reporter did, as ethics.Identified says it.
const (
	ActGiven     = "given"
	ActReplaced  = "replaced"
	ActWithdrawn = "withdrawn"
)

// Identification is what the reporter says about the own identity, later.
type Identification struct {
	Answers         map[string][]string // by questionnaire field of the vault
	Recognise       bool                // «recognise me as a whistleblower»
	IfNotRecognised string              // required with Recognise
}

// Identity is how the reporter's details stand: never what they are, which the
// code does not open.
type Identity struct {
	Kept      bool       // a vault holds details
	MayGive   bool       // on this track, and two people can keep them
	MayAsk    bool       // to be recognised as a whistleblower
	MustAsk   bool       // this track keeps no details: giving them changes it
	TooFew    bool       // fewer than two people could keep them
	Shares    int        // people who would hold a share
	Ended     bool       // the case is over: details are withdrawn only
	Erased    ethics.Day // when their time was over and they were erased, "" else
	fieldsFor string
}

// Fields are the questions about the reporter that this case asks.
func (i Identity) Fields(p *policy.Policy) []policy.Field { return p.IdentityFields(i.fieldsFor) }

func (s *Service) identity(m *ownCase) (Identity, error) {
	out := Identity{Kept: m.Vault != nil, fieldsFor: m.Track}
	if !out.Kept {
		out.Erased = policy.IdentityErased(m.Events)
	}
	out.MayAsk = s.Policy.AsksFor(policy.Whistleblower, m.Track, m.State)
	if len(s.Policy.IdentityFields(m.Track)) == 0 {
		out.MustAsk, out.fieldsFor = true, policy.Whistleblower
	}
	give, _ := s.Policy.Other(ethics.ActIdentify)
	out.Ended = !give.In(m.State)
	holders, err := s.holders(m)
	switch {
	case errors.Is(err, ethics.ErrNobodyToSeal), errors.Is(err, ethics.ErrExcludedAll):
		out.TooFew = true
	case err != nil:
		return out, err
	}
	out.Shares = len(holders)
	out.MayGive = !out.TooFew && !out.Ended && (!out.MustAsk || out.MayAsk)
	return out, nil
}

// holders are who gets a share of new details: by the exclusions of the report,
// which the reporter's own key opens, and none who left the case. Who was barred
// since, or that the case was passed on, the reporter cannot read: then those who
// hold it get the shares, and nobody else.
func (s *Service) holders(m *ownCase) ([]vault.Holder, error) {
	r, err := m.report()
	if err != nil {
		return nil, err
	}
	q := routing.Of(r, s.today())
	q.Excluded, q.Hold = slices.Concat(q.Excluded, m.FormerHolders()), m.holders
	members, err := routing.VaultHolders(m.roster, q)
	if err != nil {
		return nil, err
	}
	var out []vault.Holder
	for _, x := range members {
		out = append(out, vault.Holder{ID: x.ID, Recipient: x.Recipient})
	}
	return out, nil
}

// report opens the first envelope: what this reporter handed in.
func (m *ownCase) report() (ethics.Report, error) {
	var r ethics.Report
	for _, env := range m.Envelopes {
		if env.Kind == ethics.KindReport {
			err := m.open(env, &r)
			return r, err
		}
	}
	return r, ethics.ErrUntrusted
}

// Identity tells how the details of this visit's reporter stand.
func (s *Service) Identity(ctx context.Context, v Visit) (Identity, error) {
	var out Identity
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		m, err := s.ownCase(tx, v)
		if err != nil {
			return err
		}
		out, err = s.identity(m)
		return err
	})
	return out, s.distrust(ctx, ethics.CaseStream(v.Case), 0, err)
}

// CheckIdentification finds what is wrong with what the reporter wants to give.
func (s *Service) CheckIdentification(have Identity, x Identification) ethics.FieldErrors {
	var errs ethics.FieldErrors
	track := have.fieldsFor
	if x.Recognise {
		track = policy.Whistleblower
	}
	for _, e := range s.Policy.CheckIdentity(track, x.Answers,
		policy.Limits{Long: s.Limits.TextChars, Short: policy.DefaultLimits.Short}) {
		errs = append(errs, ethics.FieldError{Field: e.Field, Kind: e.Kind})
	}
	if len(errs) == 0 && len(s.Policy.CleanIdentity(track, x.Answers)) == 0 {
		errs = append(errs, ethics.FieldError{Field: "identity_name", Kind: ethics.FaultRequired})
	}
	switch {
	case have.MustAsk && !x.Recognise:
		errs = append(errs, ethics.FieldError{Field: "recognise", Kind: ethics.FaultRequired})
	case x.Recognise && !have.MayAsk:
		errs = append(errs, ethics.FieldError{Field: "recognise", Kind: ethics.FaultOption})
	}
	if x.Recognise {
		f, _ := s.Policy.Field("if_not_recognised")
		known := slices.ContainsFunc(f.Options, func(o policy.Option) bool { return o.ID == x.IfNotRecognised })
		switch {
		case strings.TrimSpace(x.IfNotRecognised) == "":
			errs = append(errs, ethics.FieldError{Field: f.ID, Kind: ethics.FaultRequired})
		case !known:
			errs = append(errs, ethics.FieldError{Field: f.ID, Kind: ethics.FaultOption})
		}
	}
	return errs
}

// Identify seals the reporter's details to a new vault of this case, in place of
// one that was there. Asked to, it changes the track to the whistleblower's: code,
// messages and dates stay, and the deadline of recognition starts. ErrRefused
// where the case takes no details now.
func (s *Service) Identify(ctx context.Context, v Visit, draft derive.Secret, x Identification) (Sent, error) {
	return s.identify(ctx, v, draft, record.KindIdentified, func(m *ownCase, have Identity) (identityChange, error) {
		if !have.MayGive {
			return identityChange{}, ethics.ErrRefused
		}
		if errs := s.CheckIdentification(have, x); len(errs) > 0 {
			return identityChange{}, errs
		}
		track := have.fieldsFor
		body := ethics.Identified{Act: ActGiven}
		var events []ethics.EventKind
		if have.Kept {
			body.Act = ActReplaced
		} else {
			events = append(events, ethics.EventIdentityGiven)
		}
		if x.Recognise {
			track = policy.Whistleblower
			body.Recognise, body.IfNotRecognised = true, x.IfNotRecognised
			events = append(events, ethics.EventToWhistleblower)
		}
		holders, err := s.holders(m)
		if err != nil {
			return identityChange{}, err
		}
		details := ethics.Identity{Answers: s.Policy.CleanIdentity(track, x.Answers)}
		at := s.place(m)
		signed, err := vault.Sign(at, details, m.by)
		if err != nil {
			return identityChange{}, err
		}
		dealt, err := vault.Deal(at, signed, holders, m.by)
		return identityChange{body: body, act: ethics.ActIdentify, events: events, recognise: x.Recognise,
			change: func(tx *store.Tx) error {
				return tx.PutVault(dealt.Vault, dealt.Shares)
			}}, err
	})
}

// WithdrawIdentity erases the details: vault and shares are gone, the case stays.
// What was opened before, those who opened it have read. ErrRefused when there is
// nothing to withdraw.
func (s *Service) WithdrawIdentity(ctx context.Context, v Visit, draft derive.Secret) (Sent, error) {
	return s.identify(ctx, v, draft, record.KindUnnamed, func(_ *ownCase, have Identity) (identityChange, error) {
		if !have.Kept {
			return identityChange{}, ethics.ErrRefused
		}
		body, events := ethics.Identified{Act: ActWithdrawn}, []ethics.EventKind{ethics.EventIdentityWithdrawn}
		return identityChange{body: body, act: ethics.ActWithdrawID, events: events, change: func(tx *store.Tx) error {
			return tx.DropVault(v.Case)
		}}, nil
	})
}

// identityChange is what the reporter does about the own details.
type identityChange struct {
	body      ethics.Identified
	act       ethics.Act
	events    []ethics.EventKind
	recognise bool // to be recognised: the track changes
	change    func(*store.Tx) error
}

// identify writes it: an envelope that says what was done and holds no detail,
// the rows, and where the case stands then. The same form sent again changes nothing.
func (s *Service) identify(
	ctx context.Context, v Visit, draft derive.Secret, kind audit.EntryKind,
	build func(*ownCase, Identity) (identityChange, error),
) (Sent, error) {
	return ethics.Again(func() (Sent, error) {
		err := s.identifyOnce(ctx, v, draft, kind, build)
		if errors.Is(err, ethics.ErrExists) {
			return Sent{Again: true}, nil
		}
		return Sent{}, err
	})
}

func (s *Service) identifyOnce(
	ctx context.Context, v Visit, draft derive.Secret, kind audit.EntryKind,
	build func(*ownCase, Identity) (identityChange, error),
) error {
	if err := s.distrust(ctx, ethics.CaseStream(v.Case), 0, s.Store.EndTerms(ctx, v.Case, s.today())); err != nil {
		return err
	}
	var m *ownCase
	var have Identity
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if m, err = s.ownCase(tx, v); err != nil {
			return err
		}
		have, err = s.identity(m)
		return err
	})
	if err = s.distrust(ctx, ethics.CaseStream(v.Case), 0, err); err != nil {
		return err
	}
	id := draft.EnvelopeID(m.ID, ethics.KindIdentified)
	if slices.ContainsFunc(m.Envelopes, func(e ethics.Envelope) bool { return e.ID == id }) {
		return ethics.ErrExists
	}
	what, err := build(m, have)
	if err != nil {
		return err
	}
	next := m.Next(what.act, s.today())
	next.Events = what.events
	if what.recognise {
		next.Track = policy.Whistleblower
	}
	st, err := m.sign(next)
	if err != nil {
		return err
	}
	if st != nil {
		what.body.Status = st.Digest()
	}
	begun, err := s.nextEpoch(ctx, m)
	if err != nil {
		return err
	}
	at := s.place(m)
	env, err := seal.Envelope(at, id, ethics.KindIdentified, what.body, m.by, m.Recipient(), m.recipient)
	if err != nil {
		return err
	}
	e := store.Entry{ID: newID(), Day: at.Day, Kind: kind, Actor: ethics.ActorReporter, Stream: ethics.CaseStream(m.ID)}
	return s.Store.Write(ctx, e, func(tx *store.Tx) error {
		if err := what.change(tx); err != nil {
			return err
		}
		return s.put(tx, v, draft, begun, []ethics.Envelope{env}, nil, st)
	})
}
