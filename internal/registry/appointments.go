package registry

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// Waiting is a statement that gathers signatures.
type Waiting struct {
	ID          string               // names the statement and its body: see SignStatement
	Appointment *appoint.Appointment // one of the two is set
	Institution *appoint.Institution
	Words       []string // check words of an appointment's keys
	Signers     []string // member ids
	Day         ethics.Day
}

// Waiting lists them, oldest first.
func (s *Service) Waiting(ctx context.Context) ([]Waiting, error) {
	var out []Waiting
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		all, err := tx.AllPending()
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.Kind == appoint.KindFounding {
				continue
			}
			w, err := waiting(p)
			if err != nil {
				return err
			}
			out = append(out, w)
		}
		return nil
	})
	return out, err
}

func waiting(p store.Pending) (Waiting, error) {
	w := Waiting{ID: p.ID + seen + bodyHash(p.Body), Day: p.Day}
	var sigs []appoint.Signature
	if err := json.Unmarshal(p.Signatures, &sigs); err != nil {
		return w, fmt.Errorf("statement %s: %w", p.ID, err)
	}
	for _, x := range sigs {
		w.Signers = append(w.Signers, x.Member)
	}
	if p.Kind == appoint.KindInstitution {
		w.Institution = &appoint.Institution{}
		return w, json.Unmarshal(p.Body, w.Institution)
	}
	w.Appointment = &appoint.Appointment{}
	if err := json.Unmarshal(p.Body, w.Appointment); err != nil {
		return w, fmt.Errorf("statement %s: %w", p.ID, err)
	}
	w.Words = appoint.CheckWords(w.Appointment.Recipient, w.Appointment.Verifier)
	return w, nil
}

// MaySign tells whether a member may sign what waits.
func (s *Service) MaySign(who *appoint.Acting, w Waiting) bool {
	if who.Roster == nil || slices.Contains(w.Signers, who.ID) {
		return false
	}
	// Serving today, and on the day of the statement: that is what counts when
	// the statement is read again.
	today := ethics.DayOf(s.Now())
	if in := w.Institution; in != nil {
		return who.Roster.MaySign(who.ID, in.ID, in.Alternate, "", today) && who.Roster.MaySign(who.ID, in.ID, in.Alternate, "", in.Stated)
	}
	in, err := who.Roster.Institution(w.Appointment.Institution)
	if err != nil {
		return false // the institution itself still waits
	}
	about := w.Appointment.Member
	return who.Roster.MaySign(who.ID, in.ID, in.Alternate, about, today) && who.Roster.MaySign(who.ID, in.ID, in.Alternate, about, w.Appointment.Stated)
}

// Enrolled are the people who wait for an appointment to be prepared.
func (s *Service) Enrolled(ctx context.Context) ([]store.Enrolment, error) {
	var out []store.Enrolment
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		out, err = tx.Enrolments()
		return err
	})
	return out, err
}

// PrepareAppointment puts an enrolled person's appointment before the signers.
// The administrator prepares it and cannot sign. until may be empty. ErrConflict
// when it is prepared already.
func (s *Service) PrepareAppointment(ctx context.Context, by *appoint.Acting, member, until string) error {
	if !by.Has(appoint.RoleAdministrator) {
		return ethics.ErrNotFound
	}
	day := ethics.DayOf(s.Now())
	if _, err := time.Parse(time.DateOnly, until); until != "" && err != nil {
		return ethics.FieldErrors{{Field: "until", Kind: "day"}}
	}
	if until != "" && until < day {
		return ethics.FieldErrors{{Field: "until", Kind: "past"}}
	}
	var e store.Enrolment
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if e, err = tx.Enrolment(member); err != nil {
			return err
		}
		_, err = tx.Pending("appointment:" + member)
		if err == nil {
			return ethics.ErrConflict
		}
		if !errors.Is(err, ethics.ErrNotFound) {
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := appoint.Separated(strings.Split(e.Roles, ",")); err != nil {
		return err
	}
	body, err := json.Marshal(appointment(e, e.Institution, day, until))
	if err != nil {
		return err
	}
	return s.propose(ctx, by, store.Pending{ID: "appointment:" + member, Kind: appoint.KindAppointment, Body: body, Member: member, Day: day})
}

// propose replaces an earlier version that waits: its signatures were for
// another body.
func (s *Service) propose(ctx context.Context, by *appoint.Acting, p store.Pending) error {
	p.Signatures = []byte("[]")
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		if err := s.security(tx, by.ID, "prepared_"+p.Kind); err != nil {
			return err
		}
		return tx.PutPending(p)
	})
}

