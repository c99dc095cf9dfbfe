package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"svilpe/internal/registry"
)

type initCmd struct {
	Data        string `help:"Folder for the database; must hold none yet." required:"" placeholder:"DIR"`
	Keys        string `help:"Folder for the keys; must hold none. Back it up elsewhere." required:"" placeholder:"DIR"`
	Institution string `help:"Name of the institution, as reporters will read it." required:"" placeholder:"NAME"`
	JSON        bool   `help:"Print the invitations as JSON."`
}

// Help teaches what comes after.
func (initCmd) Help() string {
	return `Makes database and keys and prints four invitations, once: three founders (responsible person,
chair, commission member) and one administrator. Hand each code to its person, on paper or by
telephone. Each types it at /desk/enrol within seven days. When all four have enrolled, each founder
compares the check words with the others and signs at /desk/founding. The third signature opens
the channel. Nothing is ever overwritten (exit code 4).`
}

// Run sets the installation up.
func (c initCmd) Run(p *program) error {
	if strings.TrimSpace(c.Institution) == "" {
		return fmt.Errorf("%w: the institution needs a name", errUsage)
	}
	invited, err := registry.Init(p.ctx, c.Data, c.Keys, c.Institution, false, days(7), p.now())
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(map[string]any{"data": c.Data, "keys": c.Keys, "invitations": invited})
	}
	p.say("Made the database in %s and the keys in %s.\n\nInvitations, shown only now, good for 7 days:",
		c.Data, c.Keys)
	for _, i := range invited {
		p.say("  %-20s %s", strings.ReplaceAll(strings.Join(i.Roles, ", "), "_", " "), i.Code)
	}
	p.say("\nNext:\n  1. svilpe serve --data %s --keys %s\n  2. Each person enters the own code at /desk/enrol.",
		c.Data, c.Keys)
	p.say(
		"  3. The three founders compare check words and sign at /desk/founding.\nBack up %s apart from %s: without "+
			"it nobody signs in again.", c.Keys, c.Data)
	return nil
}
