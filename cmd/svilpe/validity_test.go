package main

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// false alarms of tidy 5.6, which is older than some of HTML: by a part of
// their words, each with what makes it false.
var tidyErrs = map[string]string{
	`proprietary attribute "aria-current"`: "WAI-ARIA 1.1 has it",
	`proprietary attribute "inputmode"`:    "HTML has it",
	`<svg> proprietary attribute`:          "SVG is not tidy's",
}

// tidy asks HTML Tidy, in its HTML5 mode; errors and warnings count alike.
func tidy(t *testing.T, source string) []string {
	t.Helper()
	cmd := exec.Command("tidy", "-quiet", "-errors", "-utf8", "--doctype", "html5", "--show-warnings",
		"yes", "--show-info", "no",
		"--drop-empty-elements", "no", "--strict-tags-attributes", "yes")
	cmd.Stdin = strings.NewReader(source)
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("tidy (Debian's package tidy; make test installs it): %v", err)
	}
	var out []string
	for _, line := range strings.Split(strings.TrimSpace(string(said)), "\n") {
		if line != "" && !slices.ContainsFunc(keys(tidyErrs), func(part string) bool {
			return strings.Contains(line, part)
		}) {
			out = append(out, "tidy: "+line)
		}
	}
	return out
}

// void elements have no end tag.
var void = []string{
	"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
}

// mayEnd are elements whose end tag HTML lets out. Ours do not: a forgotten end
// looks the same as a let-out one.
func checkHTML(source string) []string {
	c := &htmlCheck{ids: map[string]int{}}
	c.tags(source)
	doc, err := html.Parse(strings.NewReader(source))
	if err != nil {
		return append(c.wrong, err.Error())
	}
	c.walk(doc, nil)
	for id, n := range c.ids {
		if n > 1 {
			c.add("id %q stands %d times", id, n)
		}
	}
	for _, r := range c.refs {
		if c.ids[r] == 0 {
			c.add("nothing has the id %q", r)
		}
	}
	if c.h1 != 1 {
		c.add("%d h1", c.h1)
	}
	return c.wrong
}

type htmlCheck struct {
	wrong []string
	ids   map[string]int
	refs  []string
	h1    int
	level int
}

func (c *htmlCheck) add(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

// tags demands that every element that is opened is closed in its order, and
// nothing else is.
func (c *htmlCheck) tags(source string) {
	var open []string
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				c.add("never closed: %v", open)
			}
			return
		case html.StartTagToken:
			name, _ := z.TagName()
			if tag := string(name); !slices.Contains(void, tag) {
				if tag == "form" && slices.Contains(open, tag) { // the parser would drop it
					c.add("form inside form")
				}
				open = append(open, tag)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				c.add("</%s> closes %v", name, open)
				return
			}
			open = open[:len(open)-1]
		}
	}
}

// walk looks at every element; above are the elements it stands in.
func (c *htmlCheck) walk(n *html.Node, above []string) {
	if n.Type == html.ElementNode {
		c.element(n, above)
		above = append(slices.Clone(above), n.Data)
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.walk(k, above)
	}
}

var interactive = []string{"a", "button", "select", "textarea", "summary", "label", "form"}

func (c *htmlCheck) element(n *html.Node, above []string) {
	for _, a := range n.Attr {
		switch {
		case a.Key == "id":
			c.ids[a.Val]++
			if a.Val == "" || strings.ContainsAny(a.Val, " \t\n") {
				c.add("%s has the id %q", n.Data, a.Val)
			}
		case a.Key == "for", a.Key == "aria-describedby", a.Key == "aria-labelledby", a.Key == "aria-controls",
			a.Key == "headers", a.Key == "list":
			c.refs = append(c.refs, strings.Fields(a.Val)...)
		case a.Key == "href" && strings.HasPrefix(a.Val, "#") && n.Data == "a":
			c.refs = append(c.refs, a.Val[1:])
		case a.Key == "style", strings.HasPrefix(a.Key, "on"):
			c.add("%s has %s", n.Data, a.Key)
		}
	}
	if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
		level := int(n.Data[1] - '0')
		if level == 1 {
			c.h1++
		}
		if level > c.level+1 {
			c.add("h%d after h%d", level, c.level)
		}
		c.level = level
	}
	if slices.Contains(interactive, n.Data) || n.Data == "input" {
		for _, outer := range interactive {
			labelled := outer == "label" && n.Data != "label" && n.Data != "form"
			if slices.Contains(above, outer) && (outer != "form" || n.Data == "form") && !labelled {
				c.add("%s inside %s", n.Data, outer)
			}
		}
	}
}

// TestTheCheckOfHTMLFinds: what it is for is found, each fault alone.
func TestTheCheckOfHTMLFinds(t *testing.T) {
	const sound = `<!DOCTYPE html><html lang="lv"><head><title>x</title></head><body><h1 id="a">x</h1>%s</body></html>`
	if got := checkHTML(fmt.Sprintf(sound, `<h2>y</h2><a href="#a">z</a>`)); len(got) > 0 {
		t.Errorf("sound, and %v", got)
	}
	for what, fault := range map[string]string{
		"an id twice": `<p id="a"></p>`, "a label for nothing": `<label for="b">x</label>`,
		"a link to nothing":               `<a href="#b">x</a>`,
		"a description that is not there": `<input aria-describedby="a b">`, "a second h1": `<h1>y</h1>`,
		"a heading left out": `<h3>y</h3>`,
		"a button in a link": `<a href="/"><button>x</button></a>`, "a form in a form": `<form><form></form></form>`,
		"an end without a beginning": `</p>`, "a beginning without an end": `<div>`,
		"crossed tags": `<em><strong></em></strong>`, "a style": `<p style="x"></p>`,
	} {
		if len(checkHTML(fmt.Sprintf(sound, fault))) == 0 {
			t.Errorf("%s is not found", what)
		}
	}
	if len(tidy(t, fmt.Sprintf(sound, `<p><div></div></p>`))) == 0 {
		t.Error("tidy finds nothing")
	}
}
