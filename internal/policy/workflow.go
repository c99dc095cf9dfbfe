package policy

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"svilpe/internal/ethics"
)

// What the workflow is made of.

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

// States are one state or a list, as Names.
type States []ethics.State

// UnmarshalYAML takes a scalar for a list of one.
func (s *States) UnmarshalYAML(node *yaml.Node) error {
	var names Names
	if err := names.UnmarshalYAML(node); err != nil {
		return err
	}
	*s = make(States, len(names))
	for n, name := range names {
		(*s)[n] = ethics.State(name)
	}
	return nil
}

// Moments are what happens to a case, states entered among it: one or a list, as Names.
type Moments []ethics.EventKind

// UnmarshalYAML takes a scalar for a list of one.
func (m *Moments) UnmarshalYAML(node *yaml.Node) error {
	var names Names
	if err := names.UnmarshalYAML(node); err != nil {
		return err
	}
	*m = make(Moments, len(names))
	for n, name := range names {
		(*m)[n] = ethics.Entered(ethics.State(name))
	}
	return nil
}

// entered are the moments in which states are entered.
func entered(states []ethics.State) []ethics.EventKind {
	out := make([]ethics.EventKind, len(states))
	for n, state := range states {
		out[n] = ethics.Entered(state)
	}
	return out
}

// Track is a way of reporting.
type Track struct {
	ID          string `yaml:"id"`
	Name        Text   `yaml:"name"`
	Identity    string `yaml:"identity"` // required_sealed, optional_sealed or none
	CreatesCase *bool  `yaml:"creates_case"`
	AskedIn     States `yaml:"asked_in"` // states in which the reporter of another track can ask for this one
}

// TimeRules say how days are counted.
type TimeRules struct {
	Timezone string `yaml:"timezone"`
	Count    string `yaml:"count"` // calendar_days: the day after the event is day one
	// a last day that is no working day moves to the next one
	RollForward bool     `yaml:"roll_forward_on_non_working_day"`
	Besides     []string `yaml:"holidays_besides"` // days, besides the holidays of each year
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
	Reporter     bool     `yaml:"reporter"`  // its dates concern the reporter, who sees them
	AfterEnd     bool     `yaml:"after_end"` // runs once nobody works on the case: no list names it as due
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
	ID           ethics.State `yaml:"id"`
	Phase        string       `yaml:"iso37002"` // ISO 37002: receive, assess, address, conclude
	Initial      bool         `yaml:"initial"`
	Terminal     bool         `yaml:"terminal"`
	Over         bool         `yaml:"over"`    // nobody works on the case any more
	Message      bool         `yaml:"message"` // ReporterText speaks of our message
	Starts       Names        `yaml:"starts"`  // deadlines
	Stops        Names        `yaml:"stops"`   // deadlines
	Name         Text         `yaml:"name"`
	ReporterText Text         `yaml:"reporter_text"`
}

// Previous is, in Step.To, the state from which the reporter was asked.
const Previous = ethics.StatePrevious

// Step is a transition of a case. Guard says in words what Needs, Statements
// and the caller's grant enforce.
type Step struct {
	ID             ethics.Act       `yaml:"id"`
	Event          ethics.EventKind `yaml:"event"`  // recorded with the step, "" for none but the state entered
	Needs          Names            `yaml:"needs"`  // facts that the program checks (needs)
	While          Names            `yaml:"while"`  // flags that must be on
	Unless         Names            `yaml:"unless"` // flags that must be off
	Name           Text             `yaml:"name"`
	From           States           `yaml:"from"`
	To             States           `yaml:"to"`          // one state, several to choose from, or Previous
	ReporterTo     ethics.State     `yaml:"reporter_to"` // of several, the one that the reporter's own step leads to
	Also           Moments          `yaml:"also"`        // further events that it may bring, each once
	Changes        string           `yaml:"changes"`     // what it may set besides the state: one of the Changes… words
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

// What an act may set of a case besides its state (Step.Changes).
const (
	ChangesTrack    = "track"
	ChangesCategory = "category"
	ChangesMeasures = "measures" // sets new ones
	ChangesMeasure  = "measure"  // follows one that is open
)

// OtherAct is an act that is no step and has no form of one: a message, a note, what
// the reporter says about themselves. It brings one of its events at least.
type OtherAct struct {
	ID     ethics.Act `yaml:"id"`
	By     string     `yaml:"by"`   // member or reporter
	From   States     `yaml:"from"` // states in which it is taken, all where there are none
	Events Moments    `yaml:"events"`
}

// Action is a sensitive act that changes no state; always in the log.
type Action struct {
	ID             ethics.Act       `yaml:"id"`
	Event          ethics.EventKind `yaml:"event"`   // recorded with the act, "" for none
	Also           Moments          `yaml:"also"`    // as in Step
	Changes        string           `yaml:"changes"` // as in Step
	From           States           `yaml:"from"`    // states in which it is offered
	Needs          Names            `yaml:"needs"`   // as in Step
	While          Names            `yaml:"while"`   // flags that must be on
	Unless         Names            `yaml:"unless"`  // flags that must be off
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
