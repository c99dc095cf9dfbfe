package policy

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"svilpe/internal/ethics"
)

// Names is one name or a list of names: `from: received`, `from: [a, b]`.
type Names []string

// UnmarshalYAML takes a scalar for a list of one.
func (n *Names) UnmarshalYAML(node *yaml.Node) error {
	switch node.Kind {
	case yaml.ScalarNode:
		*n = Names{node.Value}
		return nil
	case yaml.SequenceNode:
		return node.Decode((*[]string)(n))
	}
	return fmt.Errorf("line %d: want a name or a list of names", node.Line)
}

// Moments are what happens to a case, states entered among it: one or a list, as Names.
type Moments []ethics.EventKind

// UnmarshalYAML takes a scalar for a list of one.
func (m *Moments) UnmarshalYAML(node *yaml.Node) error {
	var names Names
	if err := names.UnmarshalYAML(node); err != nil {
		return err
	}
	*m = entered(names)
	return nil
}

// entered are the moments in which states are entered.
func entered(states []string) []ethics.EventKind {
	out := make([]ethics.EventKind, len(states))
	for n, state := range states {
		out[n] = ethics.Entered(state)
	}
	return out
}

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

// Track is a way of reporting.
type Track struct {
	ID          string `yaml:"id"`
	Name        Text   `yaml:"name"`
	Identity    string `yaml:"identity"` // required_sealed, optional_sealed or none
	CreatesCase *bool  `yaml:"creates_case"`
}

// TimeRules say how days are counted.
type TimeRules struct {
	Timezone    string   `yaml:"timezone"`
	Count       string   `yaml:"count"`                           // calendar_days: the day after the event is day one
	RollForward bool     `yaml:"roll_forward_on_non_working_day"` // a last day that is no working day moves to the next one
	Besides     []string `yaml:"holidays_besides"`                // days, besides the holidays of each year
	WarnBefore  []int    `yaml:"warn_before_days"`
	EscalateTo  []string `yaml:"escalate_overdue_to"`
	IdleDays    int      `yaml:"escalate_idle_days"` // after so many without a step, message or note
}

// Deadline is a period that runs from a state or event to another.
type Deadline struct {
	ID           string   `yaml:"id"`
	Name         Text     `yaml:"name"`
	Value        Period   `yaml:"value"`
	Starts       Moments  `yaml:"starts"`
	Fallback     Start    `yaml:"fallback_start"`
	Stops        Moments  `yaml:"stops"`
	Applies      []string `yaml:"applies"`       // tracks
	Unless       Names    `yaml:"unless"`        // flags under which it does not run at all
	ExtendableTo Period   `yaml:"extendable_to"` // in place of Value, from the same start
	ExtendedBy   Moments  `yaml:"extended_by"`   // the event that gives that time
	Roll         *bool    `yaml:"roll"`          // false: a period of our own, not moved off non-working days
	Repeats      *bool    `yaml:"repeats"`       // false: one run each time the case is opened
	Source       string   `yaml:"source"`
	CheckIns     []Period `yaml:"check_ins"` // after its start: when the reporter is asked how they are
	Certainty    string   `yaml:"certainty"`
	Note         string   `yaml:"note"`
}

// Outcome is a result of an examination.
type Outcome struct {
	ID     string `yaml:"id"`
	Breach bool   `yaml:"breach"` // a rule was broken: the decision says which
	Name   Text   `yaml:"name"`
}

// State is where a case stands.
type State struct {
	ID           string `yaml:"id"`
	Phase        string `yaml:"iso37002"` // ISO 37002: receive, assess, address, conclude
	Initial      bool   `yaml:"initial"`
	Terminal     bool   `yaml:"terminal"`
	Message      bool   `yaml:"message"` // ReporterText speaks of our message
	Starts       Names  `yaml:"starts"`  // deadlines
	Stops        Names  `yaml:"stops"`   // deadlines
	Name         Text   `yaml:"name"`
	ReporterText Text   `yaml:"reporter_text"`
}

// Previous is, in Step.To, the state from which the reporter was asked.
const Previous = "@previous"

// Step is a transition of a case. Guard says in words what Needs, Statements
// and the caller's grant enforce.
type Step struct {
	ID             string           `yaml:"id"`
	Event          ethics.EventKind `yaml:"event"`  // recorded with the step, "" for none but the state entered
	Needs          Names            `yaml:"needs"`  // facts the program checks: see need… constants
	While          Names            `yaml:"while"`  // flags that must be on
	Unless         Names            `yaml:"unless"` // flags that must be off
	Name           Text             `yaml:"name"`
	From           Names            `yaml:"from"`
	To             Names            `yaml:"to"` // one state, several to choose from, or Previous
	Who            Names            `yaml:"who"`
	FourEyes       bool             `yaml:"four_eyes"`
	Approver       Names            `yaml:"approver"` // roles of the second, different person
	Reason         bool             `yaml:"reason"`   // a text is required
	Message        bool             `yaml:"message"`  // so is a message to the reporter
	Silent         bool             `yaml:"silent"`   // no message to the reporter goes with it
	NotifyReporter bool             `yaml:"notify_reporter"`
	Starts         Names            `yaml:"starts"` // deadlines, by Event
	Stops          Names            `yaml:"stops"`  // deadlines, by Event
	OwnForm        bool             `yaml:"-"`      // proposed by a form of its own, never by that of a step
	Guard          string           `yaml:"guard"`
	Automatic      string           `yaml:"automatic"`
}

