package registry

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// foundingID is the one pending statement before the founding.
const foundingID = "founding"

// foundingDraft is the founding as the rows give it at one moment. Its statement is
// made anew from the four people each time: the row that gathers signatures is
// trusted for the institution's new id and the day, and for nothing else.
type foundingDraft struct {
	here    store.Installation
	people  []store.Enrolment   // founders, then the administrator, as far as enrolled
	pending store.Pending       // the statement that waits, or the one to begin with
	signed  []appoint.Signature // of founders, verified
	foreign bool                // what waits is not made of these people: sign nothing
	late    bool                // what waits was not signed in time: it is made anew
	seen    string              // names people, offices, keys and institution
}

func (d foundingDraft) complete() bool {
	return slices.EqualFunc(d.people, founders, func(p store.Enrolment, roles []string) bool {
		return p.Roles == strings.Join(roles, ",")
	})
}

func readDraft(tx *store.ReadTx, today ethics.Day) (foundingDraft, error) {
	var d foundingDraft
	in, err := tx.Installation()
	if err != nil {
		return d, err
	}
	if d.people, err = foundingPeople(tx); err != nil {
		return d, err
	}
	d.here = in
	shown, err := foundingBody(in, d.people, "", "", "")
	if err != nil {
		return d, err
	}
	d.seen = bodyHash(shown)
	d.pending, err = tx.Pending(foundingID)
	if errors.Is(err, ethics.ErrNotFound) {
		d.pending = store.Pending{ID: foundingID, Kind: appoint.KindFounding, Day: today, Signatures: []byte("[]")}
		d.pending.Body, err = foundingBody(in, d.people, derive.New().CaseID(), derive.New().CaseID(), today)
		return d, err
	}
	if err != nil {
		return d, err
	}
	return d, d.judge(in, today)
}

// judge compares the row that waits with what these people would sign.
func (d *foundingDraft) judge(in store.Installation, today ethics.Day) error {
	head, content, err := appoint.Open(appoint.KindFounding, d.pending.Body)
	waits, _ := content.(appoint.Founding)
	var signatures []appoint.Signature
	if errors.Join(err, json.Unmarshal(d.pending.Signatures, &signatures)) != nil {
		d.foreign = true
		return nil //nolint:nilerr // what cannot be read is not what these people sign
	}
	own, err := foundingBody(in, d.people, head.ID, waits.Institution.ID, head.Prepared)
	if err != nil {
		return err
	}
	_, badDay := time.Parse(time.DateOnly, head.Prepared)
	d.foreign = !bytes.Equal(own, d.pending.Body) || d.pending.Kind != appoint.KindFounding ||
		d.pending.Day != head.Prepared ||
		uuid.Validate(head.ID) != nil || uuid.Validate(waits.Institution.ID) != nil ||
		badDay != nil || head.Prepared > today
	d.late = !d.foreign && head.By < today
	if d.foreign || d.late {
		return nil
	}
	for i, x := range signatures {
		at := slices.IndexFunc(d.people, func(p store.Enrolment) bool {
			return p.ID == x.Member && p.Roles != appoint.RoleAdministrator
		})
		twice := slices.ContainsFunc(signatures[:i], func(y appoint.Signature) bool { return y.Member == x.Member })
		if at >= 0 && !twice && x.Valid(d.pending.Kind, d.pending.Body, d.people[at].Verifier) {
			d.signed = append(d.signed, x)
		}
	}
	return nil
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

// foundingBody is what these people sign: themselves, and the settings that the
// installation was made with.
func foundingBody(
	in store.Installation, people []store.Enrolment, id, institution string, day ethics.Day,
) ([]byte, error) {
	f := appoint.Founding{
		Institution: appoint.Institution{ID: institution, Name: in.Institution},
		Settings: appoint.Settings{
			Salt: in.Salt, Log: in.LogVerifier, System: in.SystemVerifier, Policy: 1,
			Recovery: appoint.RecoveryDeclined,
		},
	}
	for _, p := range people {
		f.Members = append(f.Members, appointment(p, institution, day, ""))
	}
	return appoint.Write(appoint.NewHead(in.ID, appoint.KindFounding, id, day), f)
}

func appointment(p store.Enrolment, institution, day, until string) appoint.Appointment {
	return appoint.Appointment{
		Member: p.ID, Name: p.Name, Institution: institution, Roles: strings.Split(p.Roles, ","), Contact: p.Contact,
		From: day, Until: until, Recipient: p.Recipient, Verifier: p.Verifier,
	}
}

// seen separates a statement's id from the digest of its body in a form: the signer
// signs the text that was shown, or nothing.
const seen = "@"

func bodyHash(body []byte) string {
	h := appoint.Digest(body)
	return hex.EncodeToString(h[:])
}

// errOvertaken says that what waits is no longer what was read.
var errOvertaken = fmt.Errorf("registry: another statement waits: %w", ethics.ErrConflict)

// addSignature adds one to a pending statement, in place of an earlier one by
// the same member. Two who sign at once both count: it reads what is stored now,
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
	sigs = slices.DeleteFunc(sigs, func(x appoint.Signature) bool { return x.Member == sig.Member })
	sigs = append(sigs, sig)
	if now.Signatures, err = json.Marshal(sigs); err != nil {
		return err
	}
	return tx.PutPending(now)
}
