package member_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var listedNumber = regexp.MustCompile(`<th scope="row"><a href="/desk/cases/(2026-[0-9A-Z]{5})"`)

// Back leads to the very pages that forward came from; a page that would begin
// the list half empty is the first one, whole.
func TestListsGoBack(t *testing.T) {
	d := open(t)
	for range 60 {
		d.file(nil)
	}
	anna := d.signedIn("Anna")
	page := func(target string) (numbers []string, prev, next string) {
		t.Helper()
		text := strings.ReplaceAll(anna.get(target).Body.String(), "&amp;", "&")
		for _, m := range listedNumber.FindAllStringSubmatch(text, -1) {
			numbers = append(numbers, m[1])
		}
		to := func(rel string) string {
			if m := regexp.MustCompile(`rel="` + rel + `" href="([^"]+)"`).FindStringSubmatch(text); m != nil {
				return m[1]
			}
			return ""
		}
		return numbers, to("prev"), to("next")
	}
	first, none, next := page("/desk/cases?state=received")
	second, toFirst, next2 := page(next)
	third, toSecond, end := page(next2)
	if len(first) != 25 || len(second) != 25 || len(third) != 10 || none != "" || end != "" {
		t.Fatalf("pages of %d, %d, %d cases; ends %q and %q", len(first), len(second), len(third), none, end)
	}
	if again, _, _ := page(toSecond); !slices.Equal(again, second) {
		t.Errorf("back from the third page: %v, want %v", again, second)
	}
	if again, _, _ := page(toFirst); !slices.Equal(again, first) {
		t.Errorf("back from the second page: %v, want %v", again, first)
	}
	near := strings.Replace(toFirst, second[0], first[9], 1)
	if again, _, _ := page(near); !slices.Equal(again, first) {
		t.Errorf("a page that would hold nine cases: %v", again)
	}
	anna.want(anna.get(toSecond), 200, "26.–50. no 60")
	anna.want(anna.get("/desk/cases?state=received&after=9999-99-99.Z"), 200, "1.–25. no 60")
}
