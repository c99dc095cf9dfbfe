package verify

import (
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
)

// compare holds the tree of this size against the marks that it must meet.
func (t *tree) compare() {
	for len(t.marks) > 0 && t.marks[0].head.Size == t.Size {
		m := t.marks[0]
		t.marks = t.marks[1:]
		if t.Root() != m.head.Root && t.marked == nil {
			t.marked = &Damage{m.table, m.row, whyf("the first %d entries give another root", t.Size)}
		}
	}
}

// judge names what of the tree is damaged, once it is known: a changed entry and a
// changed node look alike from where they meet, and entries that give the signed
// root are right.
func (v *run) judge(whole bool) error {
	t := &v.tree
	for _, m := range t.marks {
		if m.head.Origin != v.out.Head.Origin || m.head.Size > v.out.Head.Size {
			v.damage(m.table, m.row, whyf("has %d entries of %s, the head has %d of %s",
				m.head.Size, m.head.Origin, v.out.Head.Size, v.out.Head.Origin))
		}
	}
	for _, c := range t.checkpoints {
		if whole {
			v.damage(PartCheckpoint, c.Day, whyNotClosed)
		}
	}
	sound := t.Root() == v.out.Head.Root
	var found []*Damage
	switch {
	case !whole:
	case !sound && t.entry != nil:
		found = append(found, t.entry)
	case !sound:
		// Every entry agrees with its leaf: somebody computed the tree anew but
		// could not sign it.
		found = append(found, &Damage{PartHead, "1", whyAnewTree})
	default:
		found = append(found, t.node)
	}
	for _, d := range append(append(found, t.marked), t.later...) {
		if d != nil {
			v.damage(d.Table, d.Row, d.Why)
		}
	}
	id, extra, err := v.raw.Outlying(tlog.StoredHashCount(t.Size))
	if extra && whole {
		v.damage(PartNode, strconv.FormatInt(id, 10), whyOutlying)
	}
	return err
}

// states holds the stored map against the last closing: it is where a start begins.
func (v *run) states() error {
	t := &v.tree
	stored, err := v.raw.States()
	if err != nil {
		return err
	}
	byBucket := map[int][]audit.StreamState{}
	for _, s := range stored {
		b := audit.Bucket(s.Stream)
		byBucket[b] = append(byBucket[b], s)
	}
	for b, all := range byBucket {
		if audit.BucketRoot(all) != t.buckets.Of(b) {
			v.damage(PartMap, all[0].Stream, whyReach)
		}
	}
	for b := range t.buckets {
		if len(byBucket[b]) == 0 {
			v.damage(PartMap, t.byBucket[b][0], WhyMissing)
		}
	}
	roots, err := v.raw.Buckets()
	if err != nil {
		v.damage(PartMap, "1", because(err))
		return nil
	}
	for b := range audit.Buckets {
		if roots.Of(b) != t.buckets.Of(b) {
			v.damage(PartMap, strconv.Itoa(b), whyBucket)
			break
		}
	}
	return nil
}
