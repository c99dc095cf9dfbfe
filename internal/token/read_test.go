package token

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func textOf(w word) string {
	var b strings.Builder
	for _, v := range w {
		b.WriteByte(alphabet[v])
	}
	return b.String()
}

// wantOnly demands that the text means this code alone, with these groups
// corrected.
func wantOnly(t *testing.T, typed string, want Code, corrected ...int) {
	t.Helper()
	r := Read(typed)
	if len(r.Candidates) != 1 || r.Candidates[0].Code != want || r.Hint != HintNone {
		t.Fatalf("%q: %d candidates, hint %d; want the one code", typed, len(r.Candidates), r.Hint)
	}
	if !slices.Equal(r.Candidates[0].Corrected, corrected) {
		t.Fatalf("%q: corrected groups %v, want %v", typed, r.Candidates[0].Corrected, corrected)
	}
}

// wantNothing demands that the text means no code.
func wantNothing(t *testing.T, typed string, hint Hint, count int) {
	t.Helper()
	want := Reading{Hint: hint, Typed: count}
	if diff := cmp.Diff(want, Read(typed), cmp.Comparer(func(a, b Code) bool { return a == b })); diff != "" {
		t.Errorf("%q (-want +got):\n%s", typed, diff)
	}
}

// A reporter copies the card in every way that a phone, an office suite or a
// tired hand offers.
func TestReadsEveryWayOfWriting(t *testing.T) {
	accents := []string{"\u0301", "\u0304", "\u030C", "\u0327"}
	for range 50 {
		c := randomCode(t)
		text := c.Text()
		bare := strings.ReplaceAll(text, "-", "")
		separated := func(by string) string { return strings.ReplaceAll(text, "-", by) }
		everyOther := func(between string) string { return strings.Join(strings.Split(bare, ""), between) }
		fullWidth := strings.Map(func(r rune) rune { return r + 0xFEE0 }, text)
		var accented strings.Builder
		for i, r := range bare {
			accented.WriteRune(r)
			accented.WriteString(accents[i%len(accents)])
		}

		for name, typed := range map[string]string{
			"as printed":             text,
			"lower case":             strings.ToLower(text),
			"without dashes":         bare,
			"spaces":                 separated(" "),
			"lines":                  "\r\n" + separated("\r\n") + "\n",
			"tabs":                   separated("\t"),
			"dots":                   separated(". "),
			"underscores":            separated("_"),
			"no-break spaces":        separated("\u00A0"),
			"thin spaces":            separated("\u202F\u2009"),
			"zero-width":             everyOther("\u200B\u200D\uFEFF"),
			"soft hyphens":           everyOther("\u00AD"),
			"direction marks":        "\u202A" + text + "\u202C\u200E",
			"quoted":                 "„" + text + "”",
			"markdown":               "**`" + text + "`**",
			"apostrophe letters":     separated("\u02BC"),
			"hyphen, figure dash":    separated("\u2010\u2011\u2012"),
			"en and em dash":         separated("\u2013\u2014\u2015"),
			"minus, small, fullwide": separated("\u2212\uFE63\uFF0D"),
			"other dashes":           separated("\u058A\u301C\u3030\u30FC\uFE58"),
			"full-width":             fullWidth,
			"accents":                accented.String(),
			"invalid UTF-8":          separated("\xff\xc0"),
			"spaces all around":      "   " + text + strings.Repeat(" ", 500),
		} {
			r := Read(typed)
			if len(r.Candidates) != 1 || r.Candidates[0].Code != c ||
				r.Candidates[0].Corrected != nil || r.Typed != codeSymbols {
				t.Fatalf("%s: %q was not read", name, typed)
			}
		}
	}
}

func TestLookAlikesAreNoCorrection(t *testing.T) {
	for _, pair := range []struct{ printed, typed string }{
		{"0", "O"}, {"0", "o"}, {"0", "Ø"}, {"0", "ō"}, {"1", "I"}, {"1", "i"}, {"1", "L"}, {"1", "l"},
		{"1", "ı"}, {"1", "İ"}, {"1", "ļ"}, {"1", "ł"}, {"V", "U"}, {"V", "u"}, {"V", "ū"},
		{"S", "š"}, {"G", "ģ"}, {"K", "ķ"}, {"N", "ņ"}, {"C", "č"}, {"Z", "ž"}, {"E", "ē"}, {"A", "ā"}, {"D", "đ"},
	} {
		c := codeWith(t, 7, pair.printed)
		typed := strings.ReplaceAll(c.Text(), pair.printed, pair.typed)
		wantOnly(t, typed, c)
	}
}

// codeWith is a random code with the given data symbol at place i.
func codeWith(t testing.TB, i int, symbol string) Code {
	w := randomCode(t).word()
	w[i] = byte(strings.Index(alphabet, symbol))
	return newCode(encode([dataSymbols]byte(w[:dataSymbols])))
}

