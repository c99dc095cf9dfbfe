package record

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// TestEachGuardOfAStatus: a status counts in its place alone: of this installation,
// stream and institution, of its number, on the day of row and entry and no earlier one
// than the status before, on a past that stands before it, signed by who may.
func TestEachGuardOfAStatus(t *testing.T) {
	key, other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1},
		32)), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))
	const day, seen = "2026-11-23", "the leaf before"
	for name, x := range map[string]struct {
		status func(*ethics.Status)
		row    func(*ethics.SignedStatus)
		entry  func(*statusEntry)
		key    ed25519.PrivateKey
		why    string
	}{
		"as it is":                {},
		"of another policy":       {status: func(s *ethics.Status) { s.Policy++ }, why: "policy"},
		"of another installation": {status: func(s *ethics.Status) { s.Installation = "other" }, why: "place"},
		"of another case": {status: func(s *ethics.Status) {
			s.Stream = ethics.CaseStream("2")
		}, why: "place"},
		"of another institution":     {status: func(s *ethics.Status) { s.Institution = "other" }, why: "place"},
		"with another number":        {status: func(s *ethics.Status) { s.N = 2 }, why: "place"},
		"in a row of another number": {row: func(r *ethics.SignedStatus) { r.N = 2 }, why: "place"},
		"a number later, row and all": {status: func(s *ethics.Status) { s.N = 2 }, row: func(r *ethics.SignedStatus) {
			r.N = 2
		}, why: "place"},
		"of another day":             {status: func(s *ethics.Status) { s.Day = "2026-11-24" }, why: "day"},
		"in a row of another day":    {row: func(r *ethics.SignedStatus) { r.Day = "2026-11-24" }, why: "day"},
		"in an entry of another day": {entry: func(m *statusEntry) { m.day = "2026-11-24" }, why: "day"},
		"before the one before": {status: func(s *ethics.Status) {
			s.Day = "2026-11-21"
		}, row: func(r *ethics.SignedStatus) { r.Day = "2026-11-21" }, entry: func(m *statusEntry) {
			m.day = "2026-11-21"
		}, why: "day"},
		"on a past that is not": {status: func(s *ethics.Status) { s.Seen = "another leaf" }, why: "past"},
		"on no past":            {status: func(s *ethics.Status) { s.Seen = "" }, why: "past"},
		"on its own entry":      {entry: func(m *statusEntry) { m.index = 4 }, why: "past"},
		"before what it saw":    {entry: func(m *statusEntry) { m.index = 3 }, why: "past"},
		"signed by another":     {key: other, why: "signature"},
		"by who may not":        {row: func(r *ethics.SignedStatus) { r.Author = "nobody" }, why: "may not"},
		"whose body is none":    {row: func(r *ethics.SignedStatus) { r.Body = []byte("{") }, why: "status"},
		"whose body is changed": {row: func(r *ethics.SignedStatus) {
			r.Body = bytes.Replace(r.Body, []byte("triage"), []byte("closed"), 1)
		}, why: "signature"},
		"the first, on a past": {status: func(s *ethics.Status) {
			s.N = 0
		}, row: func(r *ethics.SignedStatus) { r.N = 0 }, why: "past"},
	} {
		s := ethics.Status{
			Installation: "here", Stream: ethics.CaseStream("1"), Institution: "home", N: 1, Day: day,
			Policy: ethics.PolicyVersion,
			Act:    "acknowledge", State: "triage", Track: "anonymous", Category: "other", Seen: seen,
		}
		told := &StatusChain{leaves: map[string]int64{seen: 4}, believed: make([]BelievedStatus, 1)}
		told.past.Day = "2026-11-22"
		if name == "the first, on a past" {
			told.believed = nil
		}
		if x.status != nil {
			x.status(&s)
		}
		body, err := s.Body()
		if err != nil {
			t.Fatal(err)
		}
		signer := key
		if x.key != nil {
			signer = x.key
		}
		row := ethics.SignedStatus{
			Case: "1", N: 1, Body: body, Author: "anna", Day: day,
			Signature: payload.SignStatement(payload.LabelStatus, body, signer),
		}
		if x.row != nil {
			x.row(&row)
		}
		m := statusEntry{index: 5, day: day}
		if x.entry != nil {
			x.entry(&m)
		}
		j := statusRules{installation: "here", stream: ethics.CaseStream("1"), institution: "home",
			signs: func(kind ethics.EnvelopeKind, author, id string, on ethics.Day) (ed25519.PublicKey, error) {
				if kind != ethics.KindStatus || author != "anna" || id != StatusID(row.N) || on != s.Day {
					return nil, errors.New("may not sign this")
				}
				return key.Public().(ed25519.PublicKey), nil
			}}
		_, err = told.signed(j, row, m)
		switch {
		case x.why == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case x.why != "" && (!errors.Is(err, ethics.ErrUntrusted) || !strings.Contains(err.Error(), x.why)):
			t.Errorf("%s: %v", name, err)
		}
	}
}
