package casework_test

import (
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// TestOfficeThatEndedMeanwhile: a page was open when two others ended its member's
// office. What is sent from it now is refused, and not stored as a text that nobody
// can trust.
func TestOfficeThatEndedMeanwhile(t *testing.T) {
	w := founded(t)
	f := w.file()
	who := w.stated("chair", f)
	m, err := who.Roster.Member("chair")
	must(t, err)
	state(w, appoint.KindEnd, appoint.Ending{Member: "chair", Appointment: m.Appointments[0].Statement},
		"resp", "member")
	if _, err = w.cw.Note(ctx, who, f.Number, derive.New(), "written too late",
		""); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a note behind the end of the office: %v", err)
	}
}
