package record

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Check holds the rows against the entries, and where the case stands against what
// was signed. With reporter there are no grants and shares, no proposals and measures
// stay, and of the envelopes only what is sealed to the reporter too.
func (f *CaseFile) Check(roster *appoint.Roster, reporter bool) error {
	if err := checkRow(f, Cases, &Case{Case: f.Case, Locator: f.Locator}); err != nil {
		return err
	}
	if err := checkRows(f, Codes, f.Codes); err != nil {
		return err
	}
	if err := f.Chain(); err != nil {
		return err
	}
	if err := f.checkEpochs(); err != nil {
		return err
	}
	for n, e := range f.Events {
		if err := checkRow(f, Events, &Event{Case: f.ID, N: n, Event: e}); err != nil {
			return err
		}
	}
	if err := f.checkVault(reporter); err != nil {
		return err
	}
	complete := []string{
		Epochs.Name, Events.Name, Codes.Name, Measures.Name, Vaults.Name, Proposals.Name, Statuses.Name,
	}
	if !reporter {
		if err := f.checkMembers(roster); err != nil {
			return err
		}
		complete = append(complete, Grants.Name, Grants.Info.Again, Shares.Name, Requests.Name)
	}
	if err := f.checkMeasures(); err != nil {
		return err
	}
	if err := f.complete(complete...); err != nil {
		return err
	}
	if err := f.checkStatus(roster); err != nil {
		return err
	}
	if reporter {
		f.Proposals, f.Measures = nil, nil
	}
	f.checkEnvelopes(reporter)
	return nil
}

func (f *CaseFile) checkEpochs() error {
	if len(f.Epochs) != f.Epoch+1 {
		return fmt.Errorf("%w: %d epochs of %d", ethics.ErrUntrusted, len(f.Epochs), f.Epoch+1)
	}
	if err := checkRows(f, Epochs, f.Epochs); err != nil {
		return err
	}
	for n, e := range f.Epochs {
		if e.Number != n || !PlacedEpoch(e, f.openRemovals) {
			return fmt.Errorf("%w: epoch %d of %s", ethics.ErrUntrusted, e.Number, e.Signer)
		}
	}
	return nil
}

func (f *CaseFile) checkMembers(roster *appoint.Roster) error {
	if err := checkRows(f, Grants, f.Grants); err != nil {
		return err
	}
	for n := range f.Grants {
		g := &f.Grants[n]
		if !PlacedGrant(*g, f.Epochs, f.Grants) {
			return fmt.Errorf("%w: %s grant by %s", ethics.ErrUntrusted, g.Via, g.Giver)
		}
		if err := f.CheckGrant(*g, roster); err != nil {
			return err
		}
		g.Stated = f.HasStated(*g)
	}
	return nil
}

// HasStated tells whether the holder signed the no-conflict statement since this grant
// was given: an envelope says so, and the column is a copy of that.
func (f *CaseFile) HasStated(g Grant) bool {
	return slices.ContainsFunc(f.Envelopes, func(e ethics.Envelope) bool {
		return e.Kind == ethics.KindStatement && e.Author == g.Member && f.ledger.Holds(Envelopes.Row(&e)) &&
			f.ledger.Follows(Envelopes.Label(&e), Grants.Label(&g))
	})
}

func (f *CaseFile) checkMeasures() error {
	err := errors.Join(checkRows(f, Measures, f.Measures), checkRows(f, Proposals, f.Proposals),
		checkRows(f, Statuses, f.Statuses))
	if err != nil {
		return err
	}
	for n, m := range f.Measures {
		if m.N != n {
			return fmt.Errorf("%w: measure %d", ethics.ErrUntrusted, m.N)
		}
	}
	return nil
}

