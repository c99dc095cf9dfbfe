package store

import (
	"errors"
	"fmt"

	"svilpe/internal/audit"
)

// LogLine is an entry as the auditor sees it: day, kind and index; or a run of
// fillers of one day, which are many and all the same.
type LogLine struct {
	Index int64 // of the entry, or the newest of a run
	First int64 // the oldest of a run, else Index
	Day   string
	Kind  audit.EntryKind
}

// KindBlank is how an entry whose body was erased is listed.
const KindBlank audit.EntryKind = "blank"

// LogPage is a page of the log, newest first, before an index (0: from the end):
// so many lines, with runs of fillers folded into one each. Every line is proven
// to stand in the tree; of a run, its ends.
func (tx *ReadTx) LogPage(before int64, lines int) ([]LogLine, error) {
	head, _, err := tx.Head()
	if err != nil {
		return nil, err
	}
	var out []LogLine
	var prove []audit.Entry
	err = tx.c.each(entryColumns+`where idx < $1 or $1 = 0 order by idx desc`, []any{before}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		if err != nil {
			return err
		}
		l := LogLine{Index: e.Index, First: e.Index, Day: e.Day, Kind: e.Kind}
		if e.Erased() {
			l.Kind = KindBlank
		} else if !e.Whole() {
			return fmt.Errorf("entry %d has another body: %w", e.Index, audit.ErrTampered)
		}
		if n := len(out) - 1; n >= 0 && l.Kind == audit.KindFiller && out[n].Kind == l.Kind && out[n].Day == l.Day {
			out[n].First = l.Index
			return nil
		}
		if len(out) == lines {
			return errPageFull
		}
		out, prove = append(out, l), append(prove, e)
		return nil
	})
	if err != nil && !errors.Is(err, errPageFull) {
		return nil, err
	}
	for _, e := range prove {
		if err := audit.Verify(head, e, nodeReader{tx.c}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

var errPageFull = errors.New("store: the page is full")
