// Package registry is how institutions and members come to be: init, invitation,
// enrolment, the founding, and appointments signed by two. The administrator
// prepares and appoints nobody; what counts is what serving members sign after
// they compared check words with the person.
//
// Everything before a founding is scratch: the log's tree is empty until the
// third founder's signature writes entry 0.
package registry

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/keyring"
	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// Service sets up institutions and members.
type Service struct {
	Store  *store.Store
	Keys   keyring.Keys
	Gate   *secret.Gate
	Params func() secret.Params // of new passwords
	Valid  time.Duration        // how long an invitation can be used
	Now    func() time.Time
	Log    *slog.Logger
}

// Invited is one invitation as init prints it.
type Invited struct {
	Roles []string `json:"roles"`
	Code  string   `json:"code"`
}

// founders are whom init invites: three who found, one who administers.
var founders = [][]string{
	appoint.FoundingRoles[0:1], appoint.FoundingRoles[1:2], appoint.FoundingRoles[2:3], appoint.FoundingRoles[3:4],
}

// Init makes database and keys for one institution and invites its founders and
// administrator. ErrExists when either folder holds something already: it never
// overwrites. The invitations' codes are returned once and stored as hashes.
func Init(
	ctx context.Context, dataDir, keysDir, institution string, demo bool, valid time.Duration, now time.Time,
) ([]Invited, error) {
	id := uuid.NewString()
	// Both folders are looked at before either is written: a refusal leaves nothing.
	if path := filepath.Join(dataDir, store.File); exists(path) {
		return nil, fmt.Errorf("%s: %w", path, ethics.ErrExists)
	}
	keys, err := keyring.Create(keysDir, id+"/svilpe/log/1")
	if err != nil {
		return nil, err
	}
	if err := store.Create(ctx, dataDir); err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, dataDir, &keys.Log, keys.Log.Verifier())
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	salt := make([]byte, 32)
	_, _ = rand.Read(salt)
	root, err := audit.Root(0, nil)
	if err != nil {
		return nil, err
	}
	head, err := audit.Head{Origin: keys.Log.Origin(), Root: root}.Sign(keys.Log.Signer())
	if err != nil {
		return nil, err
	}
	var out []Invited
	var rows []store.Invitation
	for _, roles := range founders {
		code, row := invitation("", roles, true, now.Add(valid))
		out = append(out, Invited{Roles: roles, Code: code})
		rows = append(rows, row)
	}
	return out, s.Scratch(ctx, func(tx *store.ScratchTx) error {
		err := tx.Setup(store.Installation{
			ID: id, Salt: salt, SystemVerifier: keys.System.Public().(ed25519.PublicKey),
			LogVerifier: keys.Log.VerifierText(),
			Demo:        demo, Institution: institution,
		}, head)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := tx.AddInvitation(row); err != nil {
				return err
			}
		}
		return nil
	})
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeSymbols is the length of an invitation: 100 bits.
const codeSymbols = 20

func invitation(institution string, roles []string, founding bool, until time.Time) (string, store.Invitation) {
	raw := make([]byte, codeSymbols)
	_, _ = rand.Read(raw)
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%5 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(crockford[r&31])
	}
	return b.String(), store.Invitation{
		CodeHash: codeHash(b.String()), Institution: institution, Roles: strings.Join(roles, ","),
		Founding: founding, Until: until.UnixMilli(),
	}
}

// codeHash reads a typed code forgivingly: case, spaces and dashes do not count,
// O is 0, I and L are 1.
func codeHash(typed string) []byte {
	clean := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1", "U", "V").
		Replace(strings.ToUpper(strings.TrimSpace(typed)))
	h := sha256.Sum256([]byte("svilpe/1 invitation\n" + clean))
	return h[:]
}

// Errors of the forms here.
var (
	ErrInvitation = errors.New("registry: no such invitation")
	ErrTicks      = errors.New("registry: every comparison must be ticked")
	ErrMaySign    = errors.New("registry: this member may not sign this")
)

// invitable are the roles that a person can be invited to.
var invitable = []string{
	appoint.RoleTrust, appoint.RoleContact, appoint.RoleResponsible, appoint.RoleMember, appoint.RoleChair,
	appoint.RoleAuditor, appoint.RoleHead, appoint.RoleAdministrator,
}

// checkRoles refuses what could never be appointed, before anybody enrols for
// it: FieldErrors at roles.
func checkRoles(roles []string) error {
	refuse := func(kind ethics.FaultKind) error { return ethics.FieldErrors{{Field: "roles", Kind: kind}} }
	for i, r := range roles {
		if !slices.Contains(invitable, r) || slices.Contains(roles[:i], r) {
			return refuse(ethics.FaultOption)
		}
	}
	if len(roles) == 0 {
		return refuse(ethics.FaultRequired)
	}
	if appoint.Separated(roles) != nil {
		return refuse(ethics.FaultDuties)
	}
	return nil
}

// Invite makes an invitation for one person into an institution. Only an
// administrator invites; what the invited person may do, two others sign.
// FieldErrors at roles, ErrNotFound for an unknown institution.
func (s *Service) Invite(ctx context.Context, by *appoint.Acting, institution string, roles []string) (string, error) {
	if !by.Has(appoint.RoleAdministrator) {
		return "", ethics.ErrNotFound
	}
	if err := checkRoles(roles); err != nil {
		return "", err
	}
	if _, err := s.institution(ctx, by.Roster, institution); err != nil {
		return "", err
	}
	code, row := invitation(institution, roles, false, s.Now().Add(s.Valid))
	return code, s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		if err := s.security(tx, by.ID, "invited"); err != nil {
			return err
		}
		return tx.AddInvitation(row)
	})
}

func (s *Service) security(tx *store.ScratchTx, member, kind string) error {
	return tx.AddSecurity(store.SecurityEvent{ID: uuid.NewString(), Member: member, Kind: kind, Day: s.today()})
}

// institution finds one that is stated, or one that waits for its signatures:
// its first members enrol meanwhile.
func (s *Service) institution(ctx context.Context, roster *appoint.Roster, id string) (appoint.Institution, error) {
	if roster != nil {
		if in, err := roster.Institution(id); err == nil {
			return in, nil
		}
	}
	waiting, err := s.Waiting(ctx)
	if err != nil {
		return appoint.Institution{}, err
	}
	for _, w := range waiting {
		if w.Institution != nil && w.Institution.ID == id {
			return *w.Institution, nil
		}
	}
	return appoint.Institution{}, fmt.Errorf("institution: %w", ethics.ErrNotFound)
}