// Letters of the Russian keyboard that look like the code's, in both cases.
func TestReadsCyrillicByLook(t *testing.T) {
	look := strings.NewReplacer("A", "А", "B", "В", "E", "Е", "K", "К", "M", "М", "H", "Н", "0", "О",
		"P", "Р", "C", "С", "T", "Т", "Y", "У", "X", "Х", "3", "З", "1", "І", "S", "Ѕ", "J", "Ј")
	for range 200 {
		c := randomCode(t)
		typed := look.Replace(c.Text())
		wantOnly(t, typed, c)
		wantOnly(t, strings.ToLower(typed), c)
	}
	for _, pair := range []struct{ printed, typed string }{
		{"E", "ё"}, {"1", "ї"}, {"1", "Ӏ"}, {"K", "қ"}, {"F", "ғ"}, {"H", "Ң"}, {"0", "ө"}, {"Y", "ү"},
		{"Y", "ұ"}, {"H", "һ"},
	} {
		c := codeWith(t, 3, pair.printed)
		wantOnly(t, strings.ReplaceAll(c.Text(), pair.printed, pair.typed), c)
	}
}

// The whole code typed with the Russian keyboard left on: й for q, р for h.
// The dash and the digits stay; a dot comes out as ю.
func TestReadsCyrillicByKeyPosition(t *testing.T) {
	keyboard := strings.NewReplacer(
		"Q", "Й", "W", "Ц", "E", "У", "R", "К", "T", "Е", "Y", "Н", "P", "З",
		"A", "Ф", "S", "Ы", "D", "В", "F", "А", "G", "П", "H", "Р", "J", "О", "K", "Л",
		"Z", "Я", "X", "Ч", "C", "С", "V", "М", "B", "И", "N", "Т", "M", "Ь")
	for range 300 {
		c := randomCode(t)
		typed := keyboard.Replace(c.Text())
		wantOnly(t, typed, c)
		wantOnly(t, strings.ToLower(typed), c)
		wantOnly(t, strings.ReplaceAll(typed, "-", "Ю"), c)
		wantOnly(t, strings.ReplaceAll(typed, "-", " х,ъ;ж'э.б`ё "), c)
	}
	for _, pair := range []struct{ printed, typed string }{{"V", "г"}, {"1", "ш"}, {"1", "д"}, {"0", "щ"}} {
		w := codeWith(t, 0, pair.printed).word()
		// Q and W are typed as letters that look like nothing.
		for i := 1; i < dataSymbols; i++ {
			w[i] = byte(strings.IndexByte(alphabet, "QW"[i%2]))
		}
		c := newCode(encode([dataSymbols]byte(w[:dataSymbols])))
		wantOnly(t, pair.typed+keyboard.Replace(c.Text()[1:]), c)
	}
}

// й with its breve apart is the key q all the same, not an и with an accent.
func TestKeyLettersAreReadBeforeTheirAccents(t *testing.T) {
	w := encode([dataSymbols]byte(slices.Repeat([]byte{byte(strings.Index(alphabet, "Q"))}, dataSymbols)))
	typed := strings.ReplaceAll(textOf(w), "Q", "и\u0306")
	wantOnly(t, typed, newCode(w))
}

// Both readings of one text need two corrections: both go on, the look first.
func TestCyrillicTieGivesBothReadings(t *testing.T) {
	// «А» looks like A and lies on the key F. Codes that differ in one data
	// symbol differ in all four check symbols; two of those are typed as in
	// the one code and two as in the other.
	a := codeWith(t, 4, "A")
	w := a.word()
	w[4] = byte(strings.Index(alphabet, "F"))
	f := newCode(encode([dataSymbols]byte(w[:dataSymbols])))
	at, ft := textOf(a.word()), textOf(f.word())
	typed := at[:4] + "А" + at[5:28] + ft[28:]

	r := Read(typed)
	if len(r.Candidates) != 2 || r.Candidates[0].Code != a || r.Candidates[1].Code != f {
		t.Fatalf("%d candidates, want the reading by look, then the one by key", len(r.Candidates))
	}
	// One symbol nearer to the code by key: that one alone goes on.
	wantOnly(t, at[:4]+"А"+at[5:27]+ft[27:], f, 6)
	// One symbol nearer to the code by look.
	wantOnly(t, at[:4]+"А"+at[5:29]+ft[29:], a, 6)
}

func TestTellsWhichGroupsItCorrected(t *testing.T) {
	c := randomCode(t)
	groups := c.Groups()
	spoil := func(g, i int) {
		b := []byte(groups[g])
		b[i] = alphabet[(strings.IndexByte(alphabet, b[i])+1)%32]
		groups[g] = string(b)
	}
	typed := func() string { return strings.Join(groups[:], "-") }
	spoil(4, 2)
	wantOnly(t, typed(), c, 5)
	spoil(4, 0)
	wantOnly(t, typed(), c, 5)
	groups = c.Groups()
	spoil(0, 0)
	spoil(5, 4)
	wantOnly(t, typed(), c, 1, 6)
}