// Action is a sensitive act that changes no state; always in the log.
type Action struct {
	ID             string           `yaml:"id"`
	Event          ethics.EventKind `yaml:"event"`  // recorded with the act, "" for none
	From           Names            `yaml:"from"`   // states in which it is offered
	Needs          Names            `yaml:"needs"`  // as in Step
	While          Names            `yaml:"while"`  // flags that must be on
	Unless         Names            `yaml:"unless"` // flags that must be off
	Name           Text             `yaml:"name"`
	Who            Names            `yaml:"who"`
	FourEyes       bool             `yaml:"four_eyes"`
	Approver       Names            `yaml:"approver"`
	Reason         bool             `yaml:"reason"`
	Message        bool             `yaml:"message"`
	Silent         bool             `yaml:"silent"`
	OwnForm        bool             `yaml:"own_form"` // see Step
	NotifyReporter string           `yaml:"notify_reporter"`
	Requires       string           `yaml:"requires"`
	Review         Period           `yaml:"review"`
	Guard          string           `yaml:"guard"`
}

// Flag is a mark on a case for someone's protection. It is on from one of the events
// Set to the next of Lift, where it has these.
type Flag struct {
	Set        Moments  `yaml:"set"`
	Lift       Moments  `yaml:"lift"`
	ID         string   `yaml:"id"`
	Name       Text     `yaml:"name"`
	Values     []string `yaml:"values"`
	SetBy      Names    `yaml:"set_by"`
	ReviewDays int      `yaml:"review_days"`
}

// Role is what a person is appointed to.
type Role struct {
	ID   string `yaml:"id"`
	Name Text   `yaml:"name"`
}

// Permission is one row of the matrix.
type Permission struct {
	ID     string  `yaml:"id"`
	Case   bool    `yaml:"case"`   // about one case: counts only with a grant of it
	Action string  `yaml:"action"` // developers' wording
	Name   Text    `yaml:"name"`
	Levels []Level `yaml:"v"` // in the order of Policy.Roles
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
	ID         string              `yaml:"id"`
	Section    string              `yaml:"section"`
	Type       string              `yaml:"type"` // radio, select, multi_select, checkbox, checkbox_group, text, textarea, file, generated
	Source     string              `yaml:"source"`
	Multiple   bool                `yaml:"multiple"`
	VisibleIf  map[string][]string `yaml:"visible_if"` // all of these questions answered with one of these values
	Required   map[string]bool     `yaml:"required"`   // by W, A, E: see RequiredOn
	RequiredIf map[string]string   `yaml:"required_if"`
	Enabled    *bool               `yaml:"enabled_by_default"`
	Store      string              `yaml:"store"` // case, vault (separate encrypted record) or client (never sent)
	FormRef    string              `yaml:"form_ref"`
	Safety     []string            `yaml:"safety"` // ids of safety notes
	Default    string              `yaml:"default"`
	Label      Text                `yaml:"label"`
	Help       Text                `yaml:"help,omitempty"`
	Options    []Option            `yaml:"options"`
}

// offer is what this release offers of all this.
type offer struct {
	Version     int      `yaml:"version"`
	Tracks      []string `yaml:"tracks"`
	Steps       []string `yaml:"steps_withheld"`
	Permissions []string `yaml:"permissions_withheld"`
	Actions     []string `yaml:"actions"`
	Acts        []string `yaml:"acts"`
	Next        []string `yaml:"next"`
}

func (x Route) key() string          { return x.ID }
func (x Authority) key() string      { return x.ID }
func (x Category) key() string       { return x.ID }
func (x Track) key() string          { return x.ID }
func (x Deadline) key() string       { return x.ID }
func (x Outcome) key() string        { return x.ID }
func (x State) key() string          { return x.ID }
func (x Step) key() string           { return x.ID }
func (x Action) key() string         { return x.ID }
func (x Flag) key() string           { return x.ID }
func (x Role) key() string           { return x.ID }
func (x Permission) key() string     { return x.ID }
func (x Note) key() string           { return x.ID }
func (x Section) key() string        { return x.ID }
func (x Option) key() string         { return x.ID }
func (x Field) key() string          { return x.ID }
func (x StepStatements) key() string { return x.Step }
func (x Statement) key() string      { return x.ID }
