package store

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/record"
)

// LogLine is an entry as the auditor sees it: day, kind and index; or a run of
// fillers of one day, which are many and all the same.
type LogLine struct {
	Index int64 // of the entry, or the newest of a run
	First int64 // the oldest of a run, else Index
	Day   string
	Kind  audit.EntryKind
}

// LogPage is a page of the log, newest first, before an index (0: from the end):
// so many lines, with runs of fillers folded into one each. All of it is proven to
// stand in the tree, the entries of a run too, and none is left out.
func (tx *ReadTx) LogPage(before int64, lines int) ([]LogLine, error) {
	head, _, err := tx.Head()
	if err != nil {
		return nil, err
	}
	if before <= 0 || before > head.Size {
		before = head.Size
	}
	var out []LogLine
	var leaves []tlog.Hash // from the newest on
	err = tx.c.each(entryColumns+
		`where idx < $1 order by idx desc`, []any{before}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		if err != nil {
			return err
		}
		l := LogLine{Index: e.Index, First: e.Index, Day: e.Day, Kind: e.Kind}
		if e.Erased() {
			l.Kind = record.KindBlank
		} else if !e.Whole() {
			return fmt.Errorf("entry %d has another body: %w", e.Index, audit.ErrTampered)
		}
		if next := before - 1 - int64(len(leaves)); e.Index != next {
			return fmt.Errorf("entry %d is gone: %w", next, audit.ErrTampered)
		}
		n := len(out) - 1
		run := n >= 0 && l.Kind == audit.KindFiller && out[n].Kind == l.Kind && out[n].Day == l.Day
		switch {
		case run:
			out[n].First = l.Index
		case len(out) == lines:
			return errPageFull
		default:
			out = append(out, l)
		}
		leaves = append(leaves, audit.LeafHash(e))
		return nil
	})
	switch full := errors.Is(err, errPageFull); {
	case err != nil && !full:
		return nil, err
	case !full && int64(len(leaves)) != before:
		return nil, fmt.Errorf("entry %d is gone: %w", before-1-int64(len(leaves)), audit.ErrTampered)
	}
	return out, tx.stand(head, before, leaves)
}

// stand proves that these leaves, the newest first, are those of the tree up to a size.
func (tx *ReadTx) stand(head audit.Head, size int64, leaves []tlog.Hash) error {
	r := nodeReader{tx.c}
	front, err := audit.ReadFrontier(size-int64(len(leaves)), r)
	if err != nil {
		return err
	}
	for _, leaf := range slices.Backward(leaves) {
		front.Add(leaf)
	}
	return audit.Extends(audit.Head{Origin: head.Origin, Size: size, Root: front.Root()}, head, r)
}

var errPageFull = errors.New("store: the page is full")
