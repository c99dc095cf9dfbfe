package httpd

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// Lists begin a line so; nothing else in a text is more than text.
var (
	bullet   = regexp.MustCompile(`^\s{0,3}[-*•–]\s+(\S.*)$`)
	numeral  = regexp.MustCompile(`^\s{0,3}(\d{1,3})[.)]\s+(\S.*)$`)
	emptyish = regexp.MustCompile(`^\s*$`)
)

// prose is the template function for what people wrote to each other:
// paragraphs, line breaks and lists, everything else as it was typed. Numbers
// make a list only where they count on from one: «12. janvārī» is a date, and
// what is shown must be what was written.
func prose(text string) template.HTML {
	var b strings.Builder
	open, last := "", 0 // p, ul, ol; the last number of an ol
	begin := func(tag string) {
		if open == tag {
			return
		}
		if open != "" {
			b.WriteString("</" + open + ">\n")
		}
		if tag != "" {
			b.WriteString("<" + tag + ">")
		}
		open, last = tag, 0
	}
	for line := range strings.SplitSeq(text, "\n") {
		switch item, number := bullet.FindStringSubmatch(line), numeral.FindStringSubmatch(line); {
		case emptyish.MatchString(line):
			begin("")
		case item != nil:
			begin("ul")
			b.WriteString("<li>" + template.HTMLEscapeString(item[1]) + "</li>")
		case number != nil && number[1] == strconv.Itoa(last+1):
			begin("ol")
			last++
			b.WriteString("<li>" + template.HTMLEscapeString(number[2]) + "</li>")
		default:
			if open == "p" {
				b.WriteString("<br>\n")
			}
			begin("p")
			b.WriteString(template.HTMLEscapeString(line))
		}
	}
	begin("")
	return template.HTML(b.String()) //nolint:gosec // every piece of text was escaped above
}
