package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// TestAClockThatJumped: an installation that closed its last day long ago takes
// nothing until somebody has looked at the clock: what it would date, it would date
// for good. Once said, it goes on.
func TestAClockThatJumped(t *testing.T) {
	cfg, _ := founded(t, t.TempDir())
	h, err := open(t.Context(), cfg, (&program{err: &lockedBuffer{}}).logger(cfg), time.Now)
	must(t, err)
	must(t, h.store.MakeCheckpoint(t.Context(), ethics.DayOf(time.Now().AddDate(0, 0, -1))))
	var place string
	must(t, h.store.Read(t.Context(), func(tx *store.ReadTx) error {
		r, err := tx.Roster()
		place = r.Institutions()[0].ID
		return err
	}))
	must(t, h.store.Close())
	later := func() time.Time { return time.Now().AddDate(0, 0, 10) }
	for _, confirmed := range []bool{false, true} {
		addr, said := freePort(t), &lockedBuffer{}
		ctx, stop := context.WithCancel(t.Context())
		c := serveCmd{
			settings:     settings{Config: "svilpe.toml", Data: cfg.Paths.Data, Keys: cfg.Paths.Keys, Listen: addr},
			ClockIsRight: confirmed,
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Run(&program{ctx: ctx, out: said, err: said, now: later}) }()
		for range 200 {
			if res, err := http.Get("http://" + addr + "/healthz"); err == nil {
				must(t, res.Body.Close())
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		_, err := post(http.DefaultClient, "http://"+addr, form(place))
		for n := 0; n < 100 && !confirmed && !strings.Contains(said.String(), "--clock-is-right"); n++ {
			time.Sleep(50 * time.Millisecond) // the round that closes days says it
		}
		stop()
		must(t, <-ended)
		switch {
		case confirmed && err != nil:
			t.Errorf("after somebody looked: %v\n%s", err, said.String())
		case !confirmed && (err == nil || !strings.Contains(err.Error(), "503")):
			t.Errorf("a report was taken on a day that nobody confirmed: %v", err)
		case !confirmed && !strings.Contains(said.String(), "--clock-is-right"):
			t.Errorf("the operator is not told what to do: %s", said.String())
		}
	}
}
