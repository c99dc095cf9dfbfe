package insight

import (
	"strings"
	"testing"

	"svilpe/internal/ethics"
)

// TestClasses: nothing is in the lowest class; classes meet and never overlap.
func TestClasses(t *testing.T) {
	for n, want := range map[int]Class{
		0: {0, 4}, 1: {0, 4}, 4: {0, 4}, 5: {5, 9}, 9: {5, 9}, 10: {10, 19}, 19: {10, 19}, 20: {20, 49}, 49: {20, 49},
		50: {50, 99}, 99: {50, 99}, 100: {100, 199}, 199: {100, 199}, 200: {200, 499},
		1999: {1000, 1999}, 2000: {2000, 4999},
	} {
		if got := class(n); got != want {
			t.Errorf("%d is in %d–%d", n, got.From, got.To)
		}
	}
	last := -1
	for n := range 3000 {
		c := class(n)
		if n < c.From || n > c.To || c.From <= last && c.To != last || class(c.From) != c {
			t.Fatalf("%d is in %d–%d", n, c.From, c.To)
		}
		last = c.To
	}
	if !class(0).Few() || class(5).Few() {
		t.Error("few are not the lowest class")
	}
}

func TestQuarters(t *testing.T) {
	for day, want := range map[ethics.Day]string{
		"2027-01-01": "2026-10-01 2026-12-31 2026-4", "2027-03-31": "2026-10-01 2026-12-31 2026-4",
		"2027-04-01": "2027-01-01 2027-03-31 2027-1",
		"2027-07-01": "2027-04-01 2027-06-30 2027-2", "2027-10-01": "2027-07-01 2027-09-30 2027-3",
		"2027-12-31": "2027-07-01 2027-09-30 2027-3",
	} {
		q, err := quarterOf(day)
		if err != nil {
			t.Fatal(err)
		}
		first, last := q.before().days()
		if got := strings.Join([]string{first, last, q.before().id()}, " "); got != want {
			t.Errorf("before %s: %s", day, got)
		}
	}
}
