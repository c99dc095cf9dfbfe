package ethics

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
)

// PolicyVersion is the version of the reference data that statuses are made by:
// the one that ships.
const PolicyVersion = 1

// Status is where a case or a consultation stands after one act: a clear statement
// in its stream, signed by who acts (sealing.md §12.4). What stands in the rows
// of lists beside it is a copy.
type Status struct {
	Installation string `json:"installation"`
	Stream       string `json:"stream"`
	N            int    `json:"number"` // within the stream, from 0
	Day          Day    `json:"day"`
	Policy       int    `json:"policy"`
	// leaf of the newest entry that the author's session had read, base64; "" in the first
	Seen        string `json:"seen"`
	Act         Act    `json:"act"`
	Institution string `json:"institution"`
	State       State  `json:"state"`
	Previous    State  `json:"previous"` // the state to return to
	Track       string `json:"track"`
	Category    string `json:"category"`

	Events   []EventKind     `json:"events,omitempty"`   // that the act added, in order; their day is this one's
	Measures []MeasureStatus `json:"measures,omitempty"` // that it added or changed
}

// MeasureStatus is what stands in the clear of a measure.
type MeasureStatus struct {
	N     int    `json:"number"` // within the case, from 0
	Due   Day    `json:"due"`
	State string `json:"state"`
}

// Enter moves the case to a state.
func (s *Status) Enter(state State) {
	s.Previous = ""
	if state == StateAwaiting {
		s.Previous = s.State
	}
	s.State = state
}

// Changes tells whether a status says more than where the case stood before: only
// then it is signed and stored.
func (s Status) Changes(before Status) bool {
	return len(s.Events)+len(s.Measures) > 0 || s.State != before.State || s.Previous != before.Previous ||
		s.Track != before.Track || s.Category != before.Category
}

// Body is the statement in its one spelling.
func (s Status) Body() ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	return b, nil
}

var errSpelling = errors.New("status: not in its one spelling")

// ReadStatus takes what Body writes, and nothing else.
func ReadStatus(body []byte) (Status, error) {
	var s Status
	if err := json.Unmarshal(body, &s); err != nil {
		return Status{}, fmt.Errorf("status: %w", err)
	}
	again, err := s.Body()
	if err != nil || !bytes.Equal(again, body) {
		return Status{}, errSpelling
	}
	return s, nil
}

// SignedStatus is a status as its row holds it.
type SignedStatus struct {
	Case      string // or consultation
	N         int
	Body      []byte
	Author    string
	Signature []byte
	Day       Day
}

// Digest is what the sealed text of the same write names.
func (s SignedStatus) Digest() []byte {
	sum := sha256.Sum256(s.Body)
	return sum[:]
}

// ObjectOf is the case or consultation whose stream this is, "" where it is of
// neither.
func ObjectOf(stream string) string {
	if id := CaseOf(stream); id != "" {
		return id
	}
	return ConsultationOf(stream)
}
