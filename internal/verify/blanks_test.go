package verify_test

import (
	"slices"
	"strings"
	"testing"

	"svilpe/internal/audit"
	"svilpe/internal/record"
	"svilpe/internal/store/storetest"
)

// TestBlanksAreRefused: only a later entry of two people makes an entry blank.
func TestBlanksAreRefused(t *testing.T) {
	from, cases := storetest.WithAuditor(t)
	live := cases[1]
	from.Write("opened", ofCase(live.ID), nothing) // an entry whose loss no row tells
	e := from.Erasure(cases[0], "anna", "audra")
	must(t, from.Approve(e))
	must(t, from.Erase(e))
	from.Sound()
	from.Close(today)
	from.Sound()
	from.Stop()
	blank := `update entry set kind = '', actor = '', body = x'', blinding = x'' where `
	gone := ` where kind = '' and stream = 'case/` + e.Case + `'`
	for name, x := range map[string]struct{ query, table, why string }{
		"a live case's last": {
			blank + `idx = (select max(idx) from entry where stream = 'case/` + live.ID + `')`,
			"entry", "blank, and no later",
		},
		"a whole live case": {blank + `stream = 'case/` + live.ID + `'`, "entry", "blank, and no later"},
		"of no case":        {blank + `idx = 0`, "entry", "blank, and no later"},
		"a closing":         {blank + `kind = 'day_closed'`, "entry", "blank, and no later"},
		"a filler":          {blank + `kind = 'filler'`, "entry", "blank, and no later"},
		"hidden in an erased case": {
			blank + `kind = 'opened'; update entry set stream = 'case/` + e.Case +
				`', number = number + 90 where idx = (select max(idx) from entry where kind = '' and stream = 'case/` +
				live.ID + `')`, "entry", "",
		},
		"to no case": {`update entry set stream = 'program'` + gone, "entry", "does not follow"},
		"to another case": {
			`update entry set stream = 'case/` + live.ID + `', number = number + 90` + gone, "entry", "does not follow",
		},
		"with a name":         {`update entry set actor = 'anna'` + gone, "entry", ""},
		"with a day":          {`update entry set day = '2025-12-31'` + gone, "entry", "earlier day"},
		"with a body":         {`update entry set body = x'00'` + gone, "entry", ""},
		"with another digest": {`update entry set sum = zeroblob(32)` + gone + ` and number = 1`, "entry", ""},
		"a kind alone": {
			`update entry set kind = '' where idx = (select max(idx) from entry where stream = 'case/` + live.ID + `')`,
			"entry", "",
		},
		"the erased one":   {blank + `kind = 'erased'`, "entry", "blank, and no later"},
		"the erasure gone": {`delete from erasure`, "erasure", whyMissing},
		"another person":   {`update erasure set second = 'berta'`, "erasure", whyChanged},
		"a row put back": {
			`insert into case_event values ('` + e.Case + `', 0, 'received', '2026-11-22')`, "event", whyAdded,
		},
		"the case's row put back": {
			`insert into cases select '` + e.Case +
				`', 'n', x'00', institution, category, track, state, previous, received, changed, due, due_id, ` +
				`epoch, sequence, reporter_recipient, reporter_verifier from cases`, "case", whyAdded,
		},
		"an erasure made up": {
			`insert into erasure select '` + live.ID +
				`', number, institution, asked, digest, grounds, first, first_signature, second, second_signature, ` +
				`day, until from erasure`, "erasure", whyAdded,
		},
		"what is counted gone":    {`delete from tombstone`, "tombstone", whyMissing},
		"what is counted changed": {`update tombstone set category = 'other'`, "tombstone", whyChanged},
	} {
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			w.Exec(x.query)
			w.Names(x.table, "", x.why)
		})
	}
}

// TestBodiesLeft: what an erasure has to take away, and did not, is named.
func TestBodiesLeft(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	e := w.Erasure(cases[0], "anna", "audra")
	must(t, w.Approve(e))
	must(t, w.Erase(e))
	kept := w.Column(
		`select idx || ' ' || kind || ' ' || actor || ' ' || hex(body) || ' ' || hex(blinding) from entry where `+
			`stream = ? and number = 0`, ofCase(e.Case))
	w.Close(today)
	w.Sound()
	f := strings.Fields(kept[0])
	w.Exec(`update entry set kind = ?, actor = ?, body = unhex(?), blinding = unhex(?) where idx = ?`,
		f[1], f[2], f[3], f[4], f[0])
	w.Names("entry", f[0], "and not blank")
}

// TestErasedWithoutAWord: the operator writes that a case was erased, and takes it
// away. Two people say so, or it is damage.
func TestErasedWithoutAWord(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	id := cases[1].ID
	w.Append(ofCase(id), audit.Body{Kind: record.KindErased, Actor: "audra"})
	for _, d := range record.All {
		if i := d.About(); i.Case != "" &&
			!slices.Contains([]string{"case_code", "erasure_asked", "measure"}, i.Table) {
			w.Exec(`delete from `+i.Table+` where `+i.Case+` = ?`, id)
		}
	}
	w.Define(`delete from chunk`)
	w.Names("erasure", id, "the log says that the case was erased")
	w.Names("tombstone", id, "the log says that the case was erased")
}
