package httpd

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

func TestProse(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"Labdien!":                    "<p>Labdien!</p>\n",
		"Labdien!\nPaldies.":          "<p>Labdien!<br>\nPaldies.</p>\n",
		"Pirmā.\n\n\nOtrā.":           "<p>Pirmā.</p>\n<p>Otrā.</p>\n",
		"Lūdzu:\n- līgumu\n* rēķinu":  "<p>Lūdzu:</p>\n<ul><li>līgumu</li><li>rēķinu</li></ul>\n",
		"1. viens\n2) divi":           "<ol><li>viens</li><li>divi</li></ol>\n",
		"2026. gada 3. oktobrī":       "<p>2026. gada 3. oktobrī</p>\n",
		"1. viens\n5. maijā":          "<ol><li>viens</li></ol>\n<p>5. maijā</p>\n",
		"12. janvārī tikāmies":        "<p>12. janvārī tikāmies</p>\n",
		"-5 grādi":                    "<p>-5 grādi</p>\n",
		"<b>&\"'":                     "<p>&lt;b&gt;&amp;&#34;&#39;</p>\n",
		"- <script>alert(1)</script>": "<ul><li>&lt;script&gt;alert(1)&lt;/script&gt;</li></ul>\n",
	} {
		if got := string(prose(text)); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// Whatever is typed, only five elements come out, none with attributes, and no
// character that shows is lost.
func FuzzProse(f *testing.F) {
	for _, seed := range []string{
		"a\nb\n\n- c\n1. d", "<p onclick=x>", "1. a\n\n2. b", "- \n-", "\r\r\n\x00", "• x\n– y", "&lt;",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		body := html.NewTokenizer(strings.NewReader(string(prose(text))))
		shown, depth := "", 0
		for {
			kind := body.Next()
			if kind == html.ErrorToken {
				break
			}
			token := body.Token()
			switch kind {
			case html.TextToken:
				shown += token.Data
			case html.StartTagToken, html.EndTagToken:
				switch token.Data {
				case "p", "ul", "ol", "li", "br":
				default:
					t.Fatalf("%q gives <%s>", text, token.Data)
				}
				if len(token.Attr) > 0 {
					t.Fatalf("%q gives attributes", text)
				}
				if kind == html.StartTagToken && token.Data != "br" {
					depth++
				} else if kind == html.EndTagToken {
					depth--
				}
			default:
				t.Fatalf("%q gives %v", text, kind)
			}
		}
		if depth != 0 {
			t.Fatalf("%q leaves %d elements open", text, depth)
		}
		if utf8.ValidString(text) && letters(shown) != letters(text) {
			t.Fatalf("%q shows %q", text, shown)
		}
	})
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}
