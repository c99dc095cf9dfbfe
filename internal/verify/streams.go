package verify

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// read gives a stream's entries, from «erased» on where it was erased, and what they
// say about its rows. What the pass over all entries found is what counts: an index
// that leaves some out is seen.
func (v *run) read(name string) ([]audit.Entry, *record.Ledger, error) {
	s := v.tree.streams[name]
	list, err := v.raw.Stream(name)
	if err != nil {
		v.damage(PartEntry, name, because(err))
		return nil, nil, nil
	}
	last := tlog.Hash{}
	if n := len(list); n > 0 {
		last = audit.LeafHash(list[n-1])
	}
	if int64(len(list)) != s.count || last != s.last {
		v.damage(PartSchema, "entry_stream", whyf("gives %d entries of %s, there are %d", len(list), name, s.count))
		return nil, nil, nil
	}
	v.blanks(name, list)
	l := record.NewLedger(name)
	if s.erased >= 0 {
		l.Erased(list[:s.erased])
		list = list[s.erased:]
	}
	for _, e := range list {
		if e.Erased() {
			return nil, nil, nil // named by blanks
		}
		if s.erased >= 0 && !store.OfErased(e) {
			v.damage(PartEntry, strconv.FormatInt(e.Index, 10), whySpeaks)
		}
		if err := l.Take(e); err != nil {
			v.damage(PartEntry, strconv.FormatInt(e.Index, 10), because(err))
			return nil, nil, nil
		}
		v.counted.Add(record.Counted(e))
	}
	for label := range l.Live {
		v.live[record.KindOf(label)]++
	}
	return list, l, nil
}

// blanks: a body may be gone only below an intact «erased», and once a day was
// closed since, every one below it must be.
func (v *run) blanks(name string, list []audit.Entry) {
	s := v.tree.streams[name]
	for _, e := range list {
		row := strconv.FormatInt(e.Index, 10)
		switch {
		case e.Erased() && e.Number >= s.erased:
			v.damage(PartEntry, row, whyf("blank, and no later entry «erased» of %s says so", name))
		case !e.Erased() && e.Number < s.erased && s.at < v.tree.lastClosing:
			v.damage(PartEntry, row, whyf("older than the erasure of %s, and not blank", name))
		}
	}
}

// streams holds the rows of every stream against its entries.
func (v *run) streams() error {
	for _, name := range v.tree.names() {
		if name == ethics.StreamRoster || v.tree.streams[name].nowhere {
			continue // people has read it
		}
		if s := v.tree.streams[name]; name == ethics.StreamFiller { // nothing is noted in it
			if s.blank >= 0 {
				v.damage(PartEntry, strconv.FormatInt(s.blankAt, 10),
					whyf("blank, and no later entry «erased» of %s says so", name))
			}
			continue
		}
		list, l, err := v.read(name)
		if err != nil {
			return err
		}
		if l == nil {
			continue
		}
		if err := v.object(name, list, l); err != nil {
			return err
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// object holds one stream's rows against its entries.
func (v *run) object(name string, list []audit.Entry, l *record.Ledger) error {
	if id := ethics.CaseOf(name); id != "" {
		return v.oneCase(id, list, l)
	}
	found, err := v.rows(name, l)
	if err != nil {
		return err
	}
	if id := ethics.ConsultationOf(name); id != "" {
		v.consultation(list, found, l)
		v.consultationActs(list)
	}
	return nil
}

// rows holds each row of a stream against its label, and demands one for each label
// in force. It gives the rows that are as the log says.
func (v *run) rows(name string, l *record.Ledger) ([]any, error) {
	var good []any
	left := map[string]bool{}
	for label := range l.Live {
		if record.KindOf(label) != record.KeysName {
			left[label] = true
		}
	}
	_, object, isObject := strings.Cut(name, "/")
	for _, d := range record.All {
		i := d.About()
		if !i.May(name) {
			continue
		}
		of := ""
		if isObject && i.Case+i.Object != "" {
			of = object
		}
		err := v.raw.Rows(d, of, func(row any) error {
			if of == "" && d.StreamOf(row) != name {
				return nil // of another object: members have one table
			}
			v.met[i.Name]++
			n := d.Noted(row)
			if v.match(l, n) && v.on(l, d, row) {
				good = append(good, row)
			}
			delete(left, n.Label)
			return nil
		})
		if err != nil { // a value that no program wrote must not hide what else is wrong
			v.damage(ofRows(i.Name), i.Table, unread(err))
		}
	}
	missing := make([]string, 0, len(left))
	for label := range left {
		missing = append(missing, label)
	}
	slices.Sort(missing)
	for _, label := range missing {
		v.spoilt(label, WhyMissing)
	}
	return good, nil
}

// on holds a row's day, where it has one, against that of the entry that brought it.
func (v *run) on(l *record.Ledger, d record.Descriptor, row any) bool {
	day, has := d.DayOf(row)
	label := d.Noted(row).Label
	if has && !l.On(label, day) {
		v.spoilt(label, whyOtherDay)
		return false
	}
	return true
}

// match holds one row against the digest in force of its label.
func (v *run) match(l *record.Ledger, r record.Row) bool {
	d, live := l.Live[r.Label]
	switch {
	case l.Ended[r.Label]:
		v.spoilt(r.Label, WhyEnded)
	case !live:
		v.spoilt(r.Label, WhyAdded)
	case d != r.Digest:
		v.spoilt(r.Label, WhyChanged)
	default:
		return true
	}
	return false
}

// tables counts every table, without an index, against the labels in force and the
// rows that the streams gave; where the numbers differ it looks for rows that no
// stream has. One that is missing does not make up for one too many.
func (v *run) tables() error {
	for _, d := range record.All {
		i := d.About()
		n, err := v.raw.Count(d)
		if err != nil {
			return err
		}
		want := v.live[i.Name] + v.live[i.Again]
		if v.out.Head.Size == 0 && i == record.Installations.About() {
			want = n // before the founding the installation stands alone
		}
		if n == want && (n == v.met[i.Name] || v.out.Head.Size == 0) {
			continue
		}
		if err := v.foreign(d); err != nil {
			return err
		}
		if n != want && !v.named[i.Name] {
			v.damage(ofRows(i.Name), i.Table, whyf("the table has %d rows, the log %d", n, want))
		}
	}
	v.counters()
	return nil
}

// foreign names the rows of a table that belong to no stream of the log.
func (v *run) foreign(d record.Descriptor) error {
	err := v.raw.Rows(d, "", func(row any) error {
		if v.tree.streams[d.StreamOf(row)] == nil {
			v.spoilt(d.Noted(row).Label, WhyAdded)
		}
		return nil
	})
	if err != nil && !v.named[d.About().Name] {
		v.damage(ofRows(d.About().Name), d.About().Table, unread(err))
	}
	return nil
}

// counters holds what the last closing states, with the entries since, against what
// the streams give. Before the first closing all entries are «since».
func (v *run) counters() {
	want := record.Counters{}
	want.Add(v.tree.counters)
	want.Add(v.tree.since)
	for _, all := range []record.Counters{want, v.counted} {
		for name := range all {
			if want[name] != v.counted[name] && !v.named[name] {
				v.damage(PartMap, name, whyf("the closings say %d, the log has %d", want[name], v.counted[name]))
				v.named[name] = true
			}
		}
	}
}
