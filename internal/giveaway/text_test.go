package giveaway_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/giveaway"
)

// found are the findings as «kind: words».
func found(text string) []string {
	var out []string
	for _, s := range giveaway.Text(text) {
		out = append(out, string(s.Kind)+": "+text[s.Start:s.End])
	}
	return out
}

// Each of these is shown to the writer, with exactly these words.
func TestFound(t *testing.T) {
	for text, want := range map[string]string{
		"Rakstiet uz anna.ozola@inbox.lv.":        "email: anna.ozola@inbox.lv",
		"<a_b+c%d@pasts.novads.gov.lv>, paldies":  "email: a_b+c%d@pasts.novads.gov.lv",
		"Почта: иван@почта.рф, звоните":           "email: иван@почта.рф",
		"Е-поштам asqar-1@mail.kz":                "email: asqar-1@mail.kz",
		"Mans numurs ir 26123456.":                "phone: 26123456",
		"tel.26 123 456, vakarā":                  "phone: 26 123 456",
		"Tel: 6712 3456":                          "phone: 6712 3456",
		"tālrunis 26-12-34-56":                    "phone: 26-12-34-56",
		"тел. 26 12 34 56":                        "phone: 26 12 34 56",
		"tālr. Nr. 26123456":                      "phone: 26123456",
		"+371 26123456":                           "phone: +371 26123456",
		"(+371) 67-123-456":                       "phone: (+371) 67-123-456",
		"00371 67123456":                          "phone: 00371 67123456",
		"37167123456 zvaniet":                     "phone: 37167123456",
		"звоните +7 (701) 123-45-67!":             "phone: +7 (701) 123-45-67",
		"8 701 123 45 67":                         "phone: 8 701 123 45 67",
		"Ұялы: 87011234567":                       "phone: 87011234567",
		"call +44 20 7946 0958 please":            "phone: +44 20 7946 0958",
		"67123456 26123456":                       "phone: 67123456|phone: 26123456",
		"2 reizes 26123456 2 dienas":              "phone: 26123456",
		"Mans kods 161175-19997.":                 "personal_code: 161175-19997",
		"kods 16117519997":                        "personal_code: 16117519997",
		"p.k. 320010-12345":                       "personal_code: 320010-12345",
		"p. k. 161175–19997, dzīvoju":             "personal_code: 161175–19997",
		"kods 32001012345":                        "personal_code: 32001012345",
		"Tā bija.\n\nAr cieņu,\nJānis Bērziņš":    "signature: Ar cieņu,\nJānis Bērziņš",
		"Paldies. Ar cieņu J. Bērziņš":            "signature: Ar cieņu J. Bērziņš",
		"Viss.\nPatiesā cieņā\nanna":              "signature: Patiesā cieņā\nanna",
		"Всё. С уважением, Анна Иванова":          "signature: С уважением, Анна Иванова",
		"Осымен бітті.\nҚұрметпен, Асқар":         "signature: Құрметпен, Асқар",
		"That is all.\nBest regards,\nJohn Smith": "signature: Best regards,\nJohn Smith",
		"Yours sincerely, Jane":                   "signature: Yours sincerely, Jane",
		"Lūdzu palīdziet!\nJūsu Anna":             "signature: Jūsu Anna",
		"Es, Jānis Bērziņš, ziņoju":               "signature: Es, Jānis Bērziņš",
		"Labdien! Mani sauc Anna.":                "signature: Mani sauc Anna",
		"Здравствуйте. Меня зовут Иван Петров":     "signature: Меня зовут Иван Петров",
		"My name is John Smith and I work here":    "signature: My name is John Smith",
		"Я, Иван Петров, сообщаю":                  "signature: Я, Иван Петров",
		"Мен, Асқар Ахметов, хабарлаймын":          "signature: Мен, Асқар Ахметов",
		"Par to zināju tikai es.":                  "only_i: tikai es",
		"Tajā dienā es biju vienīgā, kas strādāja": "only_i: es biju vienīgā",
		"Viņš to teica tikai man":                  "only_i: tikai man",
		"izsauca mani vienīgo":                     "only_i: mani vienīgo",
		"Об этом знал только я":                    "only_i: только я",
		"Я единственная, кто видел":                "only_i: Я единственная",
		"I was the only one there":                 "only_i: I was the only",
		"I’m the only teacher":                     "only_i: I’m the only",
		"He told only me.":                         "only_i: only me",
		"Мұны тек мен білдім":                      "only_i: тек мен",
		"Ол жерде жалғыз мен болдым":               "only_i: жалғыз мен",
	} {
		if got := strings.Join(found(text), "|"); got != want {
			t.Errorf("%q\n gives %q\n want  %q", text, got, want)
		}
	}
}

