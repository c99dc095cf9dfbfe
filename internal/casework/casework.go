// Package casework is a member's work on a case: open, write, take a step,
// propose, approve, assign. Every call asks again whether the member may, by
// policy and by grant, and every opening is an entry of the log before a key is
// touched.
//
// Start with Service.Open. What it returns lives for one request; no key, grant
// or page outlasts it.
package casework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/keyring"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// Limits bound what one form may bring.
type Limits struct {
	FileBytes, MessageBytes int64
	Files, TextChars        int
	NewADay                 int // as intake's, to tell its keepers when it is reached
}

// Service does members' work.
type Service struct {
	Store  *store.Store
	Policy *policy.Policy
	Keys   keyring.Keys // for the list of erased cases
	Limits Limits
	Now    func() time.Time
	Log    *slog.Logger
}

// ErrNotStated means: the no-conflict statement comes first. No key was touched.
var ErrNotStated = errors.New("casework: no-conflict statement not signed")

// Holder is who can open the case, and who gave the key.
type Holder struct {
	Member, Name string
	Roles        []string
	Giver        string // name, or ethics.ActorReporter
	Via          string // routed or assigned
	Day          ethics.Day
	Stated       bool
}

// Item is one thing in a case's thread.
type Item struct {
	ID           string
	Kind         ethics.EnvelopeKind
	Author, Name string // member id and name; ethics.ActorReporter or ActorSystem
	Day          ethics.Day
	At           int64 // unix ms, members' own items only
	Text         string
	Event        ethics.EventKind
	With         ethics.Act // the step that a message was sent with
	To           string     // the message that this one answers
	Files        []ethics.File
	Step         *ethics.Step
	Proposal     *ethics.Proposal
	Approval     *ethics.Approval
	Receipt      *ethics.Receipt // without its text: pages have their own words
	Removal      *ethics.Removal
	Identified   *ethics.Identified
	Revealed     *ethics.Revealed
	Exported     *ethics.Exported
	Redaction    *ethics.Redaction // a working copy that was made of another text
	Redacted     bool              // Text is a working copy
	Concealed    bool              // about the viewer, who does not read it
	Untrusted    bool              // «cannot be trusted»: no text
}

// OpenProposal is the act that waits for a second person.
type OpenProposal struct {
	ID, Proposer string // Proposer: name
	Step         policy.Step
	Content      *ethics.Proposal // nil when it cannot be trusted
	Concerns     bool             // it is about the viewer: Content has no words
	Mine         bool             // the viewer proposed it, under whatever id, and cannot approve it
	SameName     bool             // another id of the viewer's did, or wrote the draft
	May          error            // nil: the viewer may decide
	MayReject    bool             // the viewer may reject it, also one that was overtaken or cannot be trusted
}

// Opened is a case opened by one of its holders, for one request.
type Opened struct {
	ethics.Case
	Report         *ethics.Report // nil when it cannot be trusted; its texts as working copies
	ReportID       string         // of its envelope
	ReportRedacted bool
	Thread         []Item // without the report itself
	Holders        []Holder
	Events         []ethics.Event
	Dues           []policy.Due
	Facts          policy.Facts
	Me             policy.Member
	Open           *OpenProposal
	Drafts         []Draft // versions of the decision, oldest first
	Draft          *Draft  // the one that stands
	Measures       []Measure
	MediationAsked bool     // the reporter may answer, or has
	Links          []string // register numbers of cases that belong to this one
	Vault          *Vault   // nil when the case has no identity vault
	Missing        int      // envelopes the log names and the database has not

	file          store.CaseFile
	roster        *appoint.Roster
	policy        *policy.Policy
	verifier      unseal.Verifier
	keys          unseal.Keys
	secrets       map[int][]byte
	fileKey       map[string][]byte            // one-time secrets by file id
	whole         map[string]map[string]string // texts before any working copy, by envelope and question
	opened        map[string]bool              // envelopes whose words can be trusted
	namedStatuses map[int]bool                 // statuses that such an envelope names
}

