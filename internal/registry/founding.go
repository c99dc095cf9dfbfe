package registry

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// Candidate is one of the four people of a founding, as each founder sees them.
type Candidate struct {
	ID, Name, Email string
	Roles           []string
	Words           []string // check words of the person's keys
	Signed          bool
}

// Founding is the state of the founding.
type Founding struct {
	Institution string
	Candidates  []Candidate // who has enrolled so far, of four
	Complete    bool        // all four are here: it can be signed
	Done        bool
	Recovery    string // of members' secrets, as the founding states it
	Seen        string // names what is shown here: SignFounding signs nothing else
}

// Founding tells how far it is.
func (s *Service) Founding(ctx context.Context) (Founding, error) {
	var f Founding
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		n, err := tx.StatementCount()
		if err != nil {
			return err
		}
		d, err := readDraft(tx, s.today())
		if err != nil {
			return err
		}
		f = Founding{
			Institution: d.here.Institution, Recovery: appoint.RecoveryDeclined, Complete: d.complete(),
			Done: n > 0, Seen: d.seen,
		}
		for _, p := range d.people {
			f.Candidates = append(f.Candidates, Candidate{
				ID: p.ID, Name: p.Name, Email: p.Email, Roles: strings.Split(p.Roles, ","),
				Words:  appoint.CheckWords(p.Recipient, p.Verifier),
				Signed: slices.ContainsFunc(d.signed, func(x appoint.Signature) bool { return x.Member == p.ID }),
			})
		}
		return nil
	})
	return f, err
}

// ErrChanged says that what stands is not what the founder was shown, or not
// what this program made: nothing was signed. It is an ErrConflict.
var ErrChanged = fmt.Errorf("registry: not what was shown: %w", ethics.ErrConflict)

// SignFounding adds a founder's signature. seen is Founding.Seen of the page
// that the founder compared by, compared are the member ids whose check words
// the founder ticked: all four. The third signature's transaction writes
// institution, members and appointments under entry 0, and intake opens.
//
// ErrConflict before all four have enrolled and after the founding, ErrChanged,
// ErrTicks, ErrMaySign.
func (s *Service) SignFounding(ctx context.Context, who *appoint.Acting, seen string, compared []string) error {
	err := s.signFounding(ctx, who, seen, compared)
	if errors.Is(err, errOvertaken) {
		// Two signed first at once: the statement is the other's, about the same
		// four people and keys. Sign that one.
		err = s.signFounding(ctx, who, seen, compared)
	}
	return err
}

func (s *Service) signFounding(ctx context.Context, who *appoint.Acting, seen string, compared []string) error {
	var d foundingDraft
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		n, err := tx.StatementCount()
		if err != nil || n > 0 {
			return errors.Join(err, ethics.ErrConflict)
		}
		d, err = readDraft(tx, s.today())
		return err
	})
	if err != nil {
		return err
	}
	if !d.complete() {
		return ethics.ErrConflict
	}
	mine := slices.IndexFunc(d.people, func(p store.Enrolment) bool { return p.ID == who.ID })
	if mine < 0 || d.people[mine].Roles == appoint.RoleAdministrator {
		return ErrMaySign
	}
	switch {
	case d.foreign:
		return s.dropForeign(ctx, d)
	case d.late:
		return cmp.Or(s.drop(ctx, d), errOvertaken) // signed anew, by who is here now
	case !s.ownKeys(ctx, d.here):
		return ErrChanged
	}
	if own, err := rowMatchesSecret(who, d.people[mine]); err != nil || !own || seen != d.seen {
		if err == nil && !own {
			s.Log.LogAttrs(ctx, slog.LevelError, "a founder's row holds another's keys: the database was changed",
				slog.String("member", who.ID))
		}
		return errors.Join(err, ErrChanged)
	}
	for _, p := range d.people {
		if !slices.Contains(compared, p.ID) {
			return ErrTicks
		}
	}
	if err := s.addFounder(ctx, who, d.pending); err != nil {
		return err
	}
	return s.found(ctx)
}

// rowMatchesSecret tells whether the keys of a person's row are made of the secret that the
// person holds: the program compares the own words, whatever was ticked.
func rowMatchesSecret(who *appoint.Acting, p store.Enrolment) (bool, error) {
	identity, err := who.Secret.MemberIdentity()
	if err != nil {
		return false, err
	}
	public := who.Secret.MemberSigner().Public().(ed25519.PublicKey)
	return identity.Recipient().String() == p.Recipient && bytes.Equal(public, p.Verifier), nil
}

