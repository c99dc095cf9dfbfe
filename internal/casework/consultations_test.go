package casework_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
)

// TestConsultationIsErased: by either side's end after the days of policy, at
// once by the reporter, by itself when nobody writes; it counts as one for ever.
func TestConsultationIsErased(t *testing.T) {
	w := trusted(t)
	left := func() int { return w.count(`select count(*) from consultation_text`) }
	f, visit := w.asked(asks())
	must(t, w.cw.EndConsultation(ctx, w.as("tija"), f.Number))
	if _, err := w.dia.Say(ctx, visit, derive.New(), "x"); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("written after the end: %v", err)
	}
	if err := w.dia.EndConsultation(ctx, visit); !errors.Is(err, ethics.ErrConflict) {
		t.Errorf("ended twice: %v", err)
	}
	if v, err := w.dia.Consultation(ctx, visit); err != nil || !v.Ended ||
		v.Until != "2026-12-23" || len(v.Messages) != 1 {
		t.Errorf("%+v, %v", v.Until, err)
	}
	must(t, w.cw.SweepConsultations(ctx))
	if left() != 1 {
		t.Error("erased before its day")
	}
	w.clock = w.clock.AddDate(0, 0, 30)
	must(t, w.cw.SweepConsultations(ctx))
	must(t, w.cw.SweepConsultations(ctx)) // again changes nothing
	if left() != 0 {
		t.Error("kept beyond its day")
	}
	if _, err := w.dia.Enter(ctx, f.Code.Text()); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("the code still opens: %v", err)
	}
	if _, err := w.cw.Consultation(ctx, w.as("tija"), f.Number); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("still opens: %v", err)
	}

	f, visit = w.asked(asks())
	must(t, second(w.dia.Say(ctx, visit, derive.New(), "and more")))
	sealed := w.consultationBytes()
	must(t, w.dia.EraseConsultation(ctx, visit))
	for end := time.Now().Add(20 * time.Second); w.onDisk(sealed) &&
		time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		continue // it leaves the write-ahead log when nobody writes for a moment
	}
	if w.onDisk(sealed) {
		t.Error("the sealed text is still on the disk")
	}
	if _, err := w.dia.Visit(ctx, secret.Cookie{}); !errors.Is(err, ethics.ErrSessionEnded) || left() != 0 {
		t.Errorf("at once: %v", err)
	}
	if _, err := w.dia.Consultation(ctx, visit); err == nil {
		t.Error("shown after the erasure")
	}

	f, _ = w.asked(asks())
	w.clock = w.clock.AddDate(0, 0, 179)
	must(t, w.cw.SweepConsultations(ctx))
	if got := w.consultations("tija")[0].Stands; got != casework.ConsultationNew {
		t.Errorf("ended too soon: %s", got)
	}
	w.clock = w.clock.AddDate(0, 0, 1)
	must(t, w.cw.SweepConsultations(ctx))
	if got := w.consultations("tija")[0].Stands; got != casework.ConsultationEnded {
		t.Errorf("still open: %s", got)
	}
	if n := w.count(`select count(*) from consultation where institution = 'home'`); n != 3 {
		t.Errorf("%d are counted", n)
	}
	w.sound()
	_ = f
}

// talkBytes are some bytes of the newest text as its row holds them.
func (w *world) consultationBytes() []byte {
	w.t.Helper()
	var b []byte
	must(w.t, w.raw().QueryRow(`select substr(sealed, -64) from consultation_text order by sequence desc`).Scan(&b))
	if !w.onDisk(b) {
		w.t.Fatal("not found while it is there")
	}
	return b
}

// onDisk tells whether a file of the data folder holds these bytes.
func (w *world) onDisk(b []byte) bool {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "*"))
	must(w.t, err)
	return slices.ContainsFunc(files, func(name string) bool {
		all, err := os.ReadFile(name)
		must(w.t, err)
		return bytes.Contains(all, b)
	})
}
