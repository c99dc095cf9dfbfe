package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/insight"
	"svilpe/internal/keyring"
	"svilpe/internal/store"
	"svilpe/internal/verdict"
	"svilpe/internal/verify"
)

type verifyCmd struct {
	Data       string   `help:"Folder of the database." default:"data" placeholder:"DIR"`
	Keys       string   `help:"Folder of the keys; only what is public there is read." default:"keys" placeholder:"DIR"`
	LogKey     string   `help:"The log's public key (/log/key), where there is no keys folder." placeholder:"FILE"`
	Checkpoint []string `help:"A checkpoint kept outside; may be given several times." placeholder:"FILE"`
	JSON       bool     `help:"Print the result as JSON."`
}

// Help says what is read.
func (verifyCmd) Help() string {
	return `Re-reads everything: the log's tree against its entries, heads and closed days, every row against
its digest in the log, every file against its chunks, appointments up to the founders. It names every
damaged row and exits with 3, and says what the serving program's last verdict was, if the log key signed
it. It needs no private key and can run beside a serving program.`
}

// Run verifies.
func (c verifyCmd) Run(p *program) error {
	var o verify.Options
	verifier, err := c.verifier(&o)
	if err != nil {
		return err
	}
	for _, file := range c.Checkpoint {
		kept, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		o.Kept = append(o.Kept, kept)
	}
	s, err := store.Inspect(p.ctx, c.Data, verifier)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if !c.JSON {
		o.Progress = p.progress()
	}
	v, err := verify.Run(p.ctx, s, o)
	if err != nil {
		return err
	}
	c.print(p, v, lastVerdict(p.ctx, s, verifier))
	if v.First() != nil {
		return errDamage
	}
	return nil
}

func (c verifyCmd) verifier(o *verify.Options) (note.Verifier, error) {
	if c.LogKey != "" {
		text, err := os.ReadFile(c.LogKey)
		if err != nil {
			return nil, fmt.Errorf("log key: %w", err)
		}
		return audit.ParseVerifier(string(text))
	}
	k, err := keyring.Load(c.Keys)
	if err != nil {
		return nil, err
	}
	if k.Founded {
		o.Founders = &k.Founders
	}
	if head, err := k.Head(); err == nil && head != nil {
		o.Kept = append(o.Kept, head)
	}
	return k.Log.Verifier(), nil
}

// progress prints how far a long verification is, at most a hundred times.
func (p *program) progress() func(done, total int64) {
	last := int64(-1)
	return func(done, total int64) {
		if total == 0 {
			return
		}
		if percent := 100 * done / total; percent != last && percent%10 == 0 {
			last = percent
			_, _ = fmt.Fprintf(p.err, "verify: %d %%\n", percent)
		}
	}
}

// served is the serving program's last verdict, as far as it can be believed.
type served struct {
	Believed bool   `json:"believed"`
	Why      string `json:"why,omitempty"` // it is not
	Day      string `json:"day,omitempty"`
	Entries  int64  `json:"entries,omitempty"`
	Faults   int    `json:"faults"`
	Note     string `json:"note,omitempty"` // as the log key signed it
}

func lastVerdict(ctx context.Context, s *store.Store, key note.Verifier) served {
	v, signed, err := insight.StoredVerdict(ctx, s, key)
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		return served{Why: "there is none"}
	case err != nil:
		return served{Why: err.Error()}
	}
	return served{Believed: true, Day: v.Day, Entries: v.Head.Size, Faults: v.Faults, Note: string(signed)}
}

func (l served) String() string {
	switch {
	case !l.Believed:
		return "no verdict of a serving program can be believed: " + l.Why
	case l.Faults > 0:
		return fmt.Sprintf("the serving program's last verdict, of %s: %d rows of %d entries are damaged",
			l.Day, l.Faults, l.Entries)
	}
	return fmt.Sprintf("the serving program's last verdict, of %s: %d entries, sound", l.Day, l.Entries)
}

func (c verifyCmd) print(p *program, v verify.Report, last served) {
	if c.JSON {
		damages := make([]map[string]any, len(v.Damages))
		for i, d := range v.Damages {
			damages[i] = map[string]any{"table": d.Table, "row": d.Row, "why": d.Why}
		}
		_ = json.NewEncoder(p.out).Encode(map[string]any{
			"sound": v.First() == nil, "entries": v.Entries, "cases": v.Cases,
			"envelopes": v.Envelopes, "files": v.Files,
			"outside": v.Scratch, "notes": v.Notes, "faults": v.Faults(), "damages": damages,
			"more": v.More, "verdict": last,
		})
		return
	}
	p.say("Read %d entries, %d cases, %d envelopes, %d files.", v.Entries, v.Cases, v.Envelopes, v.Files)
	for _, n := range v.Notes {
		p.say("Note: %s", n)
	}
	p.say("Note: %s", last)
	p.say("Outside the record, not checked: %s.", strings.Join(v.Scratch, ", "))
	for _, d := range v.Damages {
		p.say("DAMAGE: %s.", verdict.Printable(d.Error()))
	}
	if v.More > 0 {
		p.say("DAMAGE: and %d more.", v.More)
	}
	if v.First() != nil {
		p.say("Stop the program, keep a copy of the data folder as it is, and compare with a backup.")
		return
	}
	p.say("The record is sound.")
}