// None of these gives anybody away, and none may frighten.
func TestNotFound(t *testing.T) {
	for _, text := range []string{
		"", "@", "a@", "@b.lv", "a@b", "cena 5@2", "a@b.1", "@anna twitter",
		"2026-11-22", "22.11.2026", "22-11-2026", "20261122", "no 2024-2025 gadam", "2025 2026",
		"22/11/2026", "pulksten 10:15",
		"1 250,00 EUR", "25 000 000 EUR", "26 123 456 eiro", "EUR 26 123 456", "€ 26 123 456", "26123456 тенге",
		"20 000 000", "+10 000 000 EUR", "26 123 456,50",
		"lieta Nr. 26123456", "№ 26123456", "case number 26123456", "дело № 26123456", "2026/26123456", "SIA-26123456",
		"A26123456", "26123456-A", "26123456/2026",
		"126123456", "2612345678", "1234 26123456 7890", "3.26123456", "26123456%", "12345678", "LV97HABA0012345678910",
		"LV97 HABA 0012 3456 7891 0",
		"40003032949", "161175-19998", "991375-19997", "161175-39997", "1161175-19997", "16117519998",
		"12345678901", "123456-12345",
		"Ar cieņu izturējās pret visiem", "viņš ar cieņu, Jāni, runāja", "Ar cieņu,", "Ar cieņu, Anonīms",
		"С уважением относился", "Sincerely I think so", "Sincerely, I think so",
		"Jūsu Iestādē notiek zādzība, un viss turpinās.", "Es, protams, redzēju", "Es, Jānis un Anna bijām",
		"Яблоко, Иван", "Best regards", "Anonymous",
		"ne tikai es", "не только я видел", "not only I saw it", "тек мен ғана емес", "tikai viņš", "только яблоко",
		"only Ivan", "I know only the name", "тек менеджер", "es vien", "Tikai. Es nezinu.",
	} {
		if got := found(text); got != nil {
			t.Errorf("%q gives %q", text, got)
		}
	}
}

// One long word, one long number, one long row of anything: a bounded wait, and
// spans that stand on rune borders.
func TestHugeTexts(t *testing.T) {
	for _, unit := range []string{
		"a", "ā", "1", "1 ", "12 3456 ", "@", "a@", "a@b.", ".", "26123456 ", "+371 26123456, ", "es ", "tikai es ",
		"Ar cieņu ", "Ar cieņu, A. ", "\n", "'", "I'", "x@y.lv ", "(", "+", "\xff",
	} {
		text := strings.Repeat(unit, 100_000/len(unit))
		begun := time.Now()
		spans := giveaway.Text(text)
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%q: %v", unit, took)
		}
		sound(t, text, spans)
	}
}

func sound(t *testing.T, text string, spans []giveaway.Span) {
	t.Helper()
	end := 0
	for _, s := range spans {
		if s.Start < end || s.End <= s.Start || s.End > len(text) ||
			utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
			t.Fatalf("span %+v after %d in %q", s, end, text)
		}
		end = s.End
	}
}

func TestFileKinds(t *testing.T) {
	both := []giveaway.Kind{giveaway.FileAuthor, giveaway.FilePlace}
	for _, kinds := range [][]giveaway.Kind{both, both[:1], both[1:]} {
		got, err := giveaway.ParseFileKinds(giveaway.JoinFileKinds(kinds))
		if err != nil || !cmp.Equal(got, kinds) {
			t.Errorf("%v comes back as %v, %v", kinds, got, err)
		}
	}
	for _, s := range []string{
		"", "+", "email", "file_place+file_author", "file_author+file_author", "file_author+", "File_author",
		"file_author file_place",
	} {
		if got, err := giveaway.ParseFileKinds(s); err == nil {
			t.Errorf("%q is read as %v", s, got)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"Ar cieņu,\nJ. B.", "es, Anna Ozola 26123456", "a@b.lv +371 26 123 456 161175-19997", "8 (701) 123-45-67",
		"только я", "\xff@\xff.lv",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { sound(t, text, giveaway.Text(text)) })
}

func BenchmarkText(b *testing.B) {
	text := strings.Repeat(
		"Direktors pieprasīja 1 250,00 EUR par vietu 2026-11-22, un es to redzēju pats. Только не я. ", 1100)[:100_000]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		giveaway.Text(text)
	}
}
