package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svilpe/internal/audit"
	"svilpe/internal/keyring"
	"svilpe/internal/store"
	"svilpe/internal/verify"
)

type verifyCmd struct {
	Data       string   `help:"Folder of the database." default:"data" placeholder:"DIR"`
	Keys       string   `help:"Folder of the keys: only the log's public key and the founders' digest are used." default:"keys" placeholder:"DIR"`
	LogKey     string   `help:"The log's public key (/log/key), where there is no keys folder." placeholder:"FILE"`
	Checkpoint []string `help:"A checkpoint kept outside; may be given several times." placeholder:"FILE"`
	JSON       bool     `help:"Print the result as JSON."`
}

// Help says what is read.
func (verifyCmd) Help() string {
	return `Re-reads everything: the log's tree against its entries, heads and closed days, every row against
its digest in the log, every file against its chunks, appointments up to the founders. It names
every damaged row and exits with 3. It needs no private key and can run beside a serving program.`
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
	c.print(p, v)
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

func (c verifyCmd) print(p *program, v verify.Report) {
	if c.JSON {
		out := map[string]any{
			"sound": v.First() == nil, "entries": v.Entries, "cases": v.Cases, "envelopes": v.Envelopes, "files": v.Files,
			"outside": v.Scratch, "notes": v.Notes,
		}
		damages := []map[string]string{}
		for _, d := range v.Damages {
			damages = append(damages, map[string]string{"table": d.Table, "row": d.Row, "why": d.Why})
		}
		out["damages"], out["more"] = damages, v.More
		_ = json.NewEncoder(p.out).Encode(out)
		return
	}
	p.say("Read %d entries, %d cases, %d envelopes, %d files.", v.Entries, v.Cases, v.Envelopes, v.Files)
	for _, n := range v.Notes {
		p.say("Note: %s", n)
	}
	p.say("Outside the record, not checked: %s.", strings.Join(v.Scratch, ", "))
	for _, d := range v.Damages {
		p.say("DAMAGE: %s.", d.Error())
	}
	if v.More > 0 {
		p.say("And %d more.", v.More)
	}
	if v.First() != nil {
		p.say("Stop the program, keep a copy of the data folder as it is, and compare with a backup.")
		return
	}
	p.say("The record is sound.")
}
