package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// declared fills two registers with n declarations each.
func declared(w *storetest.World, n int) {
	w.Exec(`with recursive c(i) as (select 0 union all select i + 1 from c where i < ?)
		insert into gift select 'g' || i, case when i % 2 = 0 then 'home' else 'near' end,
			'D-' || substr('0000' || (i * 7919 % 100003), -6), x'01',
			date('2026-11-22', '-' || (i / 7) || ' days'), x'02' from c`, 2*n-1)
}

// TestTwoRegistersAreOneList: who keeps two registers turns one set of pages, and each
// page gets no more rows out of the database than one of each, however many there are.
func TestTwoRegistersAreOneList(t *testing.T) {
	for _, n := range []int{10, 4000} {
		w := storetest.SetUp(t)
		declared(w, n)
		places := []string{"home", "near"}
		storetest.Must(t, w.S.Read(context.Background(), func(tx *store.ReadTx) error {
			var seen []store.Gift
			at := store.GiftKey{}
			for {
				page, err := tx.Gifts(places, "", at, 20)
				storetest.Must(t, err)
				if len(page) > 20 {
					t.Fatalf("%d rows", len(page))
				}
				if len(page) == 0 {
					break
				}
				total, before, err := tx.CountGifts(places, "", store.PlaceOf(page[0]))
				storetest.Must(t, err)
				if total != 2*n || before != len(seen) {
					t.Fatalf("%d in all, %d before; %d were seen", total, before, len(seen))
				}
				seen = append(seen, page...)
				at = store.PlaceOf(page[len(page)-1])
				back := at
				back.Back = true
				again, err := tx.Gifts(places, "", back, len(page)-1)
				storetest.Must(t, err)
				if len(page) > 1 && (len(again) != len(page)-1 || again[0].ID != page[0].ID) {
					t.Fatalf("back from %v: %d rows", at, len(again))
				}
			}
			if len(seen) != 2*n || !slices.IsSortedFunc(seen, store.CompareGifts) {
				t.Errorf("%d of %d, newest first: %v", len(seen), 2*n, slices.IsSortedFunc(seen, store.CompareGifts))
			}
			return nil
		}))
	}
}

// TestStrangersRowsAreLookedUp: how the lists that strangers lengthen are read. An
// index leads to the rows of a page, in their order: nothing is read through or
// sorted first. Counts come out of an index alone.
func TestStrangersRowsAreLookedUp(t *testing.T) {
	w := storetest.SetUp(t)
	declared(w, 4000)
	found := map[string]int{}
	for _, q := range queries(t) {
		want := ""
		switch q.in {
		case "CountGifts", "GiftsOn", "GiftYears":
			want = "SEARCH gift USING COVERING INDEX gift_institution (institution=?"
		case "CountConsultations":
			want = "SEARCH consultation USING COVERING INDEX consultation_institution (institution=? AND received>? " +
				"AND received<?)"
		default:
			continue
		}
		found[q.in]++
		plan := plan(w, q.text)
		if !strings.Contains(plan, want) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s reads\n%s", q.in, plan)
		}
	}
	for _, where := range store.GiftQueries() {
		got := plan(w, "select id, day, number from gift "+where)
		if !strings.Contains(got, "SEARCH gift USING") ||
			!strings.Contains(got, "gift_institution (institution=? AND day") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s reads\n%s", where, got)
		}
	}
	if len(found) != 4 {
		t.Errorf("looked at %v", found)
	}
}

func plan(w *storetest.World, query string) string {
	w.T.Helper()
	var args []any
	for i := range 9 {
		if n := fmt.Sprintf("$%d", i+1); strings.Contains(query, n) {
			args = append(args, "")
		}
	}
	rows, err := w.Raw().Query("explain query plan "+query, args...)
	storetest.Must(w.T, err)
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		storetest.Must(w.T, rows.Scan(&id, &parent, &unused, &detail))
		out = append(out, detail)
	}
	storetest.Must(w.T, rows.Err())
	return strings.Join(out, "\n")
}
