package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// foundingID is the one pending statement before the founding.
const foundingID = "founding"

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
}

// Founding tells how far it is.
func (s *Service) Founding(ctx context.Context) (Founding, error) {
	var f Founding
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		n, err := tx.StatementCount()
		if err != nil {
			return err
		}
		f.Done = n > 0
		in, err := tx.Installation()
		if err != nil {
			return err
		}
		f.Institution = in.Institution
		people, err := foundingPeople(tx)
		if err != nil {
			return err
		}
		signed, err := signatures(tx, foundingID)
		if err != nil {
			return err
		}
		for _, p := range people {
			f.Candidates = append(f.Candidates, Candidate{
				ID: p.ID, Name: p.Name, Email: p.Email, Roles: strings.Split(p.Roles, ","),
				Words:  appoint.CheckWords(p.Recipient, p.Verifier),
				Signed: slices.ContainsFunc(signed, func(x appoint.Signature) bool { return x.Member == p.ID }),
			})
		}
		f.Complete = len(people) == len(founders)
		return nil
	})
	return f, err
}

// foundingPeople are the enrolled founders, then the administrator.
func foundingPeople(tx *store.ReadTx) ([]store.Enrolment, error) {
	all, err := tx.Enrolments()
	if err != nil {
		return nil, err
	}
	var out []store.Enrolment
	for _, roles := range founders {
		for _, e := range all {
			if e.Founding && e.Roles == strings.Join(roles, ",") {
				out = append(out, e)
			}
		}
	}
	return out, nil
}

func signatures(tx *store.ReadTx, id string) ([]appoint.Signature, error) {
	p, err := tx.Pending(id)
	if errors.Is(err, ethics.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []appoint.Signature
	return out, json.Unmarshal(p.Signatures, &out)
}

// SignFounding adds a founder's signature. compared are the member ids whose
// check words the founder ticked: all four. The third signature's transaction
// writes institution, members and appointments under entry 0, and intake opens.
func (s *Service) SignFounding(ctx context.Context, who *appoint.Acting, compared []string) error {
	err := s.signFounding(ctx, who, compared)
	if errors.Is(err, errOvertaken) {
		// Two signed first at once: the statement is the other's, about the same
		// four people and keys. Sign that one.
		err = s.signFounding(ctx, who, compared)
	}
	return err
}

func (s *Service) signFounding(ctx context.Context, who *appoint.Acting, compared []string) error {
	f, err := s.Founding(ctx)
	if err != nil {
		return err
	}
	if f.Done || !f.Complete {
		return ethics.ErrConflict
	}
	mine := slices.IndexFunc(f.Candidates, func(c Candidate) bool { return c.ID == who.ID })
	if mine < 0 || slices.Contains(f.Candidates[mine].Roles, appoint.RoleAdministrator) {
		return ErrMaySign
	}
	for _, c := range f.Candidates {
		if !slices.Contains(compared, c.ID) {
			return ErrTicks
		}
	}
	pending, people, err := s.foundingBody(ctx)
	if err != nil {
		return err
	}
	signer := people[slices.IndexFunc(people, func(e store.Enrolment) bool { return e.ID == who.ID })]
	digest := appoint.Digest(pending.Body)
	signer.FoundersCopy = secret.SealUnder(who.Secret.FoundersKey(), secret.PurposeFounders, who.ID, digest[:])
	err = s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		if err := addSignature(tx, pending, appoint.Sign(appoint.KindFounding, pending.Body, who.ID, who.Secret.MemberSigner())); err != nil {
			return err
		}
		return tx.PutEnrolment(signer.Member)
	})
	if err != nil {
		return err
	}
	return s.found(ctx)
}

// foundingBody is the statement that the founders sign: made by the first who
// signs, the same for the others as long as nobody of the four changed keys.
func (s *Service) foundingBody(ctx context.Context) (store.Pending, []store.Enrolment, error) {
	day := ethics.DayOf(s.Now())
	var pending store.Pending
	var people []store.Enrolment
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if people, err = foundingPeople(tx); err != nil {
			return err
		}
		in, err := tx.Installation()
		if err != nil {
			return err
		}
		pending, err = tx.Pending(foundingID)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ethics.ErrNotFound) {
			return err
		}
		body := appoint.Founding{Installation: in.ID, Day: day}
		id := derive.New().CaseID()
		body.Institution = appoint.Institution{ID: id, Name: in.Institution, Stated: day}
		for _, p := range people {
			body.Members = append(body.Members, appointment(p, id, day, ""))
		}
		pending = store.Pending{ID: foundingID, Kind: appoint.KindFounding, Day: day, Signatures: []byte("[]")}
		pending.Body, err = json.Marshal(body)
		return err
	})
	return pending, people, err
}

