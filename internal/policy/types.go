package policy

import "svilpe/internal/ethics"

// A field tagged omitempty may be missing; every other Text must be there in
// all Languages (see eachText).

// Route is a way of handling: who is competent.
type Route struct {
	ID   string `yaml:"id"`
	Name Text   `yaml:"name"`
}

// Authority is a competent authority outside the institution. Only enabled ones
// are offered when a report is forwarded.
type Authority struct {
	ID      string `yaml:"id"`
	Country string `yaml:"country"`
	Enabled bool   `yaml:"enabled"`
	Name    Text   `yaml:"name"`
	Note    string `yaml:"note"`
	// Contact is how anybody reaches it, in one line, the same in every language;
	// "" where that is not known.
	Contact string `yaml:"contact"`
	// Recipient is the age key that packages are sealed to (casefile.Recipient),
	// "" for none.
	Recipient string `yaml:"recipient"`
}

// Category is a kind of violation.
type Category struct {
	ID       string   `yaml:"id"`
	Order    int      `yaml:"order"`
	Fallback bool     `yaml:"fallback"` // for those who are unsure; exactly one
	Name     Text     `yaml:"name"`
	Hint     Text     `yaml:"hint"`
	Seed     []string `yaml:"seed"`
	LawArea  []int    `yaml:"lv_law_area"` // items 1–22 of Trauksmes celšanas likums Art. 3(1)
	Route    struct {
		Primary     string   `yaml:"primary"`
		Also        []string `yaml:"also"`
		Authorities []string `yaml:"authorities"`
	} `yaml:"route"`
	Eligible string   `yaml:"wb_eligible"` // yes, possible or rarely: a hint, never a decision
	Handling Handling `yaml:"handling"`
}

// Handling are the cautions of a category.
type Handling struct {
	Sensitive          bool     `yaml:"sensitive"`
	HideLineManager    bool     `yaml:"hide_line_manager"`
	TrainedHandlerOnly bool     `yaml:"trained_handler_only"` // until training is recorded everyone counts as trained
	UrgentScreen       bool     `yaml:"urgent_screen"`
	NoForcedMediation  bool     `yaml:"no_forced_mediation"`
	DoNotTipOff        bool     `yaml:"do_not_tip_off"`
	MandatoryReport    bool     `yaml:"mandatory_report"`
	LinksToCase        bool     `yaml:"links_to_case"`
	NotWorkRelatedOK   bool     `yaml:"not_work_related_ok"`
	Priority           string   `yaml:"priority"` // "" or high
	ReporterOften      []string `yaml:"reporter_often"`
}

// Role is what a person is appointed to.
type Role struct {
	ID   string `yaml:"id"`
	Name Text   `yaml:"name"`
}

// Permission is one row of the matrix.
type Permission struct {
	ID     string     `yaml:"id"`
	Case   bool       `yaml:"case"`   // about one case: counts only with a grant of it
	Action string     `yaml:"action"` // developers' wording
	Name   Text       `yaml:"name"`
	Levels []Level    `yaml:"v"`  // in the order of Policy.Roles
	Of     ethics.Act `yaml:"of"` // in place of v: four eyes for whom this step names as approvers
}

// Suggested are limits told to reporters as advice; the program's own limits
// are settings.
type Suggested struct {
	AttachmentMB    int      `yaml:"attachment_max_mb"`
	OfficialFormMB  int      `yaml:"official_eform_max_mb"`
	AttachmentTypes []string `yaml:"attachment_types"`
	DescriptionMax  int      `yaml:"description_max_chars"`
}

// Note is a safety hint.
type Note struct {
	ID   string `yaml:"id"`
	Text Text   `yaml:"text"`
}

// Section is a part of the questionnaire.
type Section struct {
	ID   string `yaml:"id"`
	Name Text   `yaml:"name"`
}

// Option is one answer to choose.
type Option struct {
	ID    string `yaml:"id"`
	Label Text   `yaml:"label"`
}

// Field is one question.
type Field struct {
	ID      string `yaml:"id"`
	Section string `yaml:"section"`
	// radio, select, multi_select, checkbox, checkbox_group, text, textarea, file, generated
	Type       string              `yaml:"type"`
	Source     string              `yaml:"source"`
	Multiple   bool                `yaml:"multiple"`
	VisibleIf  map[string][]string `yaml:"visible_if"` // all of these questions answered with one of these values
	Required   map[string]bool     `yaml:"required"`   // by W, A, E: see RequiredOn
	RequiredIf map[string]string   `yaml:"required_if"`
	Enabled    *bool               `yaml:"enabled_by_default"`
	Store      string              `yaml:"store"`        // case, vault (a record of its own) or client (never sent)
	Matter     bool                `yaml:"matter"`       // of what happened, not of who writes: may go to an authority
	Consults   bool                `yaml:"consultation"` // asked there too
	FormRef    string              `yaml:"form_ref"`
	Safety     []string            `yaml:"safety"` // ids of safety notes
	Default    string              `yaml:"default"`
	Label      Text                `yaml:"label"`
	Help       Text                `yaml:"help,omitempty"`
	Options    []Option            `yaml:"options"`
}

// offer is what this release offers of all this.
type offer struct {
	Version     int                     `yaml:"version"`
	Tracks      []string                `yaml:"tracks"`
	Steps       []ethics.Act            `yaml:"steps_withheld"`
	Permissions []string                `yaml:"permissions_withheld"`
	Actions     []ethics.Act            `yaml:"actions"`
	Acts        []ethics.Act            `yaml:"acts"`
	Next        []ethics.Act            `yaml:"next"`
	Pages       map[string][]ethics.Act `yaml:"pages"`
}

func (x Route) key() string          { return x.ID }
func (x Authority) key() string      { return x.ID }
func (x Category) key() string       { return x.ID }
func (x Track) key() string          { return x.ID }
func (x Deadline) key() string       { return x.ID }
func (x Outcome) key() string        { return x.ID }
func (x State) key() string          { return string(x.ID) }
func (x Step) key() string           { return string(x.ID) }
func (x Action) key() string         { return string(x.ID) }
func (x OtherAct) key() string       { return string(x.ID) }
func (x Flag) key() string           { return x.ID }
func (x Role) key() string           { return x.ID }
func (x Permission) key() string     { return x.ID }
func (x Note) key() string           { return x.ID }
func (x Section) key() string        { return x.ID }
func (x Option) key() string         { return x.ID }
func (x Field) key() string          { return x.ID }
func (x StepStatements) key() string { return string(x.Step) }
func (x Statement) key() string      { return x.ID }
