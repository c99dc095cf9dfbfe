package store

import (
	"errors"
	"slices"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// mostDamages is how many damaged rows one verification names. More are counted.
const mostDamages = 4096

// Damage is the first that was found, nil when the record is sound.
func (v Verification) Damage() *Damage {
	if len(v.Damages) == 0 {
		return nil
	}
	return v.Damages[0]
}

// Faults is how many rows are damaged, the ones that are not named too.
func (v Verification) Faults() int { return len(v.Damages) + v.More }

// found keeps a damage and lets the reading go on; any other error is given back. A
// row is named once, with the first reason.
func (v *verification) found(err error) error {
	d := (*Damage)(nil)
	if !errors.As(err, &d) {
		return err
	}
	key := d.Table + ":" + d.Row
	switch {
	case v.named[key]:
	case len(v.out.Damages) == mostDamages:
		v.out.More++
	default:
		if v.named == nil {
			v.named = map[string]bool{}
		}
		v.named[key] = true
		v.out.Damages = append(v.out.Damages, d)
	}
	return nil
}

// foundIn is found where a reader that refuses what was changed tells of damage too.
func (v *verification) foundIn(table, row string, err error) error {
	d := (*Damage)(nil)
	if errors.As(err, &d) {
		return v.found(d)
	}
	for _, refused := range []error{audit.ErrTampered, ethics.ErrUntrusted, ethics.ErrNotFound, errBlank} {
		if errors.Is(err, refused) {
			return v.found(&Damage{table, row, err.Error()})
		}
	}
	return err
}

// every goes on to the next row after a damaged one.
func (v *verification) every(row func(scan func(...any) error) error) func(func(...any) error) error {
	return func(scan func(...any) error) error { return v.found(row(scan)) }
}

// everyOf is every, of rows that are read already.
func everyOf[T any](v *verification, list []T, check func(T) error) error {
	for _, x := range list {
		if err := v.found(check(x)); err != nil {
			return err
		}
	}
	return nil
}

// missing names the labels of a kind ("" for any) whose rows were not there.
func (v *verification) missing(labels map[string]audit.Digest, kind string) error {
	var gone []string
	for label, d := range labels {
		if strings.HasPrefix(label, kind) {
			delete(labels, label)
			if d != (audit.Digest{}) {
				gone = append(gone, label)
			}
		}
	}
	slices.Sort(gone)
	return everyOf(v, gone, func(label string) error { return damage(label, whyMissing) })
}
