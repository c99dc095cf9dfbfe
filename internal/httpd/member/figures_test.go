package member_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/insight"
)

// count does what the program does each minute.
func (d *desk) count() {
	d.t.Helper()
	must(d.t, (&insight.Service{Store: d.store, Policy: d.policy, Now: d.Now}).CountQuarter(context.Background()))
}

// drafts differ on every page.
var drafts = regexp.MustCompile(`name="draft" value="[^"]*"`)

// everything is all that a member can get at the desk, by address.
func (d *desk) everything(name string) map[string]string {
	d.t.Helper()
	b, out := d.signedIn(name), map[string]string{}
	for _, r := range d.server.Echo.Routes() {
		if r.Method == http.MethodGet && strings.HasPrefix(r.Path, "/desk") && !strings.Contains(r.Path, ":") {
			b.get(r.Path)
			out[r.Path] = drafts.ReplaceAllString(b.page, "")
		}
	}
	return out
}

func (d *desk) same(name, what string, before map[string]string) {
	d.t.Helper()
	for path, now := range d.everything(name) {
		if now != before[path] {
			d.t.Errorf("%s: %s reads it on %s:\n%s", what, name, path, now)
		}
	}
}

// TestTheHeadLearnsNoDay: the head of the institution may be the person concerned,
// and opens the page every day. Whatever comes, from the first report to the sixth,
// and whatever is done about it, not one byte of what the head reads changes until
// the quarter has ended.
func TestTheHeadLearnsNoDay(t *testing.T) {
	d := open(t, []string{appoint.RoleTrust}, []string{appoint.RoleHead})
	d.count()
	before := d.everything("Fred")
	if !strings.Contains(before["/desk"], "2026. gada 3. ceturksnis") ||
		strings.Contains(before["/desk"], "2026. gada 4. ceturksnis") {
		t.Fatalf("not the quarter that has ended:\n%s", before["/desk"])
	}
	var number string
	for n := range 7 {
		number = d.file(nil).Number
		d.turn(24 * time.Hour)
		d.count()
		d.same("Fred", "report "+string(rune('1'+n)), before)
	}
	d.ask()
	d.same("Fred", "a consultation", before)
	anna := &d.acting("Anna").Acting
	must(t, d.work.State(context.Background(), anna, number, derive.New()))
	_, err := d.work.Take(context.Background(), anna, number, derive.New(), casework.Act{Step: "acknowledge"})
	must(t, err)
	d.turn(15 * 24 * time.Hour) // the others are overdue now
	d.count()
	d.same("Fred", "a step, and overdue ones", before)
	d.turn(30*24*time.Hour + 14*time.Hour) // 24 December, nearly midnight
	d.same("Fred", "the end of the quarter is near", before)

	d.turn(10 * 24 * time.Hour) // January
	d.count()
	fred := d.signedIn("Fred")
	fred.want(fred.get("/desk"), 200,
		`Atvērtas lietas</th><td data-head="2026. gada 4. ceturksnis">5–9</td><td data-head="2026. gada 3. `+
			`ceturksnis">mazāk par 5<`,
		`No tām nokavētas</th><td data-head="2026. gada 4. ceturksnis">5–9<`,
		`Neizpildīti pasākumi</th><td data-head="2026. gada 4. ceturksnis">mazāk par 5<`)
	fred.never(number)
	// Counted once: what is done in January moves nothing of the year before.
	before = d.everything("Fred")
	d.file(nil)
	d.count()
	d.same("Fred", "the next quarter's report", before)
}

// TestNoneOneAndFourLookAlike: a quarter without any report, with one, and with
// four are the same page, to the byte. Five are another.
func TestNoneOneAndFourLookAlike(t *testing.T) {
	page := func(reports int) string {
		t.Helper()
		d := open(t, []string{appoint.RoleHead})
		d.turn(24 * time.Hour)
		for range reports {
			d.file(nil)
		}
		d.turn(60 * 24 * time.Hour)
		d.count()
		return d.everything("Emma")["/desk"]
	}
	none := page(0)
	if !strings.Contains(none, "2026. gada 4. ceturksnis") {
		t.Fatalf("the quarter is not shown:\n%s", none)
	}
	for _, n := range []int{1, 4} {
		if got := page(n); got != none {
			t.Errorf("%d reports can be told from none:\n%s", n, got)
		}
	}
	if five := page(5); five == none || !strings.Contains(five, "5–9") {
		t.Errorf("five reports are not shown:\n%s", five)
	}
}

// TestBeforeTheFirstCountTheHeadIsTold that there is none, and no number.
func TestBeforeTheFirstCountTheHeadIsTold(t *testing.T) {
	d := open(t, []string{appoint.RoleHead})
	d.file(nil)
	emma := d.signedIn("Emma")
	emma.want(emma.get("/desk"), 200, "vēl nekas nav saskaitīts", "pēdējā diena: 2026. gada 31. decembris")
	emma.never("Atvērtas lietas")
}
