package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// rows are the damaged rows of a verification, sorted.
func (v Verification) rows() []string {
	var out []string
	for _, d := range v.Damages {
		out = append(out, d.Table+" "+d.Row)
	}
	slices.Sort(out)
	return out
}

// TestVerifyNamesEveryDamage: what was spoilt in many places at once is named in
// each, and nothing that is sound is accused.
func TestVerifyNamesEveryDamage(t *testing.T) {
	from, cases := populated(t)
	w := from.copy(t)
	a, b := cases[0], cases[1]
	var want []string
	spoil := func(row, query string, args ...any) {
		t.Helper()
		w.exec(query, args...)
		want = append(want, row)
	}
	spoil("member anna", `update member set email = 'x' where id = 'anna'`)
	spoil("member carl", `delete from member where id = 'carl'`)
	spoil("checkpoint 2026-11-21", `update checkpoint set size = size - 1 where day = '2026-11-21'`)
	spoil("entry 9", `delete from entry where idx = 9`)   // a filler
	spoil("entry 12", `delete from entry where idx = 12`) // another
	spoil("entry 140", `insert into entry select 140, 'new', day, kind, actor, case_id, details, blinding from entry where idx = 1`)
	spoil("node 6", `update node set hash = zeroblob(32) where id = 6`)
	spoil("node 10", `delete from node where id = 10`) // a leaf whose entry is there
	for _, c := range []filed{a, b} {
		spoil("event "+c.ID+"/0", `update case_event set day = '2026-01-01' where n = 0 and case_id = ?`, c.ID)
		spoil("event "+c.ID+"/1", `delete from case_event where n = 1 and case_id = ?`, c.ID)
		spoil("envelope "+c.envelopes[0].ID, `update envelope set sealed = x'00' where id = ?`, c.envelopes[0].ID)
		spoil("envelope "+c.envelopes[1].ID, `update envelope set day = '2026-01-01' where id = ?`, c.envelopes[1].ID)
		spoil("chunk "+c.file.ID+"/0", `update chunk set data = x'00' where n = 0 and file_id = ?`, c.file.ID)
		spoil("chunk "+c.file.ID+"/2", `delete from chunk where n = 2 and file_id = ?`, c.file.ID)
		spoil("proposal p"+c.ID, `update proposal set state = 'approved' where case_id = ?`, c.ID)
	}
	spoil("case "+b.ID, `update cases set state = 'closed' where id = ?`, b.ID)
	spoil("chunk nobody/0", `insert into chunk values ('nobody', 0, x'00')`)
	spoil("chunk nobody/1", `insert into chunk values ('nobody', 1, x'00')`)
	v := w.verify(VerifyOptions{Founders: &w.founders})
	slices.Sort(want)
	if got := v.rows(); !slices.Equal(got, want) {
		for _, d := range v.Damages {
			if !slices.Contains(want, d.Table+" "+d.Row) {
				t.Error(d)
			}
		}
		t.Errorf("named\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if v.Cases != 2 || v.Files != 2 || v.More != 0 || v.Faults() != len(want) {
		t.Errorf("%d cases, %d files, %d faults", v.Cases, v.Files, v.Faults())
	}
}

// TestVerifyGoesOnWithout: the head, the installation or an appointment that cannot
// be read hides nothing else, and accuses nobody's signature.
func TestVerifyGoesOnWithout(t *testing.T) {
	from, cases := populated(t)
	event := "event " + cases[1].ID + "/0"
	for _, x := range []struct {
		row, query string
		note       bool
	}{
		{"head 1", `delete from tree_head`, false},
		{"head 1", `update tree_head set note = x'00'`, false},
		{"installation 1", `update installation set uuid = 'x'`, true},
		{"appointment " + from.text(`select id from statement where n = 0`), `update statement set body = x'00' where n = 0`, true},
		{"entry " + from.text(`select max(idx) from entry where kind = 'filler'`), `update entry set details = x'ff' where idx = (select max(idx) from entry where kind = 'filler')`, false},
	} {
		w := from.copy(t)
		w.exec(x.query)
		w.exec(`update case_event set name = 'closed' where n = 0 and case_id = ?`, cases[1].ID)
		v := w.verify(VerifyOptions{Founders: &w.founders})
		if got := v.rows(); !slices.Equal(got, []string{x.row, event}) && !slices.Equal(got, []string{event, x.row}) {
			t.Errorf("%s: named %q", x.query, got)
		}
		if said := len(v.Notes) == 1; said != x.note {
			t.Errorf("%s: notes %q", x.query, v.Notes)
		}
	}
}

// TestVerifyNamesSomeThousands: more damage than anybody reads is counted.
func TestVerifyNamesSomeThousands(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	w.exec(`with recursive n(i) as (select 0 union all select i + 1 from n where i < 4999) insert into chunk select 'nobody', i, x'00' from n`)
	v := w.verify(VerifyOptions{Founders: &w.founders})
	if len(v.Damages) != mostDamages || v.Faults() != 5000 || v.Damages[0].Row != "nobody/0" {
		t.Errorf("%d named, %d in all, first %v", len(v.Damages), v.Faults(), v.Damage())
	}
}

// TestVerifyEntryAndNode: a changed entry beside a changed node of another, where the
// signed root agrees with neither, is named all the same.
func TestVerifyEntryAndNode(t *testing.T) {
	from, _ := populated(t)
	w := from.copy(t)
	w.exec(`update entry set actor = 'berta' where idx = 5`)
	w.exec(`update node set hash = zeroblob(32) where id = 7`) // the leaf of entry 4
	w.exec(`update checkpoint set note = (select note from checkpoint where day = '2026-11-22') where day = '2026-11-21'`)
	if got := w.verify(VerifyOptions{}).rows(); fmt.Sprint(got) != "[checkpoint 2026-11-21 entry 4 entry 5]" {
		t.Errorf("named %q", got)
	}
}
