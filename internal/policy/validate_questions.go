package policy

import (
	"slices"
	"svilpe/internal/ethics"
)

func (c *checker) questionnaire() {
	const file = fileQuestionnaire
	sections := ids(c, file, "sections", c.p.Sections)
	notes := ids(c, file, "safety_notes", c.p.SafetyNotes)
	ids(c, file, "fields", c.p.Fields)
	s := c.p.Suggested
	if s.AttachmentMB < 1 || s.OfficialFormMB < 1 || s.DescriptionMax < 1 || len(s.AttachmentTypes) == 0 {
		c.fail(file, "limits: all four are needed")
	}
	for i, f := range c.p.Fields {
		at := "fields " + f.ID
		refer(c, file, at+" section", []string{f.Section}, sections)
		refer(c, file, at+" safety", f.Safety, notes)
		refer(c, file, at+" store", []string{f.Store}, []string{"case", "vault", "client"})
		if !slices.Equal(sortedKeys(f.Required), []string{"A", "E", "W"}) {
			c.fail(file, "%s required: want W, A and E", at)
		}
		if (f.Type == "generated") != (f.Store == "client") {
			c.fail(file, "%s: generated and store client go together", at)
		}
		if f.Matter && f.Store != "case" {
			c.fail(file, "%s: what is kept apart from the report is no matter for an authority", at)
		}
		if f.FormRef == "" {
			c.fail(file, "%s: no form_ref", at)
		}
		c.choices(at, f)
		c.dependsOn(at, f, c.p.Fields[:i])
	}
	refer(c, file, "fields (named in the program)",
		[]string{"track", "category", "institution", "language"}, keys(c.p.Fields))
}

// choices demands options where one chooses, and nowhere else.
func (c *checker) choices(at string, f Field) {
	const file = fileQuestionnaire
	options := keys(f.Options)
	switch f.Type {
	case "radio", "select", "multi_select", "checkbox_group":
		// The options of institution are the institutions.
		if len(options) == 0 && f.Source == "" && f.ID != "institution" {
			c.fail(file, "%s: no options", at)
		}
		if len(options) > 0 {
			unique(c, file, at+" options", options)
		}
	case "checkbox", "text", "textarea", "file", "generated":
		if len(options) > 0 {
			c.fail(file, "%s: options for type %s", at, f.Type)
		}
	default:
		c.fail(file, "%s type: unknown %q", at, f.Type)
	}
	refer(c, file, at+" source", []string{f.Source}, []string{"", fileCategories, "handlers_list"})
	if f.Source != "" && len(options) > 0 {
		c.fail(file, "%s: both source and options", at)
	}
	refer(c, file, at+" default", []string{f.Default}, append([]string{"", "ui_language"}, options...))
	switch {
	case f.ID == "track" && !sameSet(options, keys(c.p.Tracks)):
		c.fail(file, "%s options: not the tracks of %s", at, fileWorkflow)
	case f.ID == "language" && !slices.Equal(options, Languages):
		c.fail(file, "%s options: not the languages", at)
	case f.ID == "category" && f.Source != fileCategories:
		c.fail(file, "%s source: want %s", at, fileCategories)
	}
}

// dependsOn demands that a question depends on earlier ones only, so that what
// is visible can be decided in one pass, and on answers these can have.
func (c *checker) dependsOn(at string, f Field, earlier []Field) {
	const file = fileQuestionnaire
	for _, id := range sortedKeys(f.VisibleIf) {
		on, ok := find(earlier, id)
		if !ok {
			c.fail(file, "%s visible_if: no earlier field %q", at, id)
			continue
		}
		known := keys(on.Options)
		if on.Source == fileCategories {
			known = keys(c.p.Categories)
		}
		if len(f.VisibleIf[id]) == 0 {
			c.fail(file, "%s visible_if %s: no value", at, id)
		}
		refer(c, file, at+" visible_if "+id, f.VisibleIf[id], known)
	}
	// Check does not read required_if: until the vault is offered nothing needs it.
	for _, id := range sortedKeys(f.RequiredIf) {
		if _, ok := find(earlier, id); !ok || f.RequiredIf[id] != "filled" || f.Store != "vault" {
			c.fail(file, "%s required_if: want an earlier field, «filled», and store vault", at)
		}
	}
}

