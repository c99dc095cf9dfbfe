package record

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/policy"
)

// asked is a consultation that began, was answered, and that its reporter may have ended.
type asked struct {
	row     Consultation
	entries []audit.Entry
	rows    []ethics.SignedStatus
}

func (x *asked) says(day ethics.Day, actor string, labels ...string) *audit.Entry {
	e := audit.Entry{
		Generation: 1, Index: int64(100 + len(x.entries)), Number: int64(len(x.entries)),
		Stream: ethics.ConsultationStream("talk"), Day: day,
		Body: audit.Body{ID: day, Kind: KindConsultation, Actor: actor},
	}
	for n, label := range labels {
		op := audit.Added
		if label == "talk:talk" && len(x.entries) > 0 {
			op = audit.Renewed
		}
		e.Changes = append(e.Changes, audit.Change{
			Label: label, Op: op, Old: digest(10 * len(x.entries)), New: digest(10*len(x.entries) + n + 1),
		})
	}
	x.entries = append(x.entries, e)
	return &x.entries[len(x.entries)-1]
}

// stands adds a status to the newest entry.
func (x *asked) stands(
	t *testing.T, act ethics.Act, state ethics.State, set func(*ethics.Status), row func(*ethics.SignedStatus),
) {
	t.Helper()
	e := &x.entries[len(x.entries)-1]
	s := ethics.Status{
		Installation: theHouse, Stream: ethics.ConsultationStream("talk"), N: len(x.rows), Day: e.Day,
		Policy: ethics.PolicyVersion, Act: act,
		Institution: "home", State: state,
	}
	if s.N > 0 {
		leaf := audit.LeafHash(x.entries[len(x.entries)-2])
		s.Seen = payload.Leaf(leaf[:])
	}
	if set != nil {
		set(&s)
	}
	body, err := s.Body()
	if err != nil {
		t.Fatal(err)
	}
	r := ethics.SignedStatus{Case: "talk", N: s.N, Body: body, Author: ethics.ActorReporter, Day: s.Day}
	r.Signature = payload.SignStatement(payload.LabelStatus, body, keyOf(ethics.ActorReporter))
	if row != nil {
		row(&r)
	}
	x.rows = append(x.rows, r)
	i := Statuses.Row(&r)
	e.Changes = append(e.Changes, audit.Change{Label: i.Label, Op: audit.Added, New: i.Digest})
}

const (
	answered = "2026-11-23"
	left     = "2026-11-24"
)

// begun is a consultation that was begun and answered.
func begun(t *testing.T) *asked {
	t.Helper()
	x := &asked{row: Consultation{
		ID: "talk", Institution: "home", State: ConsultationOpen, Received: filedOn,
		Changed: answered, Parties: []string{anna},
		Key: keyOf(ethics.ActorReporter).Public().(ed25519.PublicKey),
	}}
	x.says(filedOn, ethics.ActorReporter, "talk:talk", "keys:talk", "said:0")
	x.stands(t, ethics.ActAsk, ConsultationOpen, nil, nil)
	x.says(answered, anna, "said:1", "talk:talk")
	return x
}

func until(t *testing.T, day ethics.Day) ethics.Day {
	t.Helper()
	p, err := policy.ByVersion(ethics.PolicyVersion)
	if err != nil {
		t.Fatal(err)
	}
	return string(p.Consultations.Until(policy.Day(day)))
}

// ends ends it in the reporter's words.
func (x *asked) ends(t *testing.T, set func(*ethics.Status), row func(*ethics.SignedStatus)) *asked {
	t.Helper()
	x.says(left, ethics.ActorReporter, "talk:talk")
	x.stands(t, ethics.ActEnd, ConsultationEnded, set, row)
	x.row.State, x.row.Changed, x.row.Until = ConsultationEnded, left, until(t, left)
	return x
}

// lapses is a consultation that time ends on a day, in the name of somebody.
func (x *asked) lapses(t *testing.T, day ethics.Day, actor string) *asked {
	t.Helper()
	x.says(day, actor, "talk:talk")
	x.row.State, x.row.Changed, x.row.Until = ConsultationEnded, day, until(t, day)
	return x
}

func (x *asked) read() error {
	s := NewStatusChain("talk", x.entries)
	s.rows = x.rows
	return s.checkConsultation(x.row, theHouse, nil)
}

