package verify

import (
	"bytes"
	"crypto/sha256"
	"math"
	"slices"
	"sort"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// page is how many rows are in memory at once.
const page = 256

// mark is a root that the tree must have had at a size.
type mark struct {
	head  audit.Head
	table Part
	row   string
}

// tree is what the pass over the entries learns.
type tree struct {
	audit.Frontier
	marks               []mark
	checkpoints         map[int64]record.Checkpoint // by size, those whose closing was not met yet
	streams             map[string]*stream
	lastClosing         int64           // its entry's place, -1 before the first
	counters            record.Counters // as that closing states them
	since               record.Counters // what the entries behind it change
	before              []byte          // SHA-256 of the checkpoint before
	day, closed         ethics.Day      // newest day of an entry, and that was closed
	buckets             audit.Map
	dirty               map[string]bool
	byBucket            map[int][]string
	entry, node, marked *Damage
	later               []*Damage // what differs where an entry does
}

// entries recomputes every leaf and node, and holds the roots against the head, the
// checkpoints, the closings and what was known before.
func (v *run) entries() error {
	t := &v.tree
	t.streams, t.buckets, t.lastClosing = map[string]*stream{}, audit.Map{}, -1
	t.since = record.Counters{}
	t.dirty, t.byBucket = map[string]bool{}, map[int][]string{}
	sort.SliceStable(t.marks, func(a, b int) bool { return t.marks[a].head.Size < t.marks[b].head.Size })
	t.compare()
	from, size := int64(math.MinInt64), v.out.Head.Size
	for more := true; more; {
		list, bad, err := v.raw.Entries(from, page)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		last := list[len(list)-1].Index
		from, more = last+1, last < math.MaxInt64
		first := tlog.StoredHashCount(t.Size)
		var nodes []tlog.Hash
		for _, e := range list {
			row := strconv.FormatInt(e.Index, 10)
			if e.Index < t.Size || e.Index >= size {
				v.damage(PartEntry, row, whyOutlying)
				continue
			}
			if e.Index > t.Size {
				v.damage(PartEntry, strconv.FormatInt(t.Size, 10), WhyMissing)
				return v.judge(false) // behind it everything differs
			}
			if err := bad[e.Index]; err != nil {
				v.damage(PartEntry, row, because(err))
			}
			v.learn(e)
			nodes = append(nodes, t.Add(audit.LeafHash(e))...)
			t.compare()
			v.closing(e)
		}
		if err := v.nodes(first, nodes); err != nil {
			return err
		}
		if err := v.tick(int64(len(list))); err != nil {
			return err
		}
	}
	v.out.Entries = t.Size
	if t.Size < size {
		v.damage(PartEntry, strconv.FormatInt(t.Size, 10), WhyMissing)
		return v.judge(false)
	}
	return v.judge(true)
}

// learn takes an entry into its stream: numbers without a gap, each linked to the
// one before, days that never fall, a body that is the one in the frame.
func (v *run) learn(e audit.Entry) {
	t := &v.tree
	row := strconv.FormatInt(e.Index, 10)
	s := t.streams[e.Stream]
	if s == nil {
		s = &stream{erased: -1, blank: -1}
		t.streams[e.Stream] = s
		b := audit.Bucket(e.Stream)
		t.byBucket[b] = append(t.byBucket[b], e.Stream)
	}
	if err := record.Stands(e); err != nil {
		v.damage(PartEntry, row, because(err))
		s.nowhere = true
	}
	switch {
	case e.Number != s.count || e.Prev != s.last:
		v.damage(PartEntry, row, whyf("does not follow the one before it in %s", e.Stream))
	case e.Day < t.day:
		v.damage(PartEntry, row, whyEarlier)
	case !e.Erased() && !e.Whole():
		v.damage(PartEntry, row, whyBody)
	}
	t.day = max(t.day, e.Day)
	s.count, s.last = e.Number+1, audit.LeafHash(e)
	switch {
	case e.Erased():
		s.blank, s.blankAt = e.Number, e.Index
	case record.Erases(e):
		s.erased, s.at = e.Number, e.Index
	}
	t.dirty[e.Stream] = true
	t.since.Add(record.Counted(e))
}

// closing holds a day's closing against what stands before it.
func (v *run) closing(e audit.Entry) {
	t := &v.tree
	if e.Stream != ethics.StreamDays || e.Kind != record.KindDayClosed {
		return
	}
	row := strconv.FormatInt(e.Index, 10)
	c, there := t.checkpoints[e.Index+1]
	day := string(e.FactOf(record.FactDay))
	switch {
	case !there:
		v.damage(PartCheckpoint, day, whyNoCheckpoint)
	case c.Day != day:
		v.damage(PartCheckpoint, c.Day, whyf("its closing is of %s", day))
	case day <= t.closed:
		v.damage(PartCheckpoint, day, whyLaterClosed)
	}
	t.closed = max(t.closed, day)
	delete(t.checkpoints, e.Index+1)
	root := v.mapBefore(e)
	counters, err := record.ParseCounters(e.FactOf(record.FactCounters))
	switch {
	case !bytes.Equal(root[:], e.FactOf(record.FactMap)):
		t.later = append(t.later, &Damage{PartMap, day, whyf("the streams before entry %s give another root", row)})
	case !bytes.Equal(t.before, e.FactOf(record.FactBefore)):
		t.later = append(t.later, &Damage{PartCheckpoint, day, whyOtherBefore})
	case err != nil:
		v.damage(PartEntry, row, because(err))
	}
	t.lastClosing, t.counters, t.since = e.Index, counters, record.Counters{}
	sum := sha256.Sum256(c.Note)
	t.before = sum[:]
}

// mapBefore is the map's root over everything before a closing.
func (v *run) mapBefore(closing audit.Entry) tlog.Hash {
	t := &v.tree
	touched := map[int]bool{}
	for name := range t.dirty {
		touched[audit.Bucket(name)] = true
	}
	t.dirty = map[string]bool{closing.Stream: true} // its own entry is for the next
	for b := range touched {
		var all []audit.StreamState
		for _, name := range t.byBucket[b] {
			st := audit.State{Count: t.streams[name].count, Last: t.streams[name].last}
			if name == closing.Stream {
				st = audit.State{Count: closing.Number, Last: closing.Prev}
			}
			if st.Count > 0 {
				all = append(all, audit.StreamState{Stream: name, State: st})
			}
		}
		delete(t.buckets, b)
		if len(all) > 0 {
			t.buckets[b] = audit.BucketRoot(all)
		}
	}
	return t.buckets.Root()
}

// nodes holds stored nodes from an id on against the computed ones.
func (v *run) nodes(first int64, want []tlog.Hash) error {
	t := &v.tree
	next := first
	differs := func(id int64, why Why) {
		level, n := tlog.SplitStoredHashIndex(id)
		if t.node == nil {
			t.node = &Damage{PartNode, strconv.FormatInt(id, 10), why}
		}
		if level == 0 && t.entry == nil {
			t.entry = &Damage{PartEntry, strconv.FormatInt(n, 10), whyLeaf}
		}
	}
	err := v.raw.Nodes(first, first+int64(len(want)), func(id int64, hash []byte) {
		for ; next < id; next++ {
			differs(next, WhyMissing)
		}
		if string(hash) != string(want[id-first][:]) {
			differs(id, whyNode)
		}
		next = id + 1
	})
	for ; err == nil && next < first+int64(len(want)); next++ {
		differs(next, WhyMissing)
	}
	return err
}

// names are the streams that the pass found, in order.
func (t *tree) names() []string {
	out := make([]string, 0, len(t.streams))
	for name := range t.streams {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
