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
	day := ethics.DayOf(s.Now())
	if _, err := time.Parse(time.DateOnly, until); until != "" && err != nil {
		return ethics.FieldErrors{{Field: "until", Kind: "day"}}
	}
	if until != "" && until < day {
		return ethics.FieldErrors{{Field: "until", Kind: "past"}}
	}
	id := "appointment:" + member
	e, err := s.toPrepare(ctx, by, id, member)
	if err != nil {
		return err
	}
	a := appointment(e, e.Institution, day, until)
	if err := by.Roster.Separated(a); err != nil {
		return errors.Join(ethics.FieldErrors{{Field: "until", Kind: "one_person"}}, err)
	}
	body, err := appoint.Write(by.Roster.Head(appoint.KindAppointment, uuid.NewString(), day), a)
	if err != nil {
		return err
	}
	return s.propose(ctx, by, store.Pending{ID: id, Kind: appoint.KindAppointment, Body: body, Member: member, Day: day})
}

// toPrepare finds an enrolled person about whom nothing waits that can still be
// signed.
func (s *Service) toPrepare(ctx context.Context, by *appoint.Acting, id, member string) (e store.Enrolment, err error) {
	err = s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		if e, err = tx.Enrolment(member); err != nil {
			return err
		}
		return s.free(tx, by, id)
	})
	return e, err
}

// free is nil when nothing waits under this id, or nothing that can be signed.
func (s *Service) free(tx *store.ReadTx, by *appoint.Acting, id string) error {
	p, err := tx.Pending(id)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		return nil
	case err != nil:
		return err
	case by.Roster.Standing(p.Kind, p.Body, ethics.DayOf(s.Now())) == nil:
		return ethics.ErrConflict
	}
	return nil
}

// Namesakes are ids of one name whom nothing tells apart yet, each two once; one
// of them may wait for its appointment. Names are those that the pages show.
type Namesakes struct {
	Members [2]string // sorted ids
	Names   [2]string
}

// Namesakes lists them for who prepares.
func (s *Service) Namesakes(ctx context.Context, by *appoint.Acting) ([]Namesakes, error) {
	if !by.Has(appoint.RoleAdministrator) {
		return nil, nil
	}
	people, err := s.Enrolled(ctx)
	if err != nil {
		return nil, err
	}
	var out []Namesakes
	known := map[[2]string]bool{}
	add := func(id, name string) {
		for _, other := range by.Roster.Alike(id, name) {
			m, _ := by.Roster.Member(other)
			x := Namesakes{[2]string{id, other}, [2]string{name, m.Name}}
			if x.Members[1] < x.Members[0] {
				x = Namesakes{[2]string{other, id}, [2]string{m.Name, name}}
			}
			if !known[x.Members] {
				known[x.Members] = true
				out = append(out, x)
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

// PrepareDistinct puts before the signers that two of one name are two people.
// ErrNotFound for two whom nothing holds for one.
func (s *Service) PrepareDistinct(ctx context.Context, by *appoint.Acting, members [2]string) error {
	all, err := s.Namesakes(ctx, by)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(x Namesakes) bool { return x.Members == members }) {
		return ethics.ErrNotFound
	}
	id := "distinct:" + strings.Join(members[:], "+")
	if err := s.Store.Read(ctx, func(tx *store.ReadTx) error { return s.free(tx, by, id) }); err != nil {
		return err
	}
	day := ethics.DayOf(s.Now())
	body, err := appoint.Write(by.Roster.Head(appoint.KindDistinct, uuid.NewString(), day), appoint.Distinct{Members: members})
	if err != nil {
		return err
	}
	return s.propose(ctx, by, store.Pending{ID: id, Kind: appoint.KindDistinct, Body: body, Day: day})
}
