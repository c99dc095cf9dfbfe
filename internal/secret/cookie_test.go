package secret

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// One spelling opens a visit: what a browser, a proxy or a person changed in a
// cookie's value opens nothing.
func TestCookiesReadStrictly(t *testing.T) {
	c := Cookie{1, 2, 3}
	if back, ok := ReadCookie(c.Text()); !ok || back != c {
		t.Error("a cookie does not come back")
	}
	for _, bad := range []string{
		"", "A", c.Text() + "A", c.Text()[:42], c.Text()[:42] + "=", c.Text()[:42] + "B", c.Text() + "=",
		"\n" + c.Text(), c.Text() + "\r\n",
		c.Text()[:20] + "\n" + c.Text()[20:], c.Text()[:20] + "\n" + c.Text()[20:42],
		" " + c.Text(), c.Text()[:41] + "+A",
	} {
		if _, ok := ReadCookie(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
	if a, b := NewCookie(), NewCookie(); a == b || a == (Cookie{}) {
		t.Error("two visits, one cookie")
	}
}

func TestCookiesDoNotPrint(t *testing.T) {
	c := Cookie{1, 2, 3}
	raw, err := json.Marshal(struct{ C Cookie }{c})
	said := fmt.Sprintf("%v %s %x %+v %#v %d", c, c, c, c, c, c) + c.LogValue().String() + string(raw)
	if err != nil || strings.Count(said, redacted) != 8 || strings.Contains(said, c.Text()) ||
		strings.Contains(said, "1 2 3") {
		t.Error(said)
	}
}

func FuzzReadCookie(f *testing.F) {
	for _, seed := range []string{"", Cookie{}.Text(), Cookie{1, 2, 3}.Text(), Cookie{1}.Text() + "\n", "\r\n" +
		Cookie{1}.Text(), strings.Repeat("_", 43), strings.Repeat("A", 42) + "E"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if c, ok := ReadCookie(text); ok && c.Text() != text {
			t.Errorf("%q and %q are one cookie", text, c.Text())
		}
	})
}
