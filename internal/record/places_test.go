package record_test

import (
	"errors"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/record"
)

// TestWhatCanStandNowhere: some entries can be nothing, whoever signed them.
func TestWhatCanStandNowhere(t *testing.T) {
	change := []audit.Change{{Label: "case:x", Op: audit.Added}}
	closed := func(day string) audit.Body {
		return audit.Body{Kind: record.KindDayClosed, Facts: []audit.Fact{{Name: record.FactDay, Value: []byte(day)}}}
	}
	for name, x := range map[string]struct {
		e    audit.Entry
		good bool
	}{
		"one of a case": {audit.Entry{Stream: "case/x", Number: 1, Body: audit.Body{Kind: "opened"}}, true},
		"the first": {
			audit.Entry{Stream: "case/x", Body: audit.Body{Kind: "filed", Changes: change}}, true,
		},
		"the first of a member": {
			audit.Entry{Stream: "member/anna", Body: audit.Body{
				Kind: "founded", Changes: []audit.Change{{Label: "member:anna", Op: audit.Added}},
			}}, true,
		},
		"of a member, nothing": {audit.Entry{Stream: "member/anna", Body: audit.Body{Kind: "founded"}}, false},
		"of a talk, another row": {
			audit.Entry{Stream: "talk/x", Body: audit.Body{
				Kind: "consultation", Changes: []audit.Change{{Label: "status:x/0", Op: audit.Added}},
			}}, false,
		},
		"of a case, another case": {
			audit.Entry{Stream: "case/y", Body: audit.Body{Kind: "filed", Changes: change}}, false,
		},
		"of a case, renewed": {
			audit.Entry{Stream: "case/x", Body: audit.Body{
				Kind: "filed", Changes: []audit.Change{{Label: "case:x", Op: audit.Renewed}},
			}}, false,
		},
		"an erased one": {audit.Entry{Stream: "case/x"}, true},
		"a case is erased": {
			audit.Entry{Stream: "case/x", Number: 1, Body: audit.Body{Kind: record.KindErased}}, true,
		},
		"a filler":            {audit.Entry{Stream: "filler", Body: audit.Body{Kind: audit.KindFiller}}, true},
		"a closing":           {audit.Entry{Stream: "days", Body: closed("2026-11-22")}, true},
		"one of yesterday":    {audit.Entry{Stream: "days", Body: closed("2026-11-21")}, true},
		"of a day to come":    {audit.Entry{Stream: "days", Body: closed("2026-11-23")}, false},
		"of no day":           {audit.Entry{Stream: "days", Body: closed("")}, false},
		"begins with nothing": {audit.Entry{Stream: "case/x", Body: audit.Body{Kind: "filed"}}, false},
		"a gift is erased": {
			audit.Entry{Stream: "gift/x", Number: 1, Body: audit.Body{Kind: record.KindErased}}, false,
		},
		"days are erased": {
			audit.Entry{Stream: "days", Number: 1, Body: audit.Body{Kind: record.KindErased}}, false,
		},
		"lessons are erased": {
			audit.Entry{Stream: "lessons", Number: 1, Body: audit.Body{Kind: record.KindErased}}, false,
		},
		"a filler that says": {
			audit.Entry{Stream: "filler", Body: audit.Body{Kind: audit.KindFiller, Changes: change}}, false,
		},
		"a filler that tells": {
			audit.Entry{Stream: "filler", Body: audit.Body{
				Kind: audit.KindFiller, Facts: []audit.Fact{record.Bar("anna")},
			}}, false,
		},
		"a filler elsewhere":    {audit.Entry{Stream: "roster", Body: audit.Body{Kind: audit.KindFiller}}, false},
		"another among fillers": {audit.Entry{Stream: "filler", Body: audit.Body{Kind: "opened"}}, false},
		"a stream that is not":  {audit.Entry{Stream: "nowhere", Body: audit.Body{Kind: "opened"}}, false},
		"an object of nobody":   {audit.Entry{Stream: "case/", Number: 1, Body: audit.Body{Kind: "opened"}}, false},
		"one in another": {
			audit.Entry{Stream: "case/x/y", Number: 1, Body: audit.Body{Kind: "opened"}}, false,
		},
		"another generation": {
			audit.Entry{Generation: 2, Stream: "program", Body: audit.Body{Kind: "opened"}}, false,
		},
		"a day with more": {
			audit.Entry{Day: "2026-11-22 ", Stream: "program", Body: audit.Body{Kind: "opened"}}, false,
		},
		"a day of no month": {
			audit.Entry{Day: "2026-13-01", Stream: "program", Body: audit.Body{Kind: "opened"}}, false,
		},
		"a day behind all others": {audit.Entry{Day: ":", Stream: "program", Body: audit.Body{Kind: "opened"}}, false},
	} {
		if x.e.Generation == 0 {
			x.e.Generation = record.Generation
		}
		if x.e.Day == "" {
			x.e.Day = "2026-11-22"
		}
		if err := record.Stands(x.e); (err == nil) != x.good || err != nil && !errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
