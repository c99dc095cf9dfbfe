package registry

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

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
// when it is prepared already and can still be signed.
func (s *Service) PrepareAppointment(ctx context.Context, by *appoint.Acting, member, until string) error {
	if !by.Has(appoint.RoleAdministrator) {
		return ethics.ErrNotFound
	}
	day := s.today()
	if _, err := time.Parse(time.DateOnly, until); until != "" && err != nil {
		return ethics.FieldErrors{{Field: "until", Kind: ethics.FaultDay}}
	}
	if until != "" && until < day {
		return ethics.FieldErrors{{Field: "until", Kind: ethics.FaultPast}}
	}
	id := "appointment:" + member
	e, err := s.toPrepare(ctx, by, id, member)
	if err != nil {
		return err
	}
	a := appointment(e, e.Institution, day, until)
	if err := by.Roster.Separated(a); err != nil {
		return errors.Join(ethics.FieldErrors{{Field: "until", Kind: ethics.FaultOnePerson}}, err)
	}
	body, err := appoint.Write(by.Roster.Head(appoint.KindAppointment, uuid.NewString(), day), a)
	if err != nil {
		return err
	}
	return s.propose(ctx, by, store.Pending{
		ID: id, Kind: appoint.KindAppointment, Body: body, Member: member, Day: day,
	})
}

// toPrepare finds an enrolled person about whom nothing waits that can still be
// signed.
func (s *Service) toPrepare(ctx context.Context, by *appoint.Acting, id, member string) (e store.Enrolment, err error) {
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if e, err = tx.Enrolment(member); err != nil {
			return err
		}
		return s.checkFree(tx, by, id)
	})
	return e, err
}

// checkFree is nil when nothing waits under this id, or nothing that can be signed.
func (s *Service) checkFree(tx *store.ReadTx, by *appoint.Acting, id string) error {
	p, err := tx.Pending(id)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		return nil
	case err != nil:
		return err
	case by.Roster.CanBeStated(p.Kind, p.Body, s.today()) == nil:
		return ethics.ErrConflict
	}
	return nil
}

// Namesakes are ids of one name whom nothing tells apart yet, each two once and
// sorted, for who prepares. One of them may wait for its appointment.
func (s *Service) Namesakes(ctx context.Context, by *appoint.Acting) ([][2]string, error) {
	if !by.Has(appoint.RoleAdministrator) {
		return nil, nil
	}
	people, err := s.Enrolled(ctx)
	if err != nil {
		return nil, err
	}
	var out [][2]string
	add := func(id, name string) {
		for _, other := range by.Roster.Alike(id, name) {
			if pair := [2]string{min(id, other), max(id, other)}; !slices.Contains(out, pair) {
				out = append(out, pair)
			}
		}
	}
	for _, m := range by.Roster.Members() {
		add(m.ID, m.Name)
	}
	for _, e := range people {
		add(e.ID, e.Name)
	}
	return out, nil
}

// distinct begins the id of what waits about two of one name.
const distinct = "distinct:"

// IsDistinct tells whether a Waiting.ID is of such a statement.
func IsDistinct(id string) bool { return strings.HasPrefix(id, distinct) }

// PrepareDistinct puts before the signers that two of one name are two people.
// ErrNotFound for two whom nothing holds for one.
func (s *Service) PrepareDistinct(ctx context.Context, by *appoint.Acting, members [2]string) error {
	all, err := s.Namesakes(ctx, by)
	if err != nil {
		return err
	}
	if !slices.Contains(all, members) {
		return ethics.ErrNotFound
	}
	id := distinct + strings.Join(members[:], ".")
	if err := s.Store.Read(ctx, func(tx *store.ReadTx) error { return s.checkFree(tx, by, id) }); err != nil {
		return err
	}
	day := s.today()
	body, err := appoint.Write(by.Roster.Head(appoint.KindDistinct, uuid.NewString(), day),
		appoint.Distinct{Members: members})
	if err != nil {
		return err
	}
	return s.propose(ctx, by, store.Pending{ID: id, Kind: appoint.KindDistinct, Body: body, Day: day})
}
