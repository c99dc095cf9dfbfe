package secret

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrBusy says that twenty sign-ins already wait. The page answers 503 with calm
// words; nothing about the password was looked at.
var ErrBusy = errors.New("secret: too many sign-ins are waiting")

// queueLimit is how many wait behind the one that runs: two to three seconds.
const queueLimit = 20

// Gate lets one Argon2id run at a time and twenty wait, first come first served.
// A process makes one and shares it: a flood of sign-ins then costs one
// processor for a while and 64 MiB, and takes nothing from reporters.
type Gate struct {
	inside chan struct{} // a place for the running one and each waiting one
	turn   chan struct{} // held by the running one
}

// NewGate makes the process's gate.
func NewGate() *Gate {
	return &Gate{inside: make(chan struct{}, 1+queueLimit), turn: make(chan struct{}, 1)}
}

// DeriveKEK is [DeriveKEK] in turn. It answers [ErrBusy] at once where the queue
// is full, and ctx's error where ctx ends while waiting; a waiter that leaves
// frees its place. Once begun, the work is not interrupted.
func (g *Gate) DeriveKEK(ctx context.Context, password string, p Params, pepper Pepper) (KEK, error) {
	var k KEK
	err := g.pass(ctx, func() { k = DeriveKEK(password, p, pepper) })
	return k, err
}

func (g *Gate) pass(ctx context.Context, work func()) error {
	select {
	case g.inside <- struct{}{}:
		defer func() { <-g.inside }()
	default:
		return ErrBusy
	}
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return fmt.Errorf("secret: wait for a turn: %w", ctx.Err())
	}
	if ctx.Err() != nil { // both were ready, and select chose the turn
		return fmt.Errorf("secret: wait for a turn: %w", ctx.Err())
	}
	// Argon2id's blocks are garbage now. Left to itself the collector would keep
	// them for minutes, and the next sign-in would take as much again.
	defer debug.FreeOSMemory()
	work()
	return nil
}