// Format hides the item's words.
func (Item) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Format hides the case's words and keys.
func (Opened) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// member is what policy needs to know of who acts on this case: roles held in
// its institution or in the alternate one.
func (s *Service) member(who *appoint.Acting, c ethics.Case, g store.Grant) policy.Member {
	roles := who.Roster.RolesFor(who.ID, c.Institution, s.today())
	return policy.Member{ID: who.ID, Roles: roles, HoldsGrant: g.Member == who.ID, Stated: g.Stated}
}

// find is a case that this member holds a grant to and may read; for everyone
// else it does not exist, and costs what one costs that does not.
func (s *Service) find(tx *store.ReadTx, who *appoint.Acting, number string) (ethics.Case, store.Grant, error) {
	c, spoilt := tx.HeldCase(number, who.ID)
	if spoilt != nil && !errors.Is(spoilt, ethics.ErrUntrusted) {
		return c, store.Grant{}, spoilt
	}
	g, err := tx.Grant(c.ID, who.ID)
	if err != nil {
		return c, g, err
	}
	if who.Roster == nil || !s.Policy.Allowed(s.member(who, c, g), "read_content") {
		return c, g, ethics.ErrNotFound
	}
	return c, g, spoilt
}

// State signs the no-conflict statement: the digest of the case's first entry,
// so that a case replaced later as a whole shows to this member. It is sealed to
// the current epoch, so whoever opened that one must have been allowed to.
func (s *Service) State(ctx context.Context, who *appoint.Acting, number string, draft derive.Secret) error {
	_, err := ethics.Again(func() (Taken, error) { return Taken{}, s.stateOnce(ctx, who, number, draft) })
	return err
}

func (s *Service) stateOnce(ctx context.Context, who *appoint.Acting, number string, draft derive.Secret) error {
	o := &Opened{roster: who.Roster, policy: s.Policy}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		c, g, err := s.find(tx, who, number)
		if err != nil {
			return err
		}
		if g.Stated {
			return ethics.ErrExists
		}
		if o.file, err = tx.CaseFile(c.ID, false); err != nil {
			return err
		}
		o.Case, o.verifier = o.file.Case, o.file.Verifier(o.roster)
		return checkEpochs(o)
	})
	if errors.Is(err, ethics.ErrExists) {
		return nil
	}
	if err != nil {
		return err
	}
	if ended, err := s.endTerms(ctx, o); err != nil {
		return err
	} else if ended {
		return ethics.ErrSequence
	}
	begun, err := s.dueEpoch(o, who)
	if err != nil {
		return err
	}
	f := &o.file
	env, err := seal.Envelope(s.place(f), draft.EnvelopeID(f.ID, ethics.KindStatement), ethics.KindStatement,
		ethics.Statement{First: f.First[:], At: s.Now().UnixMilli()},
		author(who), f.Recipient(), "")
	if err != nil {
		return err
	}
	e := store.Entry{
		ID: uuid.NewString(), Day: env.Day, Kind: record.KindStated, Actor: who.ID, Stream: ethics.CaseStream(f.ID),
	}
	err = s.Store.Write(ctx, e, func(tx *store.Tx) error {
		c, _, err := s.find(&tx.ReadTx, who, number)
		if err != nil {
			return err
		}
		if err := begun.write(tx, &c); err != nil {
			return err
		}
		if err := tx.AddEnvelope(&c, env); err != nil {
			return err
		}
		if err := tx.StateGrant(c.ID, who.ID); err != nil {
			return err
		}
		return tx.PutCase(c)
	})
	if errors.Is(err, ethics.ErrExists) {
		return nil
	}
	return err
}

func author(who *appoint.Acting) seal.Author {
	return seal.Author{ID: who.ID, Key: who.Secret.MemberSigner()}
}

func (s *Service) place(f *store.CaseFile) seal.Place {
	return seal.Place{
		Installation: f.Installation.ID, Stream: ethics.CaseStream(f.ID), Epoch: f.Epoch, Sequence: f.Sequence,
		Day: s.today(), Policy: policy.Version, Seen: f.Seen(),
	}
}

func (s *Service) today() ethics.Day { return s.Store.Day(s.Now()) }

func untrusted(why string) error { return fmt.Errorf("%w: %s", ethics.ErrUntrusted, why) }
