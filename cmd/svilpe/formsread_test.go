package main

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// formsOf reads the forms of a page.
func formsOf(t testing.TB, page string) []*filling {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	must(t, err)
	var out []*filling
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			f := &filling{action: attr(n, "action"), optional: map[string]bool{}}
			if attr(n, "enctype") == "multipart/form-data" {
				f.kind = "multipart"
			}
			f.read(n)
			out = append(out, f)
		}
	}
	return out
}

func (f *filling) read(form *html.Node) {
	for n := range form.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		c := &control{name: attr(n, "name"), value: attr(n, "value")}
		switch n.Data {
		case "input":
			if c.kind = attr(n, "type"); c.kind == "" {
				c.kind = "text"
			}
			_, c.on = find(n, "checked")
		case "textarea":
			c.kind, c.value = "textarea", text(n)
		case "select":
			c.kind = "select"
			c.choose(n)
		case "button":
			c.kind = "submit"
		case "span":
			if attr(n, "class") == "optional" {
				f.optional[strings.TrimSuffix(fieldOf(n), "-field")] = true
			}
			continue
		default:
			continue
		}
		_, disabled := find(n, "disabled")
		if !disabled && (c.name != "" || c.kind == "submit") {
			f.controls = append(f.controls, c)
		}
	}
}

// choose takes a list's chosen option, else its first, as a browser does.
func (c *control) choose(list *html.Node) {
	first := true
	for o := range list.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		value, given := find(o, "value")
		if !given {
			value = text(o)
		}
		c.options = append(c.options, value)
		if _, chosen := find(o, "selected"); chosen || first {
			c.value, first = value, false
		}
	}
}

func fieldOf(n *html.Node) string {
	for ; n != nil; n = n.Parent {
		if id := attr(n, "id"); strings.HasSuffix(id, "-field") {
			return id
		}
	}
	return ""
}

func find(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func attr(n *html.Node, name string) string { v, _ := find(n, name); return v }

func text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// words are what a page says, for the report of a failure.
func words(page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return page
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "main" {
			return strings.Join(strings.Fields(text(n)), " ")
		}
	}
	return strings.Join(strings.Fields(text(root)), " ")
}
