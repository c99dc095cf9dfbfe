package report

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/store"
)

type infoView struct {
	httpd.Page
	Keep int // days, of a consultation that has ended
}

// safety says what this system does not protect against.
func (s *Site) safety(c echo.Context) error {
	return s.Server.Render(c, 200, "reporter/safety", infoView{Page: s.Server.Page(c, "reporter.safety.title")})
}

// privacy says what is stored of a person, why, and for how long.
func (s *Site) privacy(c echo.Context) error {
	v := infoView{Page: s.Server.Page(c, "reporter.privacy.title"), Keep: s.Policy.Consultations.KeepDays}
	return s.Server.Render(c, 200, "reporter/privacy", v)
}

type aboutView struct {
	httpd.Page
	Founders   string // digest of the founding, hex in groups of four
	LogKey     string
	Checkpoint string // day of the last, "" before the first
	Places     []place
}

// place is an institution with the people who handle reports there.
type place struct {
	Name   string
	People []person
}

// about says what runs here, and gives what an outsider checks the log with.
func (s *Site) about(c echo.Context) error {
	roster, err := s.Intake.Roster(c.Request().Context())
	if err != nil {
		return err
	}
	v := aboutView{Page: s.Server.Page(c, "reporter.about.title"), Founders: hexGroups(roster.Digest[:])}
	err = s.Intake.Store.Read(c.Request().Context(), func(tx *store.ReadTx) error {
		in, err := tx.Installation()
		if err != nil {
			return err
		}
		v.LogKey = in.LogVerifier
		last, err := tx.LastCheckpoint()
		if errors.Is(err, ethics.ErrNotFound) {
			return nil
		}
		v.Checkpoint = last.Day
		return err
	})
	if err != nil {
		return err
	}
	lang := s.Server.Lang(c)
	roles := []string{
		appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember, appoint.RoleTrust, appoint.RoleAuditor,
	}
	for _, in := range roster.Institutions() {
		p := place{Name: in.Name}
		for _, m := range roster.Serving(in.ID, s.Intake.Today(), roles...) {
			p.People = append(p.People, s.person(roster, m, in.ID, lang))
		}
		v.Places = append(v.Places, p)
	}
	return s.Server.Render(c, 200, "reporter/about", v)
}

// person is a member with the offices held there today, in words.
func (s *Site) person(roster *appoint.Roster, m appoint.Member, institution, lang string) person {
	var offices []string
	for _, id := range roster.Roles(m.ID, institution, s.Intake.Today()) {
		if role, ok := s.Policy.Role(id); ok {
			offices = append(offices, role.Name.In(lang))
		}
	}
	return person{ID: m.ID, Name: m.Name, Offices: strings.Join(offices, ", ")}
}

// hexGroups writes bytes as hex in groups of four, to be read out and compared.
func hexGroups(b []byte) string {
	var groups []string
	for len(b) > 1 {
		groups, b = append(groups, hex.EncodeToString(b[:2])), b[2:]
	}
	return strings.Join(groups, " ")
}

// checkpoint serves the last one (C2SP tlog-checkpoint); 404 before the first.
func (s *Site) checkpoint(c echo.Context) error {
	var last store.Checkpoint
	err := s.Intake.Store.Read(c.Request().Context(), func(tx *store.ReadTx) error {
		var err error
		last, err = tx.LastCheckpoint()
		return err
	})
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, last.Note)
}

// logKey serves the verifier key that checkpoints are checked with.
func (s *Site) logKey(c echo.Context) error {
	var key string
	err := s.Intake.Store.Read(c.Request().Context(), func(tx *store.ReadTx) error {
		in, err := tx.Installation()
		key = in.LogVerifier
		return err
	})
	if err != nil {
		return err
	}
	return c.String(http.StatusOK, key+"\n")
}
