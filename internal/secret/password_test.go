package secret

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCheckPassword(t *testing.T) {
	for pw, want := range map[string]error{
		"":                                     ErrShort,
		"elevenchars":                          ErrShort,
		"ābčdēfģhīj":                           ErrShort, // more than 12 bytes, fewer than 12 characters
		"a\u0304a\u0304a\u0304a\u0304a\u0304b": ErrShort, // combining marks are no characters of their own
		strings.Repeat("x", 1001):              ErrLong,
		"qwertyuiop123":                        ErrCommon,
		"QwertyUiop123":                        ErrCommon,
		"ｑｗｅｒｔｙｕｉｏｐ１２３":             ErrCommon, // full-width letters
		"passwordpassword":          ErrCommon,
		"password123456":            ErrCommon,
		"dragonmonkey":              ErrCommon,
		"dragonmonkey2!":            ErrCommon,
		"Password!!!!":              ErrCommon,
		"parole123456":              ErrCommon,
		"ParoleParole":              ErrCommon,
		"latvija-2026":              ErrCommon,
		"парольпароль":              ErrCommon,
		"йцукенгшщзхъ":              ErrCommon,
		"dragondragondragondrag":    ErrCommon,
		"aaaaaaaaaaaa":              ErrCommon,
		"abcabcabcabca":             ErrCommon,
		"121212121212":              ErrCommon,
		"             ":             ErrCommon,
		"trauksmescelejs":           ErrCommon,
		"correcthorsebatterystaple": ErrCommon,

		"kaķis dzer pienu":                  nil,
		"twelve chars":                      nil,
		"zaļš dīvāns uz jumta":              nil,
		"собака ест зелёный суп":            nil,
		"dragon sells nine blue umbrellas":  nil,
		"7Hq!w2z#Lp9v":                      nil,
		"mazs-ezītis-peld-upē":              nil,
		"lapsa" + "7391" + "ūdens" + "8264": nil,
	} {
		if got := CheckPassword(pw); !errors.Is(got, want) {
			t.Errorf("%q: %v, want %v", pw, got, want)
		}
	}
}

func TestLengthBoundsAreExact(t *testing.T) {
	words := "kaķis dzer pienu un zivs dzied "
	long := strings.Repeat(words, 40)[:maxPassword-1] + "z"
	if err := CheckPassword(long); err != nil {
		t.Errorf("1000 bytes: %v", err)
	}
	if err := CheckPassword(long + "z"); !errors.Is(err, ErrLong) {
		t.Errorf("1001 bytes: %v", err)
	}
}

// TestBundledList: an emptied or cut list must not pass unseen.
func TestBundledList(t *testing.T) {
	long := 0
	for w := range common() {
		if w != strings.ToLower(w) || strings.ContainsAny(w, " \t\r") || !utf8.ValidString(w) {
			t.Errorf("%q is not in the form that is compared", w)
		}
		if utf8.RuneCountInString(w) >= minPassword {
			long++
			if err := CheckPassword(strings.ToUpper(w)); !errors.Is(err, ErrCommon) &&
				strings.ToLower(strings.ToUpper(w)) == w {
				t.Errorf("%q is in the list and passes: %v", w, err)
			}
		}
	}
	if len(common()) < 6000 || long < 1000 {
		t.Errorf("%d entries, %d of them long enough for a password", len(common()), long)
	}
}
