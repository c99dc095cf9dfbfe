package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/config"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd/report"
	"svilpe/internal/insight"
	"svilpe/internal/intake"
	"svilpe/internal/keyring"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
	"svilpe/internal/registry"
	"svilpe/internal/secret"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
	"svilpe/web"
)

// services is an open installation: the store and every service on it.
type services struct {
	cfg       config.Config
	log       *slog.Logger
	now       func() time.Time
	store     *store.Store
	keys      keyring.Keys
	demo      bool
	policy    *policy.Policy
	catalogue *locale.Catalogue
	verdict   *verdict.Board

	registry *registry.Service
	auth     *auth.Service
	intake   *intake.Service
	dialogue *dialogue.Service
	casework *casework.Service
	insight  *insight.Service
}

// practice are the password parameters of a practice instance: its passwords
// stand in a file, so their cost protects nothing there.
func practice() secret.Params {
	p := secret.Default()
	p.Memory, p.Time, p.Threads = 19*1024, 2, 1 // KiB; OWASP's second choice
	return p
}

// open opens keys and database and makes the services. Its error means that the
// installation must stay closed.
func open(ctx context.Context, cfg config.Config, log *slog.Logger, now func() time.Time) (*services, error) {
	h := &services{cfg: cfg, log: log, now: now, verdict: verdict.NewBoard(now)}
	var err error
	if h.policy, err = policy.Default(); err != nil {
		return nil, err
	}
	if h.catalogue, err = locale.Load(web.Locale()); err != nil {
		return nil, err
	}
	if h.keys, err = keyring.Load(cfg.Paths.Keys); err != nil {
		return nil, err
	}
	if h.store, err = store.Open(ctx, cfg.Paths.Data, &h.keys.Log, h.keys.Log.Verifier()); err != nil {
		return nil, err
	}
	if h.keys.Founded {
		h.store.SetFounders(h.keys.Founders)
	}
	if err := h.extends(ctx); err != nil {
		return nil, errors.Join(err, h.store.Close())
	}
	err = h.store.Read(ctx, func(tx *store.ReadTx) error {
		in, err := tx.Installation()
		h.demo = in.Demo
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("installation: %w", err), h.store.Close())
	}
	h.recallAlarm(ctx)
	h.serve()
	return h, nil
}

// extends refuses a database that does not extend the checkpoint in keys/head.
func (h *services) extends(ctx context.Context) error {
	kept, err := h.keys.Head()
	if err != nil || kept == nil {
		return err
	}
	if err := h.store.Extends(ctx, kept); err != nil {
		return fmt.Errorf("keys/head: %w", err)
	}
	return nil
}

func (h *services) serve() {
	params := secret.Default
	if h.demo {
		params = practice
	}
	gate, c := secret.NewGate(), h.cfg
	h.registry = &registry.Service{
		Store: h.store, Keys: h.keys, Gate: gate, Params: params,
		Valid: days(c.Login.InvitationDays), Now: h.now, Log: h.log,
	}
	h.auth = &auth.Service{
		Store: h.store, Keys: h.keys, Gate: gate, Params: params, Now: h.now, Log: h.log,
		Limits: auth.Limits{
			Idle: c.Session.MemberIdle, Absolute: c.Session.MemberMax, Known: days(c.Login.KnownDays),
			Wrong: c.Login.Tries, LongestDelay: c.Login.LongestWait,
		},
	}
	h.intake = &intake.Service{
		Store: h.store, Policy: h.policy, System: h.keys.System, Data: c.Paths.Data, Now: h.now,
		ReceiptText: report.ReceiptText(h.catalogue),
		Limits: intake.Limits{
			FileBytes: c.Limits.FileBytes(), ReportBytes: c.Limits.ReportBytes(), Files: c.Limits.Files,
			TextChars: c.Limits.TextChars, DraftBytes: c.Limits.DraftsBytes(), NewADay: c.Limits.NewADay,
		},
	}
	h.dialogue = &dialogue.Service{
		Store: h.store, Policy: h.policy, Now: h.now, Log: h.log,
		Limits: dialogue.Limits{
			Idle: c.Session.ReporterIdle, Absolute: c.Session.ReporterMax, FileBytes: c.Limits.FileBytes(),
			MessageBytes: c.Limits.ReportBytes(), Files: c.Limits.Files, TextChars: c.Limits.TextChars,
		},
	}
	h.casework = &casework.Service{
		Store: h.store, Policy: h.policy, Keys: h.keys, Now: h.now, Log: h.log,
		Limits: casework.Limits{
			FileBytes: c.Limits.FileBytes(), MessageBytes: c.Limits.ReportBytes(), Files: c.Limits.Files,
			TextChars: c.Limits.TextChars,
			NewADay:   c.Limits.NewADay,
		},
	}
	h.insight = &insight.Service{Store: h.store, Policy: h.policy, Verdict: h.verdict, Now: h.now}
}

// ready tells whether pages may answer: after the founding, with founders that
// verify and a record that is not known to be changed. Before it, only the way
// to the founding is open.
func (h *services) ready(path string) error {
	err := h.store.Read(context.Background(), func(tx *store.ReadTx) error {
		_, err := tx.Roster()
		return err
	})
	switch {
	case errors.Is(err, ethics.ErrNotReady) && beforeFounding(path):
		return nil
	case errors.Is(err, appoint.ErrFounders), errors.Is(err, appoint.ErrSignatures), errors.Is(err, audit.ErrTampered),
		errors.Is(err, audit.ErrHead):
		return errors.Join(ethics.ErrUnavailable, err)
	}
	return err
}

func beforeFounding(path string) bool {
	switch path {
	case "/desk/enrol", "/desk/sign-in", "/desk/sign-out", "/desk/founding":
		return true
	}
	return false
}