// A letter that no symbol looks like is one wrong symbol, even where the code
// has the 0 that the decoder tries in its place.
func TestUnreadableLettersAreWrongSymbols(t *testing.T) {
	c := codeWith(t, 8, "0")
	for _, letter := range []string{"Ж", "字", "ω", "٣", "β"} {
		text := textOf(c.word())
		wantOnly(t, text[:8]+letter+text[9:], c, 2)
		wantOnly(t, text[:8]+letter+text[9:20]+letter+text[21:], c, 2, 5)
	}
	text := textOf(c.word())
	three := text[:8] + "字" + text[9:12] + "字" + text[13:20] + "字" + text[21:]
	if r := Read(three); slices.ContainsFunc(r.Candidates, func(got Candidate) bool { return got.Code == c }) {
		t.Error("three unreadable letters were corrected by luck")
	}
	wantNothing(t, text[:8]+"字"+text[9:29], HintLength, 29)
	wantNothing(t, text[:8]+"字"+text[9:]+"字", HintLength, 31)
	wantOnly(t, text[:8]+"字"+text[8:], c, 2)
}

func TestOneMissingSymbolAtEveryPlace(t *testing.T) {
	for range 50 {
		c := randomCode(t)
		text := textOf(c.word())
		for i := range codeSymbols {
			wantAmong(t, text[:i]+text[i+1:], c, firstOfRun(text, i)/5+1)
		}
	}
}

func TestOneExtraSymbolAtEveryPlace(t *testing.T) {
	for range 5 {
		c := randomCode(t)
		text := textOf(c.word())
		for i := range codeSymbols + 1 {
			for _, symbol := range strings.Split(alphabet, "") {
				typed := text[:i] + symbol + text[i:]
				wantAmong(t, typed, c, min(firstOfRun(typed, i), codeSymbols-1)/5+1)
			}
		}
	}
}

// firstOfRun is where the run of equal symbols begins that place i is in:
// which of them is missing or too many, nobody can tell.
func firstOfRun(text string, i int) int {
	for i > 0 && text[i-1] == text[i] {
		i--
	}
	return i
}

// wantAmong is wantOnly for texts that by chance (about one in a thousand) mean
// another code too.
func wantAmong(t *testing.T, typed string, want Code, group int) {
	t.Helper()
	r := Read(typed)
	i := slices.IndexFunc(r.Candidates, func(c Candidate) bool { return c.Code == want })
	if i < 0 || len(r.Candidates) > maxCandidates || r.Hint != HintNone || r.Typed != len(typed) {
		t.Fatalf("%q: not among %d candidates (typed %d)", typed, len(r.Candidates), r.Typed)
	}
	if !slices.Equal(r.Candidates[i].Corrected, []int{group}) {
		t.Fatalf("%q: corrected %v, want group %d", typed, r.Candidates[i].Corrected, group)
	}
}

func TestUnreadableTextHasAHint(t *testing.T) {
	text := textOf(randomCode(t).word())
	wantNothing(t, "", HintLength, 0)
	wantNothing(t, " -\u200B…\xff", HintLength, 0)
	wantNothing(t, text[:27], HintLength, 27)
	wantNothing(t, text+"00", HintLength, 32)
	wantNothing(t, strings.Repeat(text, 100), HintLength, 200)
	wantNothing(t, strings.Repeat("9", 1<<20), HintLength, 200)
	wantNothing(t, strings.Repeat("Ю", 30), HintTooManyMistakes, 30)
	wantNothing(t, strings.Repeat("Ю", 5)+"12", HintLength, 7)
	wantNothing(t, strings.Repeat("ю", 9)+strings.Repeat("9", 30), HintTooManyMistakes, 30)
}

// Thirty zeros satisfy the checks, but nobody has that code.
func TestThirtyZerosAreNoCode(t *testing.T) {
	wantNothing(t, strings.Repeat("0", 30), HintTooManyMistakes, 30)
	wantNothing(t, strings.Repeat("O", 28)+"7K", HintTooManyMistakes, 30)
	wantNothing(t, strings.Repeat("0", 29), HintLength, 29)
	wantNothing(t, strings.Repeat("0", 31), HintLength, 31)
}

func TestNothingBehindTheBoundIsRead(t *testing.T) {
	text := textOf(randomCode(t).word())
	wantNothing(t, strings.Repeat(" ", maxRunes)+text, HintLength, 0)
	wantNothing(t, strings.Repeat("é ", maxRunes), HintLength, 100)
	if got := firstRunes("āāā", 2); got != "āā" || !utf8.ValidString(got) {
		t.Errorf("firstRunes cut inside a letter: %q", got)
	}
}
