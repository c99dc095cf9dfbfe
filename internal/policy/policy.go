// Package policy is the reference data of the field and the rules read from
// it: categories, workflow, permissions, questionnaire, deadlines. Start with
// Default, then Offered (what a member may do with a case now), Due (what is
// due when) and Check (whether a report is complete).
//
// The data stands in defaults/*.yaml. Load refuses what it does not know: an
// unknown field, a text missing in a language, a reference to nothing, a row of
// the permission matrix without a value for each role. So a gap in the rules is
// found at start and never when a case needs them.
//
// The package decides from facts its caller gives and keeps no state. It fails
// closed: an unknown id, role, state or track permits nothing. A *Policy is
// read-only after Load and safe for concurrent use.
package policy

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"svilpe/internal/ethics"
)

//go:embed defaults/*.yaml
var defaults embed.FS

// Digest is the SHA-256 of the reference data that ships: what the log holds of its
// first version.
func Digest() [32]byte {
	h := sha256.New()
	names, _ := fs.Glob(defaults, "defaults/*.yaml") // embedded: the pattern is good, every file is there
	for _, name := range names {
		data, _ := defaults.ReadFile(name)
		_, _ = fmt.Fprintf(h, "%s %d\n%s", path.Base(name), len(data), data)
	}
	return [32]byte(h.Sum(nil))
}

// Languages are the four in which every text stands; the first is the fallback.
var Languages = []string{"lv", "en", "ru", "kk"}

// Policy is the whole reference data, validated. Slices are in the order of the
// files, which is the order of pages; callers must not change them.
type Policy struct {
	Routes      []Route
	Authorities []Authority
	Categories  []Category

	Tracks    []Track
	Actors    []string           // not people: they hold no key
	Events    []ethics.EventKind // besides states, what starts or stops a deadline
	TimeRules TimeRules
	Deadlines []Deadline
	Outcomes  []Outcome
	States    []State
	Steps     []Step
	Actions   []Action
	Others    []OtherAct
	Flags     []Flag

	Roles      []Role
	Matrix     []Permission
	Separation []string // the rules that appointments keep, in words

	Suggested   Suggested
	SafetyNotes []Note
	Sections    []Section
	Fields      []Field

	Quorum        Quorum
	Consultations ConsultationRules
	Spans         Spans
	Codes         []Code

	statements []StepStatements
	offer      offer
}

// Default is the policy that ships with the program, parsed once.
func Default() (*Policy, error) { return parsed() }

var parsed = sync.OnceValues(func() (*Policy, error) {
	sub, err := fs.Sub(defaults, "defaults")
	if err != nil {
		return nil, err
	}
	return Load(sub)
})

func find[T interface{ key() string }](list []T, id string) (T, bool) {
	for _, x := range list {
		if x.key() == id {
			return x, true
		}
	}
	var none T
	return none, false
}

// Route finds a way of handling by id.
func (p *Policy) Route(id string) (Route, bool) { return find(p.Routes, id) }

// Authority finds a competent authority by id, enabled or not.
func (p *Policy) Authority(id string) (Authority, bool) { return find(p.Authorities, id) }

// Category finds a kind of violation by id.
func (p *Policy) Category(id string) (Category, bool) { return find(p.Categories, id) }

// Track finds a way of reporting by id, offered or not.
func (p *Policy) Track(id string) (Track, bool) { return find(p.Tracks, id) }

// Deadline finds a deadline by id.
func (p *Policy) Deadline(id string) (Deadline, bool) { return find(p.Deadlines, id) }

// Outcome finds a result of an examination by id.
func (p *Policy) Outcome(id string) (Outcome, bool) { return find(p.Outcomes, id) }

// State finds a state of a case by id.
func (p *Policy) State(id ethics.State) (State, bool) { return find(p.States, string(id)) }

// Step finds a transition by id, offered or not.
func (p *Policy) Step(id ethics.Act) (Step, bool) { return find(p.Steps, string(id)) }

// Action finds a sensitive action by id, offered or not.
func (p *Policy) Action(id ethics.Act) (Action, bool) { return find(p.Actions, string(id)) }

// Other finds an act that is no step by id.
func (p *Policy) Other(id ethics.Act) (OtherAct, bool) { return find(p.Others, string(id)) }

// OnPage are the steps and acts to which a page of a case leads, in order, where they are
// offered.
func (p *Policy) OnPage(page string) []ethics.Act { return p.offer.Pages[page] }

// Brings are the events that an act which is no step may bring.
func (p *Policy) Brings(id ethics.Act) []ethics.EventKind {
	act, _ := p.Other(id)
	return act.Events
}

// Act finds a step by id or, as a step that stays where the case is, a sensitive
// action: who takes it, with whose approval, and what it records.
func (p *Policy) Act(id ethics.Act) (Step, bool) {
	if s, ok := p.Step(id); ok {
		return s, true
	}
	a, ok := p.Action(id)
	return a.step(), ok
}

func (a Action) step() Step {
	return Step{
		ID: a.ID, Event: a.Event, Also: a.Also, Changes: a.Changes, Name: a.Name, From: a.From,
		While: a.While, Unless: a.Unless, Who: a.Who, FourEyes: a.FourEyes,
		Approver: a.Approver, Reason: a.Reason, Needs: a.Needs, Message: a.Message, Silent: a.Silent,
		NotifyReporter: a.NotifyReporter != "", OwnForm: a.OwnForm,
		Guard: a.Guard,
	}
}

// acts are the actions that are taken by the form of a step, as steps.
func (p *Policy) acts() []Step {
	var out []Step
	for _, a := range p.Actions {
		if contains(p.offer.Acts, a.ID) {
			out = append(out, a.step())
		}
	}
	return out
}

// Role finds a role by id.
func (p *Policy) Role(id string) (Role, bool) { return find(p.Roles, id) }

// Permission finds a row of the matrix by id.
func (p *Policy) Permission(id string) (Permission, bool) { return find(p.Matrix, id) }

// Section finds a section of the questionnaire by id.
func (p *Policy) Section(id string) (Section, bool) { return find(p.Sections, id) }

// Field finds a question by id, offered or not.
func (p *Policy) Field(id string) (Field, bool) { return find(p.Fields, id) }

// SafetyNote finds a safety hint by id.
func (p *Policy) SafetyNote(id string) (Note, bool) { return find(p.SafetyNotes, id) }

// OfferedTracks are the ways of reporting that this release offers.
func (p *Policy) OfferedTracks() []Track {
	return keep(p.Tracks, func(t Track) bool { return p.offersTrack(t.ID) })
}

// OfferedAuthorities are the enabled ones, to which a report may be forwarded.
func (p *Policy) OfferedAuthorities() []Authority {
	return keep(p.Authorities, func(a Authority) bool { return a.Enabled })
}

// OfferedActions are the sensitive actions whose capability exists.
func (p *Policy) OfferedActions() []Action {
	return keep(p.Actions, func(a Action) bool { return contains(p.offer.Actions, a.ID) })
}

func (p *Policy) offersTrack(id string) bool { return contains(p.offer.Tracks, id) }

// casesOn tells whether cases are worked on in this track: not on that of
// consultations, which make none.
func (p *Policy) casesOn(track string) bool {
	t, ok := p.Track(track)
	return ok && p.offersTrack(track) && (t.CreatesCase == nil || *t.CreatesCase)
}

func keep[T any](list []T, want func(T) bool) []T {
	var out []T
	for _, x := range list {
		if want(x) {
			out = append(out, x)
		}
	}
	return out
}