// SignStatement adds a member's signature to what waits. id is Waiting.ID: it
// binds the signature to the body that the member was shown, so that nobody can
// exchange it under the signer's hand (ErrConflict). compared says that the
// member ticked the comparison of check words (not asked for an institution).
// The second signature's transaction makes the statement record.
func (s *Service) SignStatement(ctx context.Context, who *appoint.Acting, id string, compared bool) error {
	id, digest, _ := strings.Cut(id, seen)
	var p store.Pending
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		p, err = tx.Pending(id)
		return err
	})
	if err != nil {
		return err
	}
	if digest != bodyHash(p.Body) {
		return ethics.ErrConflict
	}
	w, err := waiting(p)
	if err != nil {
		return err
	}
	if p.Kind == appoint.KindFounding || !s.MaySign(who, w) {
		return ErrMaySign
	}
	if w.Appointment != nil && !compared {
		return ErrTicks
	}
	sig := appoint.Sign(p.Kind, p.Body, who.ID, who.Secret.MemberSigner())
	if err := s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return addSignature(tx, p, sig) }); err != nil {
		return err
	}
	return s.state(ctx, id)
}

// state makes a statement record once two have signed it.
func (s *Service) state(ctx context.Context, id string) error {
	for range 5 {
		err := s.stateOnce(ctx, id)
		if !errors.Is(err, errOther) {
			return err
		}
	}
	return ethics.ErrBusy
}

// errOther means that another statement was stored between reading and writing.
// Two that verify alone need not verify together, and a roster that does not
// verify closes the installation: so it is read again with the other in it.
var errOther = errors.New("registry: another statement came first")

func (s *Service) stateOnce(ctx context.Context, id string) error {
	var p store.Pending
	var e store.Enrolment
	var before int
	st := appoint.Statement{ID: uuid.NewString()}
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if p, err = tx.Pending(id); err != nil {
			return err
		}
		st.Kind, st.Body, st.Day = p.Kind, p.Body, p.Day
		if err := json.Unmarshal(p.Signatures, &st.Signatures); err != nil || len(st.Signatures) < 2 {
			return errors.Join(err, errNotYet)
		}
		if p.Kind == appoint.KindAppointment {
			if e, err = tx.Enrolment(p.Member); err != nil {
				return err
			}
			if err := about(p, e); err != nil {
				return err
			}
		}
		// Read once more as every start will: what would not verify is not stored.
		all, err := tx.Statements()
		if err != nil {
			return err
		}
		before = len(all)
		roster, err := tx.Roster()
		if err != nil {
			return err
		}
		_, err = appoint.Read(roster.Digest, append(all, st))
		return err
	})
	if errors.Is(err, errNotYet) || errors.Is(err, ethics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	kind := store.KindAppointed
	if p.Kind == appoint.KindInstitution {
		kind = store.KindInstitution
	}
	entry := store.Entry{ID: uuid.NewString(), Day: ethics.DayOf(s.Now()), Kind: kind, Actor: st.Signatures[1].Member, Stream: ethics.StreamRoster}
	err = s.Store.Write(ctx, entry, func(tx *store.Tx) error {
		if _, err := tx.Pending(id); err != nil {
			return err
		}
		if n, err := tx.StatementCount(); err != nil || n != before {
			return cmp.Or(err, errOther)
		}
		if err := tx.AddStatement(st); err != nil {
			return err
		}
		if p.Kind == appoint.KindAppointment {
			now, err := tx.Enrolment(e.ID) // a password changed meanwhile stays changed
			if err != nil {
				return err
			}
			if err := tx.PutMember(now.Member); err != nil {
				return err
			}
			if err := tx.Scratch().DropEnrolment(e.ID); err != nil {
				return err
			}
		}
		return tx.Scratch().DropPending(id)
	})
	if errors.Is(err, ethics.ErrNotFound) {
		return nil // another's signature came at the same moment and stated it
	}
	return err
}

// about refuses an appointment of other keys than the enrolled person's.
func about(p store.Pending, e store.Enrolment) error {
	var a appoint.Appointment
	if err := json.Unmarshal(p.Body, &a); err != nil {
		return fmt.Errorf("statement %s: %w", p.ID, err)
	}
	if a.Member != e.ID || a.Recipient != e.Recipient || !bytes.Equal(a.Verifier, e.Verifier) {
		return ErrChanged
	}
	return nil
}

var errNotYet = errors.New("registry: not signed by enough")
