package casework

import (
	"strings"
	"testing"
)

// A member may only take out, and every place where something is gone is marked.
func TestCut(t *testing.T) {
	for _, x := range []struct{ name, text, left, want string }{
		{"a name", "Redzēja Jānis Kalns, ne citi.", "Redzēja , ne citi.", "Redzēja […], ne citi."},
		{"with the mark typed", "Redzēja Jānis Kalns, ne citi.", "Redzēja […], ne citi.", "Redzēja […], ne citi."},
		{"the mark for the spaces too", "Redzēja Jānis te.", "Redzēja[…]te.", "Redzēja[…]te."},
		{"the beginning", "Ilze teica: nāc.", "teica: nāc.", "[…]teica: nāc."},
		{"the end", "Zvaniet 29123456", "Zvaniet ", "Zvaniet […]"},
		{"twice", "a b c d e", "a c e", "a […]c […]e"},
		{"again, of a copy", "a […]c […]e", "a […]e", "a […]e"},
		{"other line ends", "a\nb\nc", "a\r\nc", "a\n[…]c"},
		{"nothing", "a b", "a b", "a b"},
		{"everything", "a b", "", "[…]"},
	} {
		if got, ok := Cut(x.text, x.left); got != x.want || !ok {
			t.Errorf("%s: %q %v, want %q", x.name, got, ok, x.want)
		}
	}
	for _, x := range []struct{ name, text, left string }{
		{"a word more", "Viņš nezaga.", "Viņš zaga."},
		{"another order", "a b", "b a"},
		{"a word twice", "a b", "a a"},
		{"letters of a word", "nezaga", "zaga"},
		{"letters around a mark", "nezaga", "ne[…]zaga"},
		{"all new", "", "x"},
	} {
		if got, ok := Cut(x.text, x.left); ok {
			t.Errorf("%s: taken as %q", x.name, got)
		}
	}
}

// FuzzCut: whatever is sent, a copy holds nothing that the text does not.
func FuzzCut(f *testing.F) {
	f.Add("Redzēja Jānis Kalns.", "Redzēja .")
	f.Add("a […] b", "[…]")
	f.Fuzz(func(t *testing.T, text, left string) {
		got, ok := Cut(text, left)
		if !ok {
			return
		}
		words := tokens(unify(text))
		for _, w := range tokens(strings.ReplaceAll(got, mark, "")) {
			n := 0
			for n < len(words) && words[n] != w {
				n++
			}
			if n == len(words) {
				t.Fatalf("%q is not in %q", w, text)
			}
			words = words[n+1:]
		}
		if again, ok := Cut(text, got); !ok || again != got {
			t.Fatalf("the copy %q of a copy %q", again, got)
		}
	})
}
