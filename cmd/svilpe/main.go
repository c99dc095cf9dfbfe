// Command svilpe is the whole program: it sets an institution up, serves
// reporters and members, shows a practice instance, and verifies the record.
//
// It wires the floors and holds no logic of its own. Exit codes: 0 done, 1
// failed, 2 usage, 3 damage found, 4 refuses to overwrite.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"svilpe/internal/ethics"
)

// version is set by the linker.
var version = "unknown"

// Exit codes, for scripts.
const (
	exitFailed    = 1
	exitUsage     = 2
	exitDamage    = 3
	exitOverwrite = 4
)

// errDamage means that verify found a damaged row; it has been printed.
var errDamage = errors.New("damage found")

type cli struct {
	Serve   serveCmd   `cmd:"" help:"Serve reporters and members."`
	Init    initCmd    `cmd:"" help:"Set up an institution: database, keys, four invitations."`
	Demo    demoCmd    `cmd:"" help:"Make (once) and serve a practice instance."`
	Verify  verifyCmd  `cmd:"" help:"Re-read the whole record against its log and name every damage."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

const about = `Svilpe: confidential reports to ethics commissions.

Set up:    svilpe init --data data --keys keys --institution "Vējupes novada pašvaldība"
           Give each of the four invitations to its person; each enrols at /desk/enrol.
           Three founders compare check words and sign at /desk/founding; then reports can come.
Run:       svilpe serve --data data --keys keys
Practise:  svilpe demo --data demo/data --keys demo/keys --credentials demo/credentials.json
Check:     svilpe verify --data data --keys keys

Settings come from flags, then SVILPE_… variables (SVILPE_LIMITS__FILE_MB=50), then svilpe.toml.
Exit codes: 0 done, 1 failed, 2 usage, 3 damage found, 4 refuses to overwrite.`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// Before anything is read: every command may hold keys, and a crash may come
	// at any line.
	if err := undumpable(); err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "svilpe: %v\n", err)
		os.Exit(exitFailed)
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// program is what every command gets.
type program struct {
	ctx      context.Context //nolint:containedctx // the life of one command
	out, err io.Writer
	now      func() time.Time
}

// run is main with everything passed in, for tests.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("svilpe"), kong.Description(about), kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }), kong.UsageOnError())
	if err != nil {
		_, _ = fmt.Fprintln(errOut, err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		_, _ = fmt.Fprintf(errOut, "svilpe: %v\nTry svilpe --help.\n", err)
		return exitUsage
	}
	err = parsed.Run(&program{ctx: ctx, out: out, err: errOut, now: time.Now})
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errDamage):
		return exitDamage
	}
	_, _ = fmt.Fprintf(errOut, "svilpe: %v\n", err)
	switch {
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, ethics.ErrExists):
		return exitOverwrite
	}
	return exitFailed
}

// errUsage means that flags and folders do not fit together.
var errUsage = errors.New("usage")

func (p *program) say(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format+"\n", args...) }

type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run prints the version.
func (v versionCmd) Run(p *program) error { //nolint:unparam // every command may fail
	if v.JSON {
		p.say(`{"version":%q}`, version)
		return nil
	}
	p.say("svilpe %s", version)
	return nil
}
