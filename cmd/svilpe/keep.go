package main

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"svilpe/internal/ethics"
	"svilpe/internal/insight"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
	"svilpe/internal/verify"
)

// closing is when a day is closed: its checkpoint is made five minutes after
// midnight in Riga, also when nothing happened.
const closing = 24*time.Hour + 5*time.Minute

// begin ends what the program before this one left half-done: files that nobody sends
// any more. Before the first page is served, since later somebody may be sending one.
func (h *services) begin(ctx context.Context) {
	h.logError(ctx, "sweep", h.store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.SweepFiles("", true) }))
}

// maintain does what a running installation needs beside its pages: visits that have
// ended go within a minute, what else has lapsed hourly, each day is closed by a
// checkpoint, each quarter is counted once, and the record is verified at start and
// nightly. A crash in any of it leaves nothing that the next start does not finish.
func (h *services) maintain(ctx context.Context) {
	h.everyMinute(ctx)
	h.verify(ctx)
	hour, minute := time.NewTicker(time.Hour), time.NewTicker(time.Minute)
	defer hour.Stop()
	defer minute.Stop()
	h.everyHour(ctx)
	closed := h.close(ctx, "")
	debug.FreeOSMemory() // what starting and verifying took is not needed again
	for {
		select {
		case <-ctx.Done():
			return
		case <-hour.C:
			h.everyHour(ctx)
		case <-minute.C:
			// Plain words of requests that have ended lie in freed memory until it is
			// given back: a minute at the longest.
			debug.FreeOSMemory()
			h.everyMinute(ctx)
			if now := h.close(ctx, closed); now != closed {
				closed = now
				h.everyHour(ctx) // terms end at midnight too
				h.verify(ctx)
			}
		}
	}
}

// close makes the checkpoint of the last day that is over, once.
func (h *services) close(ctx context.Context, done ethics.Day) ethics.Day {
	day := ethics.DayOf(h.now().Add(-closing))
	if day == done {
		return done
	}
	err := h.store.MakeCheckpoint(ctx, day)
	if err == nil {
		err = h.keepHead(ctx)
	}
	h.logError(ctx, "checkpoint", err)
	if err != nil {
		return done // again in a minute
	}
	return day
}

// keepHead writes the newest checkpoint to keys/head: the next start refuses a
// database that does not extend it. Its time is exact, so it is written when a day
// is closed and at no other time.
func (h *services) keepHead(ctx context.Context) error {
	var last store.Checkpoint
	err := h.store.Read(ctx, func(tx *store.ReadTx) (err error) {
		last, err = tx.LastCheckpoint()
		return err
	})
	if errors.Is(err, ethics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return h.keys.WriteHead(last.Note)
}

// everyMinute does what is not to wait for the hour: the row of a visit goes when the
// visit ends, and the quarter is counted before anything of the next comes in.
func (h *services) everyMinute(ctx context.Context) {
	h.logError(ctx, "lapsed", h.store.Scratch(ctx, func(tx *store.ScratchTx) error {
		s := h.cfg.Session
		return tx.Sweep(h.now().UnixMilli(), s.MemberIdle.Milliseconds(), s.MemberMax.Milliseconds())
	}))
	h.logError(ctx, "figures", h.insight.CountQuarter(ctx))
}

func (h *services) everyHour(ctx context.Context) {
	now := h.now()
	h.logError(ctx, "sweep", h.store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.SweepFiles(ethics.DayOf(now.Add(-days(1))), false)
	}))
	h.logError(ctx, "loans", h.casework.EndLapsedLoans(ctx))       // shares of identity vaults, seven days
	h.logError(ctx, "identities", h.casework.EraseIdentities(ctx)) // a year after the end
	h.logError(ctx, "erasures", h.casework.FinishErasures(ctx))
	h.logError(ctx, "consultations", h.casework.SweepConsultations(ctx))
	h.logError(ctx, "terms", h.store.EndAllTerms(ctx, ethics.DayOf(now)))
}

// verify re-reads the record and posts the verdict where nobody who writes the
// database can reach it. A signed copy stays in a table for other processes.
func (h *services) verify(ctx context.Context) {
	v, err := verify.Run(ctx, h.store, verify.Options{Founders: h.store.Founders()})
	if err == nil {
		err = h.post(ctx, v)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		h.verdict.Failed()
	}
	h.logError(ctx, "verify", err)
}

func (h *services) post(ctx context.Context, v verify.Report) error {
	var lines []string
	for i, d := range v.Damages {
		lines = append(lines, d.Error())
		if i < loggedDamages {
			h.log.LogAttrs(ctx, slog.LevelError, "the record is damaged", slog.String("table", string(d.Table)),
				slog.String("row", d.Row), slog.String("why", string(d.Why)))
		}
	}
	if v.Faults() > loggedDamages {
		h.log.LogAttrs(ctx, slog.LevelError, "the record is damaged", slog.Int("rows", v.Faults()))
	}
	found := verdict.New(v.Head, ethics.DayOf(h.now()), v.Faults(), lines)
	signed, err := found.Sign(h.keys.Log.Signer())
	if err != nil {
		return err
	}
	h.verdict.Post(found, signed, lines)
	return h.store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.SaveVerdict(signed) })
}

// loggedDamages is how many damaged rows of one verification get a log line each.
const loggedDamages = 20

// recallAlarm takes up an alarm that was raised before the start. What cannot be believed
// is as good as none.
func (h *services) recallAlarm(ctx context.Context) {
	v, signed, err := insight.StoredVerdict(ctx, h.store, h.keys.Log.Verifier())
	if err == nil {
		h.verdict.Recall(v, signed)
	} else if !errors.Is(err, ethics.ErrNotFound) {
		h.log.LogAttrs(ctx, slog.LevelWarn, "the stored verdict is not believed", slog.Any("err", err))
	}
}

func (h *services) logError(ctx context.Context, what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		//nolint:sloglint // what is one of the constants above
		h.log.LogAttrs(ctx, slog.LevelError, what, slog.Any("err", err))
	}
}
