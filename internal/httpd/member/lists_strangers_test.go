package member_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

var giftNumber = regexp.MustCompile(`D-2026-[0-9A-Z]{5}`)

// TestTheRegisterIsPaged: links lead through every declaration and back; the count is
// said, a day with more than usual is too, and an address that nobody made is the
// first page.
func TestTheRegisterIsPaged(t *testing.T) {
	d := open(t)
	d.intake.Limits.NewADay, d.work.Limits.NewADay = 200, 45
	for i := range 45 {
		_, err := d.intake.DeclareGift(context.Background(), derive.New(), d.site, ethics.Gift{
			Who: fmt.Sprintf("Sentinela %d", i), What: "x", Value: "1", From: "y", When: "2026-11-02", Done: "kept",
		})
		must(t, err)
	}
	anna := d.signedIn("Anna")
	next := regexp.MustCompile(`<a rel="next" href="([^"]+)">Vecākas`)
	prev := regexp.MustCompile(`<a rel="prev" href="([^"]+)">← Jaunākas`)
	seen := map[string]bool{}
	path, pages, back := "/desk/gifts", 0, ""
	for path != "" {
		page := anna.get(path)
		body := strings.ReplaceAll(page.Body.String(), "&amp;", "&")
		anna.want(page, 200, "45 deklarācijas", "Šodien saņemts: 45. Tas ir vairāk nekā parasti.",
			"Šodien vairāk nepieņem.")
		for _, n := range giftNumber.FindAllString(body, -1) {
			seen[n] = true
		}
		pages++
		path = ""
		if m := next.FindStringSubmatch(body); m != nil {
			path = m[1]
		}
		if m := prev.FindStringSubmatch(body); (m == nil) != (pages == 1) {
			t.Errorf("page %d: a way back is there: %v", pages, m != nil)
		} else if m != nil {
			back = m[1]
		}
	}
	if len(seen) != 45 || pages != 3 {
		t.Errorf("%d declarations on %d pages", len(seen), pages)
	}
	anna.want(anna.get(back), 200, "21.–40. no 45")
	for _, odd := range []string{
		"?after=x", "?before=2026-11-02", "?year=26", "?year=2026&after=9999-99-99.'", "?after=0000-00-00.D",
	} {
		anna.want(anna.get("/desk/gifts"+odd), 200, "45 deklarācijas")
	}
	anna.want(anna.get("/desk/gifts?year=2020"), 200, "Deklarāciju vēl nav.")
	d.turn(24 * 3600 * 1e9)
	calm := d.signedIn("Anna").get("/desk/gifts").Body.String()
	if strings.Contains(calm, "vairāk nekā parasti") || strings.Contains(calm, "vairāk nepieņem") {
		t.Error("yesterday's flood is still told")
	}
}

// TestTalksArePaged: so is a trust person's list.
func TestConsultationsArePaged(t *testing.T) {
	d := open(t, []string{"trust_person"})
	for range 23 {
		_, err := d.intake.Consult(context.Background(), derive.New(), ethics.Report{
			Track: policy.Consultation, Institution: d.site, Language: "lv",
			Answers: map[string][]string{"description": {"Vai ziņot?"}},
		})
		must(t, err)
	}
	emma := d.signedIn("Emma")
	first := emma.get("/desk/consultations")
	emma.want(first, 200, "1.–20. no 23", "Šodien saņemts: 23.")
	m := regexp.MustCompile(`<a rel="next" href="([^"]+)"`).FindStringSubmatch(first.Body.String())
	if m == nil {
		t.Fatal("no second page")
	}
	second := emma.get(strings.ReplaceAll(m[1], "&amp;", "&"))
	emma.want(second, 200, "21.–23. no 23")
	consultations := regexp.MustCompile(`K-2026-[0-9A-Z]{5}`)
	for _, n := range consultations.FindAllString(second.Body.String(), -1) {
		if strings.Contains(first.Body.String(), n) {
			t.Errorf("%s stands on both pages", n)
		}
	}
}
