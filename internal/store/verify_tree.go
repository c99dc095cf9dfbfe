package store

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// verifyPage is how many rows are in memory at once.
const verifyPage = 256

// treeCheck is what differed so far. A changed entry and a changed node look
// alike from where they meet, so who is right is decided at the end: entries
// that give the signed root are right, and then it was the node.
type treeCheck struct {
	frontier
	entry, node, marked *Damage
}

// tree recomputes every leaf and node from the entries, and holds the roots
// against the head, the checkpoints and what was known before.
func (v *verification) tree() error {
	var t treeCheck
	slices.SortStableFunc(v.marks, func(a, b mark) int { return int(min(max(a.head.Size-b.head.Size, -1), 1)) })
	marks := v.marks
	if err := t.compare(&marks); err != nil {
		return err
	}
	for from := int64(math.MinInt64); ; {
		page, err := v.entryPage(from, t.size)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		from = page[len(page)-1].Index + 1
		first := tlog.StoredHashCount(t.size)
		var nodes []tlog.Hash
		for _, e := range page {
			v.learn(e)
			leaf, err := v.leaf(e)
			if err != nil {
				return err
			}
			nodes = append(nodes, t.add(leaf)...)
			if err := t.compare(&marks); err != nil {
				return err
			}
		}
		if err := v.nodePage(&t, first, nodes); err != nil {
			return err
		}
		if err := v.tick(int64(len(page))); err != nil {
			return err
		}
	}
	v.out.Entries = t.size
	return v.judge(&t)
}

// entryPage reads the next entries; the first must have the given index, and no
// index may be missing.
func (v *verification) entryPage(from, index int64) ([]audit.Entry, error) {
	var page []audit.Entry
	v.blank = map[int64]bool{}
	err := v.c.each(entryColumns+`where idx >= $1 order by idx limit $2`, []any{from, verifyPage}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		want := index + int64(len(page))
		switch {
		case err != nil && !errors.Is(err, audit.ErrTampered) && !errors.Is(err, errBlank):
			return err
		case e.Index < want || e.Index >= v.out.Head.Size:
			return &Damage{"entry", strconv.FormatInt(e.Index, 10), "not under the signed head"}
		case e.Index > want:
			return &Damage{"entry", strconv.FormatInt(want, 10), whyMissing}
		case err != nil && !errors.Is(err, errBlank):
			return &Damage{"entry", strconv.FormatInt(e.Index, 10), err.Error()}
		}
		v.blank[e.Index] = err != nil
		page = append(page, e)
		return nil
	})
	if err == nil && len(page) == 0 && index < v.out.Head.Size {
		err = &Damage{"entry", strconv.FormatInt(index, 10), whyMissing}
	}
	return page, err
}

// leaf is an entry's, or the one that the tree has of a blank entry: that it was
// this entry's the signed root says, that it may be blank its case (erased).
func (v *verification) leaf(e audit.Entry) (tlog.Hash, error) {
	if !v.blank[e.Index] {
		return audit.LeafHash(e), nil
	}
	leaf, err := leafAt(v.c, e.Index)
	if errors.Is(err, ethics.ErrNotFound) {
		err = nil // a node that is missing is named by nodePage
	}
	return leaf, err
}

// learn remembers digests of rows that belong to no case. Those of cases are
// read again case by case: there may be many.
func (v *verification) learn(e audit.Entry) {
	stores(v.stating, e)
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

// nodePage holds stored nodes from an id on against the computed ones.
func (v *verification) nodePage(t *treeCheck, first int64, nodes []tlog.Hash) error {
	next := first
	differs := func(id int64, why string) {
		level, n := tlog.SplitStoredHashIndex(id)
		if t.node == nil {
			t.node = &Damage{"node", strconv.FormatInt(id, 10), why}
		}
		if level == 0 && t.entry == nil {
			t.entry = &Damage{"entry", strconv.FormatInt(n, 10), "differs from its leaf under the signed head"}
		}
	}
	err := v.c.each(`select id, hash from node where id >= $1 and id < $2 order by id`, []any{first, first + int64(len(nodes))},
		func(scan func(...any) error) error {
			var id int64
			var hash []byte
			if err := scan(&id, &hash); err != nil {
				return err
			}
			for ; next < id; next++ {
				differs(next, whyMissing)
			}
			if string(hash) != string(nodes[id-first][:]) {
				differs(id, "differs from the entries below it")
			}
			next = id + 1
			return nil
		})
	for ; err == nil && next < first+int64(len(nodes)); next++ {
		differs(next, whyMissing)
	}
	return err
}

// compare holds the tree of this size against the marks that it must meet.
func (t *treeCheck) compare(marks *[]mark) error {
	for len(*marks) > 0 && (*marks)[0].head.Size == t.size {
		m := (*marks)[0]
		*marks = (*marks)[1:]
		root, err := t.root()
		if err != nil {
			return err
		}
		if root != m.head.Root && t.marked == nil {
			t.marked = &Damage{m.table, m.row, fmt.Sprintf("the first %d entries give another root", t.size)}
		}
	}
	return nil
}

// judge names what is damaged, once the whole tree is known.
func (v *verification) judge(t *treeCheck) error {
	root, err := t.root()
	switch {
	case err != nil:
		return err
	case root != v.out.Head.Root && t.entry != nil:
		return t.entry
	case root != v.out.Head.Root:
		// Every entry agrees with its leaf: somebody computed the tree anew but
		// could not sign it.
		return &Damage{"head", "1", "entries and nodes agree with each other, not with the signed head"}
	case t.node != nil:
		return t.node
	case t.marked != nil:
		return t.marked
	}
	var extra int64
	count := tlog.StoredHashCount(t.size)
	if err := v.c.one(`select coalesce(min(id), -1) from node where id >= $1`, []any{count}, &extra); err != nil {
		return err
	}
	if extra < 0 {
		if err := v.c.one(`select coalesce(min(id), 0) from node`, nil, &extra); err != nil || extra >= 0 {
			return err
		}
	}
	return &Damage{"node", strconv.FormatInt(extra, 10), "not under the signed head"}
}
