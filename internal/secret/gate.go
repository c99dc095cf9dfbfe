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
// Who is known has places of their own, twenty too, so that strangers cannot take
// them all. A process makes one and shares it: a flood of sign-ins then costs one
// processor for a while and 64 MiB, and takes nothing from reporters or members.
type Gate struct {
	strangers, known chan struct{} // a place for the running one and each waiting one
	turn             chan struct{} // held by the running one
}

// NewGate makes the process's gate.
func NewGate() *Gate {
	line := func() chan struct{} { return make(chan struct{}, 1+queueLimit) }
	return &Gate{strangers: line(), known: line(), turn: make(chan struct{}, 1)}
}

// Place is a place at the gate. It is left when all is done, and used by one.
type Place struct {
	g    *Gate
	line chan struct{}
}

// Enter takes a place; [ErrBusy] at once where all are taken.
func (g *Gate) Enter(known bool) (Place, error) {
	p := Place{g, g.strangers}
	if known {
		p.line = g.known
	}
	select {
	case p.line <- struct{}{}:
		return p, nil
	default:
		return Place{}, ErrBusy
	}
}

// Leave gives the place to the next.
func (p Place) Leave() { <-p.line }

// DeriveKEK is [DeriveKEK] in turn. It answers ctx's error where ctx ends while
// waiting. Once begun, the work is not interrupted.
func (p Place) DeriveKEK(ctx context.Context, password string, params Params, pepper Pepper) (KEK, error) {
	var k KEK
	err := p.pass(ctx, func() { k = DeriveKEK(password, params, pepper) })
	return k, err
}

// DeriveKEK is Place.DeriveKEK at a stranger's place, left at once.
func (g *Gate) DeriveKEK(ctx context.Context, password string, p Params, pepper Pepper) (KEK, error) {
	place, err := g.Enter(false)
	if err != nil {
		return KEK{}, err
	}
	defer place.Leave()
	return place.DeriveKEK(ctx, password, p, pepper)
}

func (p Place) pass(ctx context.Context, work func()) error {
	turn := p.g.turn
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
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
