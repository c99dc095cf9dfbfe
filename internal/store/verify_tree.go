package store

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
)

// verifyPage is how many rows are in memory at once.
const verifyPage = 256

// treeCheck is a tree read twice: as its entries give it, and as its stored leaves
// do. A changed entry and a changed node look alike from where they meet, so who is
// right is decided at the end: what gives the signed root is right.
type treeCheck struct {
	given, stored  frontier
	entries        []*Damage // entries that differ from their stored leaf
	above, between []*Damage // nodes that differ from what the entries give, and the stored leaves
	marked         []*Damage
}

// tree recomputes every leaf and node from the entries, and holds the roots
// against the head, the checkpoints and what was known before.
func (v *verification) tree() error {
	var t treeCheck
	slices.SortStableFunc(v.marks, func(a, b mark) int { return int(min(max(a.head.Size-b.head.Size, -1), 1)) })
	marks := v.marks
	if err := v.strangers(); err != nil {
		return err
	}
	if err := v.compare(&t, &marks); err != nil {
		return err
	}
	for t.given.size < v.out.Head.Size {
		page, err := v.entryPage(t.given.size)
		if err != nil {
			return err
		}
		if err := v.treePage(&t, page, &marks); err != nil {
			return err
		}
		if err := v.tick(int64(len(page))); err != nil {
			return err
		}
	}
	v.out.Entries = t.given.size
	return v.judge(&t)
}

// strangers names rows with a number that no entry under the head can have.
func (v *verification) strangers() error {
	return v.c.each(`select idx from entry where idx < 0 or idx >= $1 order by idx`, []any{v.out.Head.Size}, v.every(func(scan func(...any) error) error {
		var idx int64
		if err := scan(&idx); err != nil {
			return err
		}
		return &Damage{"entry", strconv.FormatInt(idx, 10), "not under the signed head"}
	}))
}

// entryPage reads the next entries. For one that is missing, or cannot be read, an
// empty one stands in, whose leaf is the stored one.
func (v *verification) entryPage(index int64) ([]audit.Entry, error) {
	var page []audit.Entry
	v.blank = map[int64]bool{}
	fill := func(to int64, why string) error {
		for ; index < to && len(page) < verifyPage; index++ {
			v.blank[index] = true
			page = append(page, audit.Entry{Index: index})
			if err := v.found(&Damage{"entry", strconv.FormatInt(index, 10), why}); err != nil {
				return err
			}
		}
		return nil
	}
	err := v.c.each(entryColumns+`where idx >= $1 and idx < $2 order by idx limit $3`, []any{index, v.out.Head.Size, verifyPage}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		if err != nil && !errors.Is(err, audit.ErrTampered) && !errors.Is(err, errBlank) {
			return err
		}
		if err := fill(e.Index, whyMissing); err != nil || len(page) == verifyPage {
			return err
		}
		if errors.Is(err, audit.ErrTampered) {
			return fill(e.Index+1, err.Error())
		}
		v.blank[e.Index] = err != nil
		page, index = append(page, e), e.Index+1
		return nil
	})
	if err == nil && len(page) < verifyPage {
		err = fill(v.out.Head.Size, whyMissing)
	}
	return page, err
}

// leaf is an entry's, or the stored one of a blank entry: that it was this entry's
// the signed root says, that it may be blank its case (erased).
func (v *verification) leaf(e audit.Entry, stored tlog.Hash) tlog.Hash {
	if v.blank[e.Index] {
		return stored
	}
	return audit.LeafHash(e)
}

// learn remembers digests of rows that belong to no case. Those of cases are
// read again case by case: there may be many.
func (v *verification) learn(e audit.Entry) {
	for _, i := range e.Items {
		if !ofCase(i.Label) {
			v.labels[i.Label] = i.Digest
		}
	}
}

func ofCase(label string) bool {
	table, _, _ := strings.Cut(label, ":")
	return slices.Contains([]string{"case", "keys", "code", "epoch", "event", "grant", "envelope", "proposal", "measure", "file", "vault", "vault_share", "vault_request", "erasure", "blank", "consultation", "said"}, table)
}

