package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	"svilpe/internal/ethics"
)

// The files of a policy.
const (
	fileCategories    = "categories.yaml"
	fileWorkflow      = "workflow.yaml"
	filePermissions   = "permissions.yaml"
	fileQuestionnaire = "questionnaire.yaml"
	fileStatements    = "statements.yaml"
	fileOffered       = "offered.yaml"
	fileCodes         = "codes.yaml"
)

// maxFile is the longest file Load reads, in bytes: the shipped ones are a
// tenth of it.
const maxFile = 1 << 20

type head struct {
	Version   int      `yaml:"version"`
	Languages []string `yaml:"languages"`
}

type categoriesFile struct {
	head        `yaml:",inline"`
	Routes      []Route     `yaml:"routes"`
	Authorities []Authority `yaml:"authorities"`
	Categories  []Category  `yaml:"categories"`
}

type workflowFile struct {
	head          `yaml:",inline"`
	Tracks        []Track            `yaml:"tracks"`
	Actors        []string           `yaml:"actors"`
	Events        []ethics.EventKind `yaml:"events"`
	Roles         []string           `yaml:"roles"`
	TimeRules     TimeRules          `yaml:"time_rules"`
	Deadlines     []Deadline         `yaml:"deadlines"`
	Outcomes      []Outcome          `yaml:"outcomes"`
	States        []State            `yaml:"states"`
	Steps         []Step             `yaml:"transitions"`
	Actions       []Action           `yaml:"sensitive_actions"`
	Others        []OtherAct         `yaml:"other_acts"`
	Flags         []Flag             `yaml:"protection_flags"`
	Quorum        Quorum             `yaml:"quorum"`
	Consultations ConsultationRules  `yaml:"consultations"`
	Spans         Spans              `yaml:"spans"`
}

type permissionsFile struct {
	Version    int          `yaml:"version"`
	Roles      []Role       `yaml:"roles"`
	Order      []string     `yaml:"order"`
	Matrix     []Permission `yaml:"matrix"`
	Separation []string     `yaml:"separation_of_duties"`
}

type questionnaireFile struct {
	head        `yaml:",inline"`
	Limits      Suggested `yaml:"limits"`
	SafetyNotes []Note    `yaml:"safety_notes"`
	Sections    []Section `yaml:"sections"`
	Fields      []Field   `yaml:"fields"`
}

type codesFile struct {
	head  `yaml:",inline"`
	Codes []Code `yaml:"codes"`
}

type statementsFile struct {
	head       `yaml:",inline"`
	Statements []StepStatements `yaml:"statements"`
}

// Load reads and validates the seven files of a policy from the root of fsys. It
// gives all that is wrong in one error, each line naming file and id, and
// nothing usable beside an error.
func Load(fsys fs.FS) (*Policy, error) {
	var (
		c  categoriesFile
		w  workflowFile
		pm permissionsFile
		q  questionnaireFile
		s  statementsFile
		o  offer
		cd codesFile
	)
	err := errors.Join(
		read(fsys, fileCategories, &c), read(fsys, fileWorkflow, &w), read(fsys, filePermissions, &pm),
		read(fsys, fileQuestionnaire, &q), read(fsys, fileStatements, &s), read(fsys, fileOffered, &o),
		read(fsys, fileCodes, &cd))
	if err != nil {
		return nil, err
	}
	p := &Policy{
		Routes: c.Routes, Authorities: c.Authorities, Categories: c.Categories,
		Tracks: w.Tracks, Actors: w.Actors, Events: w.Events, TimeRules: w.TimeRules, Deadlines: w.Deadlines,
		Outcomes: w.Outcomes, States: w.States, Steps: w.Steps, Actions: w.Actions, Others: w.Others, Flags: w.Flags,
		Roles: pm.Roles, Matrix: pm.Matrix, Separation: pm.Separation,
		Suggested: q.Limits, SafetyNotes: q.SafetyNotes, Sections: q.Sections, Fields: q.Fields,
		Quorum: w.Quorum, Consultations: w.Consultations, Spans: w.Spans, Codes: cd.Codes,
		statements: s.Statements, offer: o,
	}
	for i, row := range p.Matrix {
		if row.Of != "" {
			p.Matrix[i].Levels = append(row.Levels, p.approvers(row.Of)...)
		}
	}
	k := &checker{p: p}
	k.heads(map[string]head{fileCategories: c.head, fileWorkflow: w.head,
		fileQuestionnaire: q.head, fileStatements: s.head,
		fileCodes: cd.head, filePermissions: {pm.Version, Languages}, fileOffered: {o.Version, Languages}})
	k.texts(map[string]any{
		fileCategories: c, fileWorkflow: w, filePermissions: pm, fileQuestionnaire: q, fileStatements: s, fileCodes: cd,
	})
	k.categories()
	k.workflow(w.Roles)
	k.permissions(pm.Order, w.Roles)
	k.questionnaire()
	k.statements()
	k.codes()
	k.quorum()
	k.consultations()
	k.spans()
	k.offered()
	if err := errors.Join(k.problems...); err != nil {
		return nil, err
	}
	for i := range p.statements {
		for j := range p.statements[i].Ask {
			a := &p.statements[i].Ask[j]
			if !contains(ofCase, a.Source) {
				a.Options = p.options(*a)
			}
		}
	}
	return p, nil
}

// read decodes one file strictly: no unknown field, nothing after the document.
func read(fsys fs.FS, name string, into any) error {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if len(b) > maxFile {
		return fmt.Errorf("policy: %s: longer than %d bytes", name, maxFile)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("policy: %s: %w", name, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("policy: %s: more than one document", name)
	}
	return nil
}

// checker gathers what is wrong.
type checker struct {
	p        *Policy
	problems []error
}

func (c *checker) fail(file, format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("policy: %s: %s", file, fmt.Sprintf(format, args...)))
}

func (c *checker) heads(files map[string]head) {
	for _, name := range sortedKeys(files) {
		if h := files[name]; h.Version != 1 || !slices.Equal(h.Languages, Languages) {
			c.fail(name, "want version 1 and languages %v", Languages)
		}
	}
}

func (c *checker) texts(files map[string]any) {
	for _, name := range sortedKeys(files) {
		eachText(reflect.ValueOf(files[name]), "", Period{}, func(at textAt) { c.fill(name, at, c.p.Deadlines) })
	}
}