// checkVault holds a case's vault against the log. A reporter sees that there is
// one, not who holds shares.
func (f *CaseFile) checkVault(reporter bool) error {
	if f.Vault != nil {
		if err := checkRow(f, Vaults, f.Vault); err != nil {
			return err
		}
	}
	if reporter {
		return nil
	}
	if err := checkRows(f, Shares, f.Shares); err != nil {
		return err
	}
	for _, s := range f.Shares {
		if f.Vault == nil || s.Vault != f.Vault.ID || s.Dealer != f.Vault.Dealer {
			return fmt.Errorf("%w: a share of another vault", ethics.ErrUntrusted)
		}
	}
	return checkRows(f, Requests, f.Requests)
}

// checkEnvelopes counts what is missing. For the reporter it looks at all of them
// too: a row whose mark says that the reporter may not read it must be one that
// was stored like that.
func (f *CaseFile) checkEnvelopes(reporter bool) {
	all := f.Envelopes
	f.Envelopes = nil
	places := map[int]bool{}
	for _, e := range all {
		places[e.Sequence] = true
		f.rows[Envelopes.Label(&e)] = true
		switch {
		case !reporter || e.Reporter:
			f.Envelopes = append(f.Envelopes, e)
		case !f.Trusted(e):
			f.Missing++
		}
	}
	named, gaps := 0, 0
	for _, label := range f.ledger.OfKind(Envelopes.Name) {
		if !f.rows[label] {
			named++
		}
	}
	for n := range f.Sequence {
		if !places[n] {
			gaps++
		}
	}
	f.Missing += max(named, gaps)
}

// checkRows holds each row of a kind against the log.
func checkRows[R any](f *CaseFile, k *Kind[R], rows []R) error {
	for n := range rows {
		if err := checkRow(f, k, &rows[n]); err != nil {
			return err
		}
	}
	return nil
}

// checkRow holds a row against the digest in force, and its day, where it has one, against
// that of the entry that brought it.
func checkRow[R any](f *CaseFile, k *Kind[R], r *R) error {
	if k.Day != nil && !f.ledger.On(k.Label(r), k.Day(r)) {
		return fmt.Errorf("%w: %s is of another day than its entry", ethics.ErrUntrusted, k.Label(r))
	}
	return f.checkDigest(k.Row(r))
}

// rowMatches tells the same.
func rowMatches[R any](l *Ledger, k *Kind[R], r *R) bool {
	return l.Holds(k.Row(r)) && (k.Day == nil || l.On(k.Label(r), k.Day(r)))
}

// checkDigest holds a row against the digest in force.
func (f *CaseFile) checkDigest(r Row) error {
	if !f.ledger.Holds(r) {
		return fmt.Errorf("%w: %s", ethics.ErrUntrusted, r.Label)
	}
	f.rows[r.Label] = true
	return nil
}

// complete demands a row for everything of these kinds that the log has in force.
func (f *CaseFile) complete(kinds ...string) error {
	for label := range f.ledger.Live {
		if !f.rows[label] && slices.Contains(kinds, KindOf(label)) {
			return fmt.Errorf("%w: %s is gone", ethics.ErrUntrusted, label)
		}
	}
	return nil
}

// Announced tells whether an entry that ends a vault says why: another is dealt
// beside it, the reporter withdrew the details, the program erased them when
// their time was over, or the whole case is erased. Whoever can write entries
// cannot make them vanish unremarked.
func Announced(e audit.Entry) bool {
	ends := false
	for _, c := range e.Changes {
		if KindOf(c.Label) != Vaults.Name {
			continue
		}
		if c.Op == audit.Added {
			return true
		}
		ends = true
	}
	if !ends || e.Kind == KindSealedOff {
		return true
	}
	name := ethics.EventIdentityWithdrawn
	if e.Actor == ethics.ActorSystem {
		name = ethics.EventIdentityErased
	}
	return slices.ContainsFunc(e.Changes, func(c audit.Change) bool {
		caseID, number, _ := strings.Cut(KeyOf(c.Label), "/")
		n, err := strconv.Atoi(number)
		if KindOf(c.Label) != Events.Name || err != nil {
			return false
		}
		event := Event{Case: caseID, N: n, Event: ethics.Event{Name: name, Day: e.Day}}
		return Events.Row(&event).Digest == c.New
	})
}
