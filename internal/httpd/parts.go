package httpd

// The data of the partials in web/templates/layout/parts.html, all words in
// the reader's language already. A folded section is plain markup:
//
//	<details class="section"><summary>…</summary>…</details>

// Field is one question: {{template "field" .Title}}.
type Field struct {
	// Kind is text (also for ""), textarea, select, radio, checkbox, file,
	// email, tel, password, date or another type of <input>.
	Kind         string
	Name         string // of the field; also the id that errors link to
	Label        string
	Hint         string   // why we ask, what is safe to write
	Notes        []string // what to beware of, between hint and control
	Error        string
	Value        string
	Optional     bool
	Rows         int      // textarea; 8 for 0
	Choices      []Choice // select, radio, checkbox
	Autocomplete string   // the attribute, «one-time-code», «off»
	InputMode    string   // the attribute, «numeric»
}

// Choice is one answer of a select, radio or checkbox field.
type Choice struct {
	Value, Label, Hint string
	Group              string // select: the heading it stands under; neighbours share it
	Chosen             bool
}

// FieldError is one line of {{template "error-summary" .Errors}}.
type FieldError struct{ Field, Text string }

// FormHead is {{template "form-head" .Head}}, first inside a form. Draft is the
// draft secret as the page shows it; Step is what pressing Enter posts.
type FormHead struct{ Draft, Lang, Step string }

// String keeps the draft secret out of prints.
func (FormHead) String() string { return "[redacted]" }

// GoString is String.
func (FormHead) GoString() string { return "[redacted]" }

// Notice is a box of words. Kind is info (also for ""), done, due or danger;
// without a Title the kind's own word stands there.
type Notice struct{ Kind, Title, Text string }

// FileRow is one file of {{template "file-list" .Files}}. With Keep it is a
// ticked box keep=ID inside a form. Type is the media type its sender claimed;
// the page says in words what name and type claim.
type FileRow struct {
	ID, Name, Type, Href, Note string
	Size                       int64
	Keep                       bool
}

// Tag is a state in a word. Kind is "", new, done, due or overdue.
type Tag struct{ Kind, Text string }

// Event is one line of {{template "timeline" .Events}}. Kind is done, due,
// overdue or "" for what only happened.
type Event struct{ Kind, Day, Text, Note string }

// Pager is {{template "pager" .Pager}}: addresses of the neighbours, "" at the
// ends, and which rows of how many are shown.
type Pager struct {
	Previous, Next  string
	From, To, Total int
}

// Table is {{template "table" .Table}}. The first cell of a row names it.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]Cell
}

// Cell is one of a Table. Figure sets it as a number, to the right.
type Cell struct {
	Text, Href string
	Tag        *Tag
	Figure     bool
}

// FigureColumn tells whether a column holds numbers, by its first row.
func (t Table) FigureColumn(i int) bool {
	return len(t.Rows) > 0 && i < len(t.Rows[0]) && t.Rows[0][i].Figure
}