// treePage grows both trees by a page, and holds the stored nodes against both.
func (v *verification) treePage(t *treeCheck, page []audit.Entry, marks *[]mark) error {
	first := tlog.StoredHashCount(t.given.size)
	kept, err := v.nodes(first, tlog.StoredHashCount(t.given.size+int64(len(page))))
	if err != nil {
		return err
	}
	id := first
	for _, e := range page {
		v.learn(e)
		leaf, there := kept[id]
		mine := v.leaf(e, leaf)
		if !there {
			leaf = mine // the best that is known of it
		}
		if mine != leaf {
			t.entries = some(t.entries, "entry", e.Index, "differs from its leaf under the signed head")
		}
		between := t.stored.add(leaf)
		for i, h := range t.given.add(mine) {
			why := "differs from the entries below it"
			stored, there := kept[id]
			if !there {
				why = whyMissing
			}
			if stored != h || !there {
				t.above = some(t.above, "node", id, why)
			}
			if stored != between[i] || !there {
				t.between = some(t.between, "node", id, why)
			}
			id++
		}
		if err := v.compare(t, marks); err != nil {
			return err
		}
	}
	return nil
}

// some collects what may become damage, no more of it than is named.
func some(list []*Damage, table string, row int64, why string) []*Damage {
	if len(list) > mostDamages {
		return list
	}
	return append(list, &Damage{table, strconv.FormatInt(row, 10), why})
}

// nodes are those stored from one id to before another.
func (v *verification) nodes(from, to int64) (map[int64]tlog.Hash, error) {
	out := map[int64]tlog.Hash{}
	err := v.c.each(`select id, hash from node where id >= $1 and id < $2 order by id`, []any{from, to}, func(scan func(...any) error) error {
		var id int64
		var hash []byte
		if err := scan(&id, &hash); err != nil {
			return err
		}
		var h tlog.Hash
		copy(h[:], hash)
		if len(hash) == len(h) {
			out[id] = h
		}
		return nil
	})
	return out, err
}

// compare holds the tree of this size against the marks that it must meet.
func (v *verification) compare(t *treeCheck, marks *[]mark) error {
	for len(*marks) > 0 && (*marks)[0].head.Size == t.given.size {
		m := (*marks)[0]
		*marks = (*marks)[1:]
		given, err := t.given.root()
		if err != nil {
			return err
		}
		stored, err := t.stored.root()
		if err != nil {
			return err
		}
		if given != m.head.Root && stored != m.head.Root {
			t.marked = append(t.marked, &Damage{m.table, m.row, fmt.Sprintf("the first %d entries give another root", t.given.size)})
		}
	}
	return nil
}

// judge names what is damaged, once the whole tree is known.
func (v *verification) judge(t *treeCheck) error {
	given, err := t.given.root()
	if err != nil {
		return err
	}
	stored, err := t.stored.root()
	if err != nil {
		return err
	}
	is := func(d *Damage) error { return d }
	var named []*Damage
	switch root := v.out.Head.Root; {
	case given == root: // the entries are right
		named = t.above
	case stored == root: // the leaves are
		named = append(t.entries, t.between...)
	case len(t.entries) > 0: // nobody can say which, and other roots follow from it
		named, t.marked = t.entries, nil
	case v.headless:
		named = t.above
	default:
		// Every entry agrees with its leaf: somebody computed the tree anew but
		// could not sign it.
		named = []*Damage{{"head", "1", "entries and nodes agree with each other, not with the signed head"}}
	}
	for _, list := range [][]*Damage{named, t.marked} {
		if err := everyOf(v, list, is); err != nil {
			return err
		}
	}
	count := tlog.StoredHashCount(t.given.size)
	return v.c.each(`select id from node where id < 0 or id >= $1 order by id`, []any{count}, v.every(func(scan func(...any) error) error {
		var id int64
		if err := scan(&id); err != nil {
			return err
		}
		return &Damage{"node", strconv.FormatInt(id, 10), "not under the signed head"}
	}))
}