// TestATalkStandsWhereItWasSaid: it is open from its reporter's word on, until one of
// its two sides, or time, ends it. Nothing else is believed, whatever its row says.
func TestAConsultationStandsWhereItWasSaid(t *testing.T) {
	const idle, busy = "2027-05-22", "2027-05-21" // half a year after the last word, and the day before
	honest := map[string]*asked{
		"open": begun(t), "ended": begun(t).ends(t, nil, nil), "lapsed": begun(t).lapses(t, idle, ethics.ActorSystem),
	}
	noted := begun(t).lapses(t, idle, ethics.ActorSystem)
	noted.says("2027-05-25", anna, "said:2")
	noted.entries[3].Changes = append(noted.entries[3].Changes,
		audit.Change{Label: "talk:talk", Op: audit.Renewed, Old: digest(1), New: digest(1)})
	honest["lapsed, and a note behind it"] = noted
	for name, x := range honest {
		if err := x.read(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, x := range map[string]*asked{
		"nobody's":              without(begun(t)),
		"nobody's, in no state": spoilt(without(begun(t)), func(x *asked) { x.row.State = "" }),
		"its row alone":         spoilt(begun(t), func(x *asked) { x.rows = nil }),
		"a row too many":        spoilt(begun(t), func(x *asked) { x.rows = append(x.rows, x.rows[0]) }),
		"ended twice":           twiceEnded(t),
		"the end's row gone":    spoilt(begun(t).ends(t, nil, nil), func(x *asked) { x.rows = x.rows[:1] }),
		"another for the last":  spoilt(begun(t).ends(t, nil, nil), func(x *asked) { x.rows[1].Author = anna }),
		"another that was signed": spoilt(begun(t).ends(t, nil, nil), func(x *asked) {
			x.rows[1] = begun(t).ends(t, func(s *ethics.Status) { s.Category = "x" }, nil).rows[1]
		}),
		"begun by an end": beginning(t, ethics.ActEnd, ConsultationOpen, nil),
		"begun as ended":  beginning(t, ethics.ActAsk, ConsultationEnded, nil),
		"begun by nobody of it": beginning(t, ethics.ActAsk, ConsultationOpen, func(r *ethics.SignedStatus) {
			r.Author = anna
		}),
		"ended by asking": begun(t).ends(t, func(s *ethics.Status) { s.Act = ethics.ActAsk }, nil),
		"ended and open":  begun(t).ends(t, func(s *ethics.Status) { s.State = ConsultationOpen }, nil),
		"ended and open, and so its row": spoilt(begun(t).ends(t, func(s *ethics.Status) {
			s.State = ConsultationOpen
		}, nil), func(x *asked) {
			x.row.State, x.row.Changed, x.row.Until = ConsultationOpen, answered, ""
		}),
		"lapsed when it had ended": begun(t).ends(t, nil, nil).lapses(t, idle, ethics.ActorSystem),
		"ended on another day":     begun(t).ends(t, func(s *ethics.Status) { s.Day = answered }, nil),
		"a row of another day":     begun(t).ends(t, nil, func(r *ethics.SignedStatus) { r.Day = answered }),
		"ended elsewhere":          begun(t).ends(t, func(s *ethics.Status) { s.Institution = "other" }, nil),
		"in another house":         begun(t).ends(t, func(s *ethics.Status) { s.Installation = "other" }, nil),
		"another talk's end": begun(t).ends(t, func(s *ethics.Status) {
			s.Stream = ethics.ConsultationStream("x")
		}, nil),
		"ended on nothing": begun(t).ends(t, func(s *ethics.Status) { s.Seen = "" }, nil),
		"another's key": begun(t).ends(t, nil, func(r *ethics.SignedStatus) {
			r.Signature = payload.SignStatement(payload.LabelStatus, r.Body, keyOf(anna))
		}),
		"lapsed too soon":       begun(t).lapses(t, busy, ethics.ActorSystem),
		"lapsed by somebody":    begun(t).lapses(t, idle, anna),
		"still open in its row": spoilt(begun(t).ends(t, nil, nil), func(x *asked) { x.row.State = ConsultationOpen }),
		"ended in its row": spoilt(begun(t), func(x *asked) {
			x.row.State, x.row.Until = ConsultationEnded, until(t, answered)
		}),
		"kept for longer":         spoilt(begun(t).ends(t, nil, nil), func(x *asked) { x.row.Until = "2099-01-01" }),
		"kept for ever":           spoilt(begun(t).ends(t, nil, nil), func(x *asked) { x.row.Until = "" }),
		"open with an end of it":  spoilt(begun(t), func(x *asked) { x.row.Until = "2026-12-01" }),
		"ended in its row before": spoilt(begun(t).ends(t, nil, nil), func(x *asked) { x.row.Changed = filedOn }),
		"touched later":           spoilt(begun(t), func(x *asked) { x.row.Changed = left }),
		"received before":         spoilt(begun(t), func(x *asked) { x.row.Received = "2026-11-01" }),
		"lapsed in its row later": spoilt(begun(t).lapses(t, idle, ethics.ActorSystem), func(x *asked) {
			x.row.Changed = "2027-06-01"
		}),
	} {
		if err := x.read(); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func spoilt(x *asked, spoil func(*asked)) *asked {
	spoil(x)
	return x
}

// without is a consultation of which no entry brought a status.
func without(x *asked) *asked {
	x.rows = nil
	for n := range x.entries {
		x.entries[n].Changes = slices.DeleteFunc(x.entries[n].Changes, func(c audit.Change) bool {
			return KindOf(c.Label) == Statuses.Name
		})
	}
	return x
}

func twiceEnded(t *testing.T) *asked {
	t.Helper()
	x := begun(t).ends(t, nil, nil)
	x.says(left, ethics.ActorReporter, "talk:talk")
	x.stands(t, ethics.ActEnd, ConsultationEnded, nil, nil)
	return x
}

// beginning is a consultation that began in other words.
func beginning(t *testing.T, act ethics.Act, state ethics.State, row func(*ethics.SignedStatus)) *asked {
	t.Helper()
	x := begun(t)
	x.entries, x.rows = nil, nil
	x.says(filedOn, ethics.ActorReporter, "talk:talk", "keys:talk", "said:0")
	x.stands(t, act, state, nil, row)
	x.says(answered, anna, "said:1", "talk:talk")
	return x
}
