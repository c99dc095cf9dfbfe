package registry

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// PrepareInstitution puts a new or changed institution before the signers. A
// changed one keeps its id; the id of neither a stated nor a waiting one is
// ErrNotFound. FieldErrors name what is wrong.
func (s *Service) PrepareInstitution(ctx context.Context, by *appoint.Acting, in appoint.Institution) (string, error) {
	if !by.Has(appoint.RoleAdministrator) {
		return "", ethics.ErrNotFound
	}
	if in.ID != "" {
		if _, err := s.institution(ctx, by.Roster, in.ID); err != nil {
			return "", err
		}
	}
	if errs := checkInstitution(by.Roster, in); len(errs) > 0 {
		return "", errs
	}
	if in.ID == "" {
		in.ID = uuid.NewString()
	}
	for i, u := range in.Units {
		if u.ID == "" {
			in.Units[i].ID = uuid.NewString()
		}
	}
	day := s.today()
	body, err := appoint.Write(by.Roster.Head(appoint.KindInstitution, uuid.NewString(), day), in)
	if err != nil {
		return "", err
	}
	return in.ID, s.propose(ctx, by, store.Pending{
		ID: "institution:" + in.ID, Kind: appoint.KindInstitution, Body: body, Day: day,
	})
}

// maxUnits bounds an institution's units: reporters choose from a list of them.
const maxUnits = 100

// checkInstitution finds what is wrong, in the order of the page. A new one
// needs an alternate: those who serve there are the only ones who can sign it.
func checkInstitution(roster *appoint.Roster, in appoint.Institution) ethics.FieldErrors {
	var errs ethics.FieldErrors
	add := func(field string, kind ethics.FaultKind) {
		errs = append(errs, ethics.FieldError{Field: field, Kind: kind})
	}
	if strings.TrimSpace(in.Name) == "" {
		add("name", ethics.FaultRequired)
	} else if kind := checkLine(in.Name); kind != "" {
		add("name", kind)
	}
	_, unknown := roster.Institution(in.ID)
	_, noSuch := roster.Institution(in.Alternate)
	switch {
	case in.Alternate == "" && unknown != nil:
		add("alternate", ethics.FaultRequired)
	case in.Alternate != "" && (noSuch != nil || in.Alternate == in.ID):
		add("alternate", ethics.FaultOption)
	}
	if len(in.Units) > maxUnits {
		add("units", ethics.FaultTooMany)
	}
	for _, u := range in.Units {
		if kind := checkLine(u.Name); kind != "" {
			add("units", kind)
			break
		}
	}
	return errs
}