func (c *checker) statements() {
	const file = fileStatements
	refer(c, file, "statements", ids(c, file, "statements", c.p.statements),
		append(keys(c.p.Steps), keys(c.p.Actions)...))
	for _, s := range c.p.statements {
		at := "statements " + string(s.Step)
		ids(c, file, at, s.Ask)
		for i, a := range s.Ask {
			c.statement(at+" "+a.ID, a, s.Ask[:i])
		}
	}
}

func (c *checker) statement(at string, a Statement, earlier []Statement) {
	const file = fileStatements
	refer(c, file, at+" kind", []string{a.Kind}, []string{Choice, Choices, Words, Line, Number, Date, Tick, Rows})
	refer(c, file, at+" source", []string{a.Source},
		append([]string{"", "routes", "outcomes", "categories", "authorities"}, ofCase...))
	if (a.Kind == Rows) != (len(a.Columns) > 0 && a.Most > 0) {
		c.fail(file, "%s: columns and most: for rows, and for each of them", at)
	}
	for i, col := range a.Columns {
		c.statement(at+" "+col.ID, col, a.Columns[:i])
	}
	if a.Whole && a.Kind != Words {
		c.fail(file, "%s whole: for texts", at)
	}
	sources := 0
	if a.Source != "" {
		sources++
	}
	if len(a.Options) > 0 {
		sources++
		unique(c, file, at+" options", keys(a.Options))
	}
	if want := map[bool]int{true: 1}[a.Kind == Choice || a.Kind == Choices]; sources != want {
		c.fail(file, "%s: %d sources of options, want %d", at, sources, want)
	}
	if (a.Kind == Date) != (a.Max != Period{}) {
		c.fail(file, "%s max: for dates, and for each of them", at)
	}
	for _, id := range sortedKeys(a.RequiredIf) {
		on, ok := find(earlier, id)
		if !ok {
			c.fail(file, "%s required_if: no earlier statement %q", at, id)
			continue
		}
		refer(c, file, at+" required_if "+id, a.RequiredIf[id], keys(on.Options))
	}
}

func (c *checker) offered() {
	const file = fileOffered
	o := c.p.offer
	steps := keys(c.p.Steps)
	for list, of := range map[string][2][]string{
		"tracks":               {o.Tracks, keys(c.p.Tracks)},
		"steps_withheld":       {named[string](o.Steps), steps},
		"permissions_withheld": {o.Permissions, keys(c.p.Matrix)},
		"actions":              {named[string](o.Actions), keys(c.p.Actions)},
		"acts":                 {named[string](o.Acts), keys(c.p.Actions)},
		"next":                 {named[string](o.Next), steps},
	} {
		if len(of[0]) > 0 || list != "steps_withheld" { // nothing need be withheld
			unique(c, file, list, of[0])
		}
		refer(c, file, list, of[0], of[1])
	}
	for page, acts := range o.Pages {
		unique(c, file, "pages "+page, named[string](acts))
		refer(c, file, "pages "+page, named[string](acts), append(steps, keys(c.p.Actions)...))
	}
	if intersects(o.Next, o.Steps) {
		c.fail(file, "next: names a withheld step")
	}
	for _, id := range o.Tracks {
		if _, ok := requiredKeys[id]; !ok && id != Consultation {
			c.fail(file, "tracks: the questionnaire does not say what %q requires", id)
		}
	}
	// The reporter's turn and erasing are asked for by name.
	refer(c, file, "transitions (named in the program)",
		[]string{string(ethics.ActReply), string(ethics.ActErase)}, steps)
}
