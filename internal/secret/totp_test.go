package secret

import (
	"encoding/base32"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"
)

// rfcSecret is the SHA-1 seed of RFC 6238 appendix B.
var rfcSecret = base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))

// TestRFC6238: the vectors of appendix B, last six of their eight digits.
func TestRFC6238(t *testing.T) {
	for unix, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924",
		2000000000: "279037", 20000000000: "353130",
	} {
		step, ok := Match(rfcSecret, code, time.Unix(unix, 0))
		if !ok || step != unix/30 {
			t.Errorf("at %d: step %d, %v", unix, step, ok)
		}
	}
}

func TestCodeHoldsOneStepEitherWay(t *testing.T) {
	at := time.Unix(1234567890, 0) // step 41152263
	for off, want := range map[time.Duration]bool{
		-60 * time.Second: false, -30 * time.Second: true, 0: true, 29 * time.Second: true,
		30 * time.Second: true, 60 * time.Second: false,
	} {
		step, ok := Match(rfcSecret, "005924", at.Add(off))
		if ok != want || ok && step != 41152263 {
			t.Errorf("%v: step %d, %v", off, step, ok)
		}
	}
	for _, code := range []string{"", "00592", "0059240", "005925", "5924", "abcdef", "０05924"} {
		if _, ok := Match(rfcSecret, code, at); ok {
			t.Errorf("%q was taken", code)
		}
	}
	if _, ok := Match(rfcSecret, " 005 924\n", at); !ok {
		t.Error("spaces count")
	}
	if _, ok := Match("not base32!", "005924", at); ok {
		t.Error("a broken secret matches")
	}
	if _, ok := Match(rfcSecret, "755224", time.Unix(0, 0)); !ok { // RFC 4226 appendix D, count 0
		t.Error("the first step")
	}
}

func TestNewTOTP(t *testing.T) {
	s := NewTOTP()
	raw, err := base32NoPad.DecodeString(s)
	if err != nil || len(raw) != 20 || s == NewTOTP() {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
}

func TestOtpauthURL(t *testing.T) {
	s := NewTOTP()
	text, err := URL(s, "Rīgas dome & Co", "anna@riga.example")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "otpauth" || u.Host != "totp" ||
		u.Path != "/Rīgas dome & Co:anna@riga.example" || q.Get("secret") != s ||
		q.Get("issuer") != "Rīgas dome & Co" || q.Get("digits") != "6" || q.Get("period") != "30" ||
		q.Get("algorithm") != "SHA1" {
		t.Errorf("%s", text)
	}
	if strings.Contains(text, "+") {
		t.Errorf("authenticators show a plus as a plus: %s", text)
	}
	for _, bad := range [][3]string{{"no secret!", "i", "a"}, {s, "", "a"}, {s, "i", ":"}, {"", "i", "a"}} {
		if got, err := URL(bad[0], bad[1], bad[2]); err == nil ||
			bad[0] != "" && strings.Contains(err.Error(), bad[0]) {
			t.Errorf("%q: %q, %v", bad, got, err)
		}
	}
}

func TestQRIsPlainInlineSVG(t *testing.T) {
	svg, err := QR("otpauth://totp/x:y?secret=ABC", `Code "for" <you> & me`)
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	elements := map[string]int{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			elements[e.Name.Local]++
			for _, a := range e.Attr {
				if a.Name.Local == "aria-label" && a.Value != `Code "for" <you> & me` {
					t.Errorf("label %q", a.Value)
				}
			}
		}
	}
	if len(elements) != 2 || elements["svg"] != 1 || elements["path"] != 2 {
		t.Errorf("elements %v", elements)
	}
	for _, never := range []string{"data:", "style", "script", "href", "ABC"} {
		if strings.Contains(svg, never) {
			t.Errorf("%q in the drawing", never)
		}
	}
	if len(svg) > 12_000 {
		t.Errorf("%d bytes", len(svg))
	}
	if _, err := QR(strings.Repeat("x", 5000), ""); err == nil {
		t.Error("5000 bytes fit into a QR code")
	}
}
