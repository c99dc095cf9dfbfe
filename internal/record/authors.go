package record

import (
	"crypto/ed25519"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
)

// Classes of authors.
const (
	byReporter = 1 << iota
	bySystem
	byMember
)

// authors says which classes may sign a kind. The system's key lies on the
// server, so nothing but the fixed receipt is taken from it.
var authors = map[ethics.EnvelopeKind]int{
	ethics.KindReport:    byReporter,
	ethics.KindReceipt:   bySystem,
	ethics.KindMessage:   byReporter | byMember,
	ethics.KindFileKeys:  byReporter | byMember,
	ethics.KindNote:      byMember,
	ethics.KindExported:  byMember,
	ethics.KindRedaction: byMember,
	ethics.KindStep:      byMember,
	ethics.KindProposal:  byMember,
	ethics.KindApproval:  byMember,
	ethics.KindStatement: byMember,
	ethics.KindGrant:     byReporter | byMember,
	ethics.KindRemoval:   byMember,
	ethics.KindOldSecret: byReporter,
	ethics.KindEpoch:     byReporter | byMember,
	ethics.KindStatus:    byReporter | byMember,

	ethics.KindIdentified: byReporter,
	ethics.KindRevealed:   byMember,
	ethics.KindIdentity:   byReporter, // whoever dealt it anew
	ethics.KindVault:      byReporter | byMember,
	ethics.KindVaultShare: byReporter | byMember,
	ethics.KindVaultLoan:  byMember,
}

func classOf(author string) int {
	switch author {
	case ethics.ActorReporter:
		return byReporter
	case ethics.ActorSystem:
		return bySystem
	}
	return byMember
}

// Verifier gives the Ed25519 key of who signed a header: unseal.Verifier. For an
// epoch's signer it is asked with ethics.KindEpoch and no more than day, id and author.
// ErrUntrusted when that author does not sign that kind, was nobody who handles
// this institution's cases on that day, or signed on another day than that of the
// entry, or having seen what was not there before it.
type Verifier = func(h payload.Header) (ed25519.PublicKey, error)

// Verifier is the one rule of whose signatures count in this case, and when.
func (f *CaseFile) Verifier(roster *appoint.Roster) Verifier {
	return newVerifier(f.ledger, rule(f.ledger, f.Case, f.Installation.SystemVerifier, f.chain, roster))
}

// Rule is the part of the verifier that verification can ask, which opens nothing.
func (f *CaseFile) Rule(roster *appoint.Roster) Rule {
	return rule(f.ledger, f.Case, f.Installation.SystemVerifier, f.chain, roster)
}

func newVerifier(l *Ledger, signs Rule) Verifier {
	return func(h payload.Header) (ed25519.PublicKey, error) {
		if err := l.check(h); err != nil {
			return nil, err
		}
		return signs(ethics.EnvelopeKind(h.Kind), h.Author, h.ID, h.Day)
	}
}

// Rule is the part of a Verifier that needs nothing which is sealed: who may
// have signed the row of this kind, id and day.
type Rule func(kind ethics.EnvelopeKind, author, id string, day ethics.Day) (ed25519.PublicKey, error)

// rule judges each author by the roster as it was before the entry that brought the
// row: what is stated later takes nothing back, and gives nothing to before.
func rule(l *Ledger, c ethics.Case, system []byte, reporter chain, now *appoint.Roster) Rule {
	return func(kind ethics.EnvelopeKind, author, id string, day ethics.Day) (ed25519.PublicKey, error) {
		roster := l.rosterBefore(now, kind, id)
		class := classOf(author)
		if authors[kind]&class == 0 {
			return nil, fmt.Errorf("%w: %s by %s", ethics.ErrUntrusted, kind, author)
		}
		switch class {
		case byReporter:
			return reporter.at(kind, id).Verifier, nil
		case bySystem:
			return system, nil
		}
		// Responsible person, chair or member of the commission, here or in the
		// alternate institution: those who may sign its statements.
		if roster == nil || !roster.Handles(author, c.Institution, day) {
			return nil, fmt.Errorf("%w: %s by %s, who handled no cases here on %s",
				ethics.ErrUntrusted, kind, author, day)
		}
		if !l.heldBy(author, kind, id) {
			return nil, fmt.Errorf("%w: %s by %s, who did not hold the case", ethics.ErrUntrusted, kind, author)
		}
		return roster.Verifier(author)
	}
}

// The filing is the reporter's: one report at the head of the case, behind it the
// one receipt, epoch 0 and the routed grants, and nothing of that kind afterwards. Assigned grants are
// members'. A later epoch is a member's too; the reporter may open one only where
// the program took a grant away and nobody has opened one since, and whoever
// holds the code can know its secret. So nothing is ever sealed to it but what
// the reporter wrote: a member opens another one first.

// PlacedEnvelope tells whether an envelope stands where one of its kind may.
func PlacedEnvelope(e ethics.Envelope, epochs []Epoch, l *Ledger) bool {
	switch e.Kind {
	case ethics.KindReport:
		if e.Sequence != 0 {
			return false
		}
	case ethics.KindReceipt: // nothing else is ever taken of the system
		if e.Sequence != 1 || !l.First(Envelopes.Label(&e)) {
			return false
		}
	}
	return e.Epoch == 0 || e.Author == ethics.ActorReporter || !OfReporter(epochs, e.Epoch)
}

// OfReporter tells whether the reporter opened this epoch, behind the first:
// members do not write to it.
func OfReporter(epochs []Epoch, number int) bool {
	return number > 0 && slices.ContainsFunc(epochs, func(e Epoch) bool {
		return e.Number == number && e.Signer == ethics.ActorReporter
	})
}

// PlacedEpoch tells whether its signer might open this epoch.
func PlacedEpoch(e Epoch, d OpenRemovals) bool {
	if e.Number == 0 || e.Signer != ethics.ActorReporter {
		return (e.Number == 0) == (e.Signer == ethics.ActorReporter)
	}
	return d.owing[Epochs.Label(&e)]
}

// PlacedGrant holds a grant against the epochs and the other grants: a renewed
// one is of who opened its epoch, for somebody who came to the case before.
func PlacedGrant(g Grant, epochs []Epoch, all []Grant) bool {
	i := slices.IndexFunc(epochs, func(e Epoch) bool { return e.Number == g.Epoch })
	if i < 0 {
		return false
	}
	switch g.Via {
	case ViaRouted:
		return g.Giver == ethics.ActorReporter && g.Epoch == 0
	case ViaAssigned:
		return g.Giver != ethics.ActorReporter
	case ViaRenewed:
		return g.Epoch > 0 && g.Giver == epochs[i].Signer && slices.Contains(holders(all), g.Member)
	}
	return false
}
