package locale

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// text is one message cut at its placeholders once, so that saying it needs no
// template engine: lits[0] names[0] lits[1] names[1] … lits[n].
type text struct {
	lits  []string
	names []string
}

var placeholder = regexp.MustCompile(`\{\{\.([A-Z][A-Za-z0-9]*)\}\}`)

// compile cuts a message. Braces that are no placeholder are refused: they
// would be shown to the reader as they stand.
func compile(s string) (text, error) {
	if strings.TrimSpace(s) == "" {
		return text{}, fmt.Errorf("empty text")
	}
	var t text
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		t.lits = append(t.lits, s[at:m[0]])
		t.names = append(t.names, s[m[2]:m[3]])
		at = m[1]
	}
	t.lits = append(t.lits, s[at:])
	for _, lit := range t.lits {
		if strings.Contains(lit, "{{") || strings.Contains(lit, "}}") {
			return text{}, fmt.Errorf("braces that are no placeholder")
		}
	}
	return t, nil
}

// say fills the placeholders from name, value pairs.
func (t text) say(key string, args []any) string {
	if len(t.names) == 0 {
		return t.lits[0]
	}
	var b strings.Builder
	for i, name := range t.names {
		b.WriteString(t.lits[i])
		b.WriteString(argument(key, name, args))
	}
	b.WriteString(t.lits[len(t.names)])
	return b.String()
}

func argument(key, name string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			switch v := args[i+1].(type) {
			case string:
				return v
			case int:
				return strconv.Itoa(v)
			case int64:
				return strconv.FormatInt(v, 10)
			}
			return fmt.Sprint(args[i+1])
		}
	}
	panic("locale: text " + key + " needs " + name)
}

// placeholders are the names a text asks for, each once, sorted.
func (t text) placeholders() []string {
	names := slices.Clone(t.names)
	slices.Sort(names)
	return slices.Compact(names)
}
