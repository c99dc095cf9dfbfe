// Package dialogue is the reporter's return: with the case code they see state
// and dates, read and write messages, add files, withdraw. It opens with the
// reporter's own identity, derived from the code; members' notes, drafts and the
// reporter's own files are sealed to others and stay closed here.
//
// Start with Service.Enter (the code) and Service.View (the case page).
package dialogue

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/seal"
	"svilpe/internal/secret"
	"svilpe/internal/store"
	"svilpe/internal/token"
)

// Limits bound a visit and what one message may bring.
type Limits struct {
	Idle, Absolute time.Duration
	FileBytes      int64
	MessageBytes   int64 // all files of one message
	Files          int
	TextChars      int
}

// Service serves returning reporters.
type Service struct {
	Store  *store.Store
	Policy *policy.Policy
	Limits Limits
	Now    func() time.Time
	Log    *slog.Logger
}

const purposeVisit = "case session"

// tieKey ends with the process: what a browser keeps then proves nothing.
var tieKey = derive.New()

// newCookie ties a visit to its case, so that after its row has gone it can still
// be asked whether another is of the same one: half of it is random, the other half
// an HMAC. Without the key the whole cookie looks random.
func newCookie(caseID string) secret.Cookie {
	var c secret.Cookie
	half := len(c) / 2
	_, _ = rand.Read(c[:half])
	copy(c[half:], tie(c, caseID))
	return c
}

func tie(c secret.Cookie, caseID string) []byte {
	m := hmac.New(sha256.New, tieKey[:])
	m.Write(c[:len(c)/2])
	m.Write([]byte(caseID))
	return m.Sum(nil)[:len(c)/2]
}

// Visit is a reporter who has entered a code, in the memory of one request.
type Visit struct {
	Case         string
	Consultation bool // Case is a consultation's id: no case
	secret       derive.Secret
}

// Entered is the answer to a code that opens a case.
type Entered struct {
	Cookie    secret.Cookie
	Corrected map[int]string // groups we read otherwise than typed: number → as we read it
}

// Enter looks a typed code up. Whatever opens nothing is ErrNotFound, malformed
// and unknown alike, at the same cost: always four look-ups in one transaction. Whose rows
// they are shows when the case is read: mine and consultation refuse other keys than the code's.
func (s *Service) Enter(ctx context.Context, typed string) (Entered, error) {
	reading := token.Read(typed)
	var found *token.Candidate
	var id string
	var salt []byte
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		in, err := tx.Installation()
		if err != nil {
			return err
		}
		salt = in.Salt
		for i := range maxCandidates {
			var hash [32]byte // a place without a candidate looks for what is never there
			if i < len(reading.Candidates) {
				hash = token.LocatorHash(reading.Candidates[i].Code.Locator(salt))
			} else {
				hash = token.LocatorHash(unknownCode.Locator(salt))
			}
			here, err := tx.LocatedAt(hash[:])
			if unfound(err) != nil {
				return err
			}
			if here != "" && found == nil && i < len(reading.Candidates) {
				found, id = &reading.Candidates[i], here
			}
		}
		return nil
	})
	if err != nil {
		return Entered{}, err
	}
	if found == nil {
		return Entered{}, ethics.ErrNotFound
	}
	out := Entered{Corrected: map[int]string{}}
	groups := found.Code.Groups()
	for _, g := range found.Corrected {
		out.Corrected[g] = groups[g-1]
	}
	reporter := found.Code.ReporterSecret(salt)
	out.Cookie, err = s.begin(ctx, id, reporter)
	return out, err
}

// unfound passes over what a look-up may say of a code: that it finds nothing, or a
// row that is not as the log says. The page behind it says so, and writes it down.
func unfound(err error) error {
	if errors.Is(err, ethics.ErrNotFound) || errors.Is(err, ethics.ErrUntrusted) {
		return nil
	}
	return err
}

const maxCandidates = 4

// unknownCode is a code that was never given: looking for it costs what looking for
// any other costs.
var unknownCode = token.FromDraft([32]byte{})

func (s *Service) begin(ctx context.Context, caseID string, reporter [32]byte) (secret.Cookie, error) {
	c, now := newCookie(caseID), s.Now()
	return c, s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.AddCaseSession(store.CaseSession{
			Hash: c.Hash(), Case: caseID, Sealed: secret.SealUnder(c, purposeVisit, caseID, reporter[:]),
			Ends: onGrid(now.Add(s.Limits.Idle)), Last: onGrid(now.Add(s.Limits.Absolute)),
		})
	})
}

// onGrid is where a visit's end is stored: the row tells five minutes, not when
// somebody came.
func onGrid(t time.Time) int64 { return store.OnGrid(t.UnixMilli()) }

// Visit finds the visit of a cookie; ErrSessionEnded when there is none or its
// time is over. Being there moves the idle end on.
func (s *Service) Visit(ctx context.Context, cookie secret.Cookie) (Visit, error) {
	var row store.CaseSession
	var v Visit
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if row, err = tx.CaseSession(cookie.Hash()); err != nil {
			return err
		}
		_, err = tx.Consultation(row.Case)
		v = Visit{Case: row.Case, Consultation: !errors.Is(err, ethics.ErrNotFound)}
		return unfound(err)
	})
	now := s.Now()
	if errors.Is(err, ethics.ErrNotFound) || err == nil && (now.UnixMilli() > row.Ends || now.UnixMilli() > row.Last) {
		return Visit{}, ethics.ErrSessionEnded
	}
	if err != nil {
		return Visit{}, err
	}
	raw, err := secret.OpenUnder(cookie, purposeVisit, row.Case, row.Sealed)
	if err != nil {
		return Visit{}, ethics.ErrSessionEnded
	}
	if v.secret, err = derive.FromBytes(raw); err != nil {
		return Visit{}, err
	}
	if ends := onGrid(now.Add(s.Limits.Idle)); ends > row.Ends {
		err := s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.MoveCaseSession(row.Hash, ends) })
		if errors.Is(err, ethics.ErrNotFound) {
			return Visit{}, ethics.ErrSessionEnded // left in another tab, at this moment
		}
		if err != nil {
			return Visit{}, err
		}
	}
	return v, nil
}

// Same tells whether a cookie's visit, whose row may have gone, and a new one are
// of one case: typed text is put back only into the case it was written in. After
// the program was started anew nobody can tell.
func (s *Service) Same(ctx context.Context, old, now secret.Cookie) (bool, error) {
	same := false
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		row, err := tx.CaseSession(now.Hash())
		same = err == nil && hmac.Equal(old[len(old)/2:], tie(old, row.Case))
		return err
	})
	return same, err
}

// Leave ends a visit, also for somebody who shuts the browser in that moment.
func (s *Service) Leave(ctx context.Context, cookie secret.Cookie) error {
	return s.Store.Scratch(context.WithoutCancel(ctx), func(tx *store.ScratchTx) error {
		return tx.DropCaseSession(cookie.Hash())
	})
}

func (s *Service) today() ethics.Day { return s.Store.Day(s.Now()) }

// place is where the reporter's next text of a case is sealed.
func (s *Service) place(m *ownCase) seal.Place {
	return seal.Place{
		Installation: m.Installation.ID, Stream: ethics.CaseStream(m.ID), Epoch: m.Epoch, Sequence: m.Sequence,
		Day: s.today(), Policy: policy.Version, Seen: m.Seen(),
	}
}

func newID() string { return uuid.NewString() }