func appointment(p store.Enrolment, institution, day, until string) appoint.Appointment {
	return appoint.Appointment{
		Member: p.ID, Name: p.Name, Institution: institution, Roles: strings.Split(p.Roles, ","), Contact: p.Contact,
		From: day, Until: until, Recipient: p.Recipient, Verifier: p.Verifier, Stated: day,
	}
}

// errOvertaken says that what waits is no longer what was read.
var errOvertaken = fmt.Errorf("registry: another statement waits: %w", ethics.ErrConflict)

// addSignature adds one to a pending statement; a second by the same member
// changes nothing. Two who sign at once both count: it reads what is stored now,
// and refuses when the body is no longer what was signed.
func addSignature(tx *store.ScratchTx, p store.Pending, sig appoint.Signature) error {
	now, err := tx.PendingNow(p.ID)
	switch {
	case errors.Is(err, ethics.ErrNotFound) && p.Kind == appoint.KindFounding && string(p.Signatures) == "[]":
		now = p // made just now, by who signs first
	case errors.Is(err, ethics.ErrNotFound):
		return ethics.ErrConflict // stated meanwhile, with others' signatures
	case err != nil:
		return err
	case string(now.Body) != string(p.Body):
		return errOvertaken
	}
	var sigs []appoint.Signature
	if err := json.Unmarshal(now.Signatures, &sigs); err != nil {
		return fmt.Errorf("signatures: %w", err)
	}
	if !slices.ContainsFunc(sigs, func(x appoint.Signature) bool { return x.Member == sig.Member }) {
		sigs = append(sigs, sig)
	}
	if now.Signatures, err = json.Marshal(sigs); err != nil {
		return err
	}
	return tx.PutPending(now)
}

// found writes entry 0 when three have signed. The digest is in keys/founders
// before the commit: a crash between leaves a file without entry 0, which counts
// for nothing and is written again.
func (s *Service) found(ctx context.Context) error {
	var st appoint.Statement
	var people []store.Enrolment
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		p, err := tx.Pending(foundingID)
		if err != nil {
			return err
		}
		st = appoint.Statement{ID: uuid.NewString(), Kind: p.Kind, Body: p.Body, Day: p.Day}
		if err := json.Unmarshal(p.Signatures, &st.Signatures); err != nil {
			return err
		}
		people, err = foundingPeople(tx)
		return err
	})
	if errors.Is(err, ethics.ErrNotFound) || err == nil && len(st.Signatures) < 3 {
		return nil // not there yet, or done by another at the same moment
	}
	if err != nil {
		return err
	}
	digest := appoint.Digest(st.Body)
	if _, err := appoint.Read(digest, []appoint.Statement{st}); err != nil {
		return err
	}
	if err := s.Keys.WriteFounders(digest); err != nil {
		return err
	}
	s.Store.SetFounders(digest)
	e := store.Entry{ID: uuid.NewString(), Day: ethics.DayOf(s.Now()), Kind: store.KindFounded, Actor: ethics.ActorSystem}
	err = s.Store.Write(ctx, e, func(tx *store.Tx) error {
		n, err := tx.StatementCount()
		if err != nil || n > 0 {
			return errors.Join(err, ethics.ErrConflict)
		}
		if err := tx.NoteInstallation(); err != nil {
			return err
		}
		if err := tx.AddStatement(st); err != nil {
			return err
		}
		for _, p := range people {
			if err := tx.PutMember(p.Member); err != nil {
				return err
			}
			if err := tx.Scratch().DropEnrolment(p.ID); err != nil {
				return err
			}
		}
		return tx.Scratch().DropPending(foundingID)
	})
	if errors.Is(err, ethics.ErrConflict) {
		return nil // founded by another request that carried the same three
	}
	return err
}
