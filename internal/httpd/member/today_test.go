package member_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// A case stands on Today once, in the first group that it belongs to: overdue
// and not opened yet is overdue.
func TestTodayListsACaseOnce(t *testing.T) {
	d := open(t)
	late := d.file(nil).Number
	d.turn(10 * 24 * time.Hour)
	fresh := d.file(nil).Number
	opened := d.file(nil).Number
	anna := d.signedIn("Anna")
	anna.state(opened)
	anna.want(anna.step(opened, "acknowledge", url.Values{}), 303)
	anna.want(anna.get("/desk"), 200, "Nokavēts", "nokavēts par 3 dienām", "Termiņš tuvojas",
		"termiņš pēc 7 dienām", "Pārējās lietas")
	anna.never("Vēl neatvērtas lietas") // both that are new stand above
	last := -1
	for _, number := range []string{late, fresh, opened} {
		link := `<a href="/desk/cases/` + number + `"`
		if n := strings.Count(anna.page, link); n != 1 {
			t.Errorf("%s is listed %d times", number, n)
		}
		if at := strings.Index(anna.page, link); at < last {
			t.Errorf("%s stands too early", number)
		} else {
			last = at
		}
	}
	if strings.Contains(anna.page, "Ozolu novads</span>") {
		t.Error("the only institution is named in each row")
	}
}

// A day without urgent work says so, and keeps the rest in sight.
func TestACalmDay(t *testing.T) {
	d := open(t)
	anna := d.signedIn("Anna")
	anna.want(anna.get("/desk"), 200, "Steidzamu darbu šodien nav", "Visas manas lietas")
	anna.never("Pārējās lietas")
	number := d.file(nil).Number
	anna.state(number)
	anna.want(anna.step(number, "acknowledge", url.Values{}), 303)
	anna.want(anna.get("/desk"), 200, "Steidzamu darbu šodien nav", "Pārējās lietas", number)
}

// The deadline is in words, in the right form of each language.
func TestDeadlinesInWords(t *testing.T) {
	d := open(t)
	d.file(nil)
	for _, day := range []struct {
		turn  int // days on
		words map[string]string
	}{
		{
			0, map[string]string{
				"lv": "termiņš pēc 7 dienām", "en": "due in 7 days", "ru": "срок через 7 дней",
				"kk": "мерзімі 7 күннен кейін",
			},
		},
		{
			5, map[string]string{
				"lv": "termiņš pēc 2 dienām", "en": "due in 2 days", "ru": "срок через 2 дня",
				"kk": "мерзімі 2 күннен кейін",
			},
		},
		{1, map[string]string{"lv": "termiņš rīt", "en": "due tomorrow", "ru": "срок завтра", "kk": "мерзімі ертең"}},
		{1, map[string]string{"lv": "termiņš šodien", "en": "due today", "ru": "срок сегодня", "kk": "мерзімі бүгін"}},
		{
			1, map[string]string{
				"lv": "nokavēts par 1 dienu", "en": "1 day overdue", "ru": "просрочено на 1 день",
				"kk": "1 күнге кешікті",
			},
		},
		{
			2, map[string]string{
				"lv": "nokavēts par 3 dienām", "en": "3 days overdue", "ru": "просрочено на 3 дня",
				"kk": "3 күнге кешікті",
			},
		},
		{
			8, map[string]string{
				"lv": "nokavēts par 11 dienām", "en": "11 days overdue", "ru": "просрочено на 11 дней",
				"kk": "11 күнге кешікті",
			},
		},
		{
			10, map[string]string{
				"lv": "nokavēts par 21 dienu", "en": "21 days overdue", "ru": "просрочено на 21 день",
				"kk": "21 күнге кешікті",
			},
		},
	} {
		d.turn(time.Duration(day.turn) * 24 * time.Hour)
		anna := d.signedIn("Anna")
		for lang, text := range day.words {
			for _, path := range []string{"/desk", "/desk/cases"} {
				anna.want(anna.get(path+"?lang="+lang), 200, ">"+text+"</span>")
			}
		}
	}
}