// addFounder stores the signature and, for the founder, the digest of what was
// signed: the copy that every later sign-in is compared with.
func (s *Service) addFounder(ctx context.Context, who *appoint.Acting, p store.Pending) error {
	digest := appoint.Digest(p.Body)
	own := secret.SealUnder(who.Secret.FoundersKey(), secret.PurposeFounders, who.ID, digest[:])
	sig := appoint.Sign(p.Kind, p.Body, who.ID, who.Secret.MemberSigner())
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		if err := addSignature(tx, p, sig); err != nil {
			return err
		}
		now, err := tx.EnrolmentNow(who.ID) // a password may have changed meanwhile
		if err != nil {
			return err
		}
		now.FoundersCopy = own
		return tx.PutEnrolment(now.Member)
	})
}

// dropForeign removes a waiting founding that is not made of the four enrolled
// people. Nobody signs it, and it does not stand in the way of the true one.
func (s *Service) dropForeign(ctx context.Context, d foundingDraft) error {
	s.Log.LogAttrs(ctx, slog.LevelError,
		"a founding statement that is not of the four enrolled people was dropped: the database was changed")
	return errors.Join(s.drop(ctx, d), ErrChanged)
}

// ownKeys tells whether the installation's row names the keys in keys/: the
// founders sign the row's.
func (s *Service) ownKeys(ctx context.Context, in store.Installation) bool {
	own := in.LogVerifier == s.Keys.Log.VerifierText() &&
		bytes.Equal(in.SystemVerifier, s.Keys.System.Public().(ed25519.PublicKey))
	if !own {
		s.Log.LogAttrs(ctx, slog.LevelError,
			"the installation's row names other keys than those in keys/: the database was changed")
	}
	return own
}

// drop takes the founding away that waits, if it is still this one.
func (s *Service) drop(ctx context.Context, d foundingDraft) error {
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		now, err := tx.PendingNow(foundingID)
		if errors.Is(err, ethics.ErrNotFound) || err == nil && !bytes.Equal(now.Body, d.pending.Body) {
			return nil // another request was first
		}
		if err != nil {
			return err
		}
		return tx.DropPending(foundingID)
	})
}

// found writes entry 0 when three have signed. The digest is in keys/founders
// before the commit: a crash between leaves a file without entry 0, which counts
// for nothing and is written again.
func (s *Service) found(ctx context.Context) error {
	var d foundingDraft
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		d, err = readDraft(tx, s.today())
		return err
	})
	if err != nil {
		return err
	}
	if d.foreign {
		return s.dropForeign(ctx, d)
	}
	if len(d.signed) < len(founders)-1 {
		return nil // not there yet, or done by another at the same moment
	}
	if !s.ownKeys(ctx, d.here) {
		return ErrChanged
	}
	head, _, err := appoint.Open(d.pending.Kind, d.pending.Body)
	if err != nil {
		return err
	}
	today := s.today()
	st := appoint.Statement{ID: head.ID, Kind: d.pending.Kind, Body: d.pending.Body, Day: today, Signatures: d.signed}
	digest := appoint.Digest(st.Body)
	if _, err := appoint.Read(digest, []appoint.Statement{st}); err != nil {
		return err
	}
	if err := s.Keys.WriteFounders(digest); err != nil {
		return err
	}
	s.Store.SetFounders(digest)
	e := store.Entry{
		ID: uuid.NewString(), Day: today, Kind: record.KindFounded, Actor: ethics.ActorSystem,
		Stream: ethics.StreamRoster,
	}
	err = s.Store.Write(ctx, e, func(tx *store.Tx) error { return foundNow(tx, st, d.people) })
	if errors.Is(err, errFounded) {
		return nil // by another request that carried the same three
	}
	return err
}

var errFounded = errors.New("registry: founded already")

// foundNow is the founding's transaction. The people's rows are read in it: a
// password changed meanwhile stays changed, and other keys found nothing.
func foundNow(tx *store.Tx, st appoint.Statement, people []store.Enrolment) error {
	n, err := tx.StatementCount()
	if err != nil {
		return err
	}
	if n > 0 {
		return errFounded
	}
	if err := tx.NoteInstallation(); err != nil {
		return err
	}
	if err := tx.AddStatement(st); err != nil {
		return err
	}
	shipped := policy.Digest()
	if err := tx.AddPolicy(policy.Version, shipped[:], st.Day); err != nil {
		return err
	}
	for _, p := range people {
		now, err := tx.Enrolment(p.ID)
		if err != nil {
			return err
		}
		if now.Recipient != p.Recipient || !bytes.Equal(now.Verifier, p.Verifier) {
			return ErrChanged
		}
		if err := tx.PutMember(now.Member); err != nil {
			return err
		}
		if err := tx.Scratch().DropEnrolment(p.ID); err != nil {
			return err
		}
	}
	return tx.Scratch().DropPending(foundingID)
}
