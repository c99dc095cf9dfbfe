package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pquerna/otp/totp"

	"svilpe/internal/config"
	"svilpe/internal/demo"
	"svilpe/internal/httpd/member"
	"svilpe/internal/registry"
	"svilpe/internal/store"
)

type demoCmd struct {
	settings
	Credentials string `help:"File for the practice logins and case codes (mode 0600)." required:"" placeholder:"FILE"`
	Codes       bool   `help:"Only print the logins with the six-digit codes of this moment."`
}

// Help says what a practice instance is.
func (demoCmd) Help() string {
	return `Makes, once, a fictional municipality with members and cases, and serves it with a TRAINING mark.
The logins stand in the credentials file and on the sign-in page of the practice instance. Real data is
refused here, as practice data is refused by serve: the two never mix. To begin anew, delete the folders.`
}

// Run makes and serves the practice instance.
func (c demoCmd) Run(p *program) error {
	if c.Codes {
		creds, err := readCredentials(c.Credentials)
		if err != nil {
			return err
		}
		p.logins(creds)
		return nil
	}
	cfg, err := c.load(nil)
	if err != nil {
		return err
	}
	cfg.Site.PublicURL = "http://" + cfg.Listen.Public
	creds, err := c.ready(p, cfg)
	if err != nil {
		return err
	}
	h, err := open(p.ctx, cfg, p.logger(cfg), p.now)
	if err != nil {
		return err
	}
	defer func() { _ = h.store.Close() }()
	p.logins(creds)
	p.say("\nReporters:  %s/\nMembers:    %s/desk/sign-in\nStop with Ctrl-C. The logins are also on the sign-in page.",
		cfg.Site.PublicURL, cfg.Site.PublicURL)
	return p.serve(h, func() []member.Practice { return practiceLogins(creds, p.now()) })
}

// ready makes the practice data unless it is there with its credentials.
func (c demoCmd) ready(p *program, cfg config.Config) (demo.Credentials, error) {
	_, err := os.Stat(filepath.Join(cfg.Paths.Data, store.File))
	if errors.Is(err, fs.ErrNotExist) {
		return c.make(p, cfg)
	}
	if err != nil {
		return demo.Credentials{}, err
	}
	h, err := open(p.ctx, cfg, p.logger(cfg), p.now)
	if err != nil {
		return demo.Credentials{}, err
	}
	defer func() { _ = h.store.Close() }()
	if !h.demo {
		return demo.Credentials{}, fmt.Errorf("%w: %s holds real data; svilpe demo does not touch it",
			errUsage, cfg.Paths.Data)
	}
	creds, err := readCredentials(c.Credentials)
	if err != nil {
		return creds, fmt.Errorf("practice data without its credentials file: delete %s and %s to begin anew: %w",
			cfg.Paths.Data, cfg.Paths.Keys, err)
	}
	return creds, nil
}

func (c demoCmd) make(p *program, cfg config.Config) (demo.Credentials, error) {
	p.say("Making a practice instance in %s …", cfg.Paths.Data)
	start := p.now()
	clock := demo.NewClock(p.now)
	invited, err := registry.Init(p.ctx, cfg.Paths.Data, cfg.Paths.Keys, demo.Municipality, true, days(400), p.now())
	if err != nil {
		return demo.Credentials{}, err
	}
	h, err := open(p.ctx, cfg, p.logger(cfg), clock.Now)
	if err != nil {
		return demo.Credentials{}, err
	}
	defer func() { _ = h.store.Close() }()
	creds, err := demo.Make(p.ctx, demo.Services{
		Registry: h.registry, Auth: h.auth, Intake: h.intake, Dialogue: h.dialogue,
		Casework: h.casework, Store: h.store,
	}, clock, invited, func(line string) { p.say("  %s", line) })
	if err != nil {
		// Half a practice instance helps nobody; it is ours, so it goes.
		_ = h.store.Close()
		return creds, errors.Join(err, os.RemoveAll(cfg.Paths.Data), os.RemoveAll(cfg.Paths.Keys))
	}
	if err := h.insight.CountQuarter(p.ctx); err != nil {
		return creds, err
	}
	creds.URL = cfg.Site.PublicURL
	if err := writeCredentials(c.Credentials, creds); err != nil {
		return creds, err
	}
	p.say("Made %d members and %d cases in %.1f s.", len(creds.Members), len(creds.Cases), p.now().Sub(start).Seconds())
	return creds, nil
}

func writeCredentials(path string, creds demo.Credentials) error {
	text, err := json.MarshalIndent(creds, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

func readCredentials(path string) (demo.Credentials, error) {
	var creds demo.Credentials
	text, err := os.ReadFile(path)
	if err != nil {
		return creds, err
	}
	err = json.Unmarshal(text, &creds)
	return creds, err
}

// logins prints who can sign in, with the codes of this moment.
func (p *program) logins(creds demo.Credentials) {
	p.say("\nPractice logins (the code changes every 30 seconds):")
	for _, l := range practiceLogins(creds, p.now()) {
		p.say("  %-34s %-34s %s  %s", l.Email, l.Password, l.Code, l.Office)
	}
}

// practiceLogins are the practice members with their codes of this moment.
func practiceLogins(creds demo.Credentials, now time.Time) []member.Practice {
	var out []member.Practice
	for _, m := range creds.Members {
		code, err := totp.GenerateCode(m.TOTPSecret, now)
		if err != nil {
			continue
		}
		office := ""
		if len(m.Roles) > 0 {
			office = m.Roles[0]
		}
		out = append(out, member.Practice{
			Name: m.Name, Email: m.Email, Password: m.Password, Code: code, Office: office,
		})
	}
	return out
}
