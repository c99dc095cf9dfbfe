package demo

import (
	"bytes"
	"embed"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"svilpe/internal/ethics"
)

//go:embed data/*.yaml
var data embed.FS

// person is one of the practice people. What stands below the line comes to be
// when they enrol.
type person struct {
	Key     string   `yaml:"key"` // how the scripts name them
	Name    string   `yaml:"name"`
	Email   string   `yaml:"email"`
	Place   string   `yaml:"place"` // main or alternate
	Roles   []string `yaml:"roles"`
	Contact string   `yaml:"contact"`
	Term    int      `yaml:"term"` // days from today until the appointment ends, 0 without end
	Founder bool     `yaml:"founder"`
	login   `yaml:"-"`
}

// script is one case: the report, and what happens to it.
type script struct {
	Language string            `yaml:"-"`     // from the file's name
	Track    string            `yaml:"track"` // whistleblower, anonymous or ethics
	Unit     string            `yaml:"unit"`  // name, "" for the municipality itself
	Category string            `yaml:"category"`
	Filed    int               `yaml:"filed"` // days before today
	Answers  map[string]values `yaml:"answers"`
	Identity map[string]values `yaml:"identity"` // who the reporter is: invented, like everybody here
	Excluded []string          `yaml:"excluded"` // keys of people
	Files    []attachment      `yaml:"files"`
	Then     []act             `yaml:"then"` // in order of time
	Ends     ethics.State      `yaml:"ends"` // the state it must be in at the end
}

// act is one thing that somebody does.
type act struct {
	Day int    `yaml:"day"` // days before today
	By  string `yaml:"by"`  // a person's key, or reporter
	// state, step, vote, approve, reject, assign, message, note; of the reporter also withdraw, agree, retaliation
	Do         string            `yaml:"do"`
	Step       ethics.Act        `yaml:"step"`
	Text       string            `yaml:"text"`       // of a message, a note, a verdict's or an assignment's reason
	Event      ethics.EventKind  `yaml:"event"`      // of a message or a note
	Reason     string            `yaml:"reason"`     // of a step
	Statements map[string]values `yaml:"statements"` // of a step; "+20" is the day in twenty days
	Message    string            `yaml:"message"`    // to the reporter, with a step
	Members    []string          `yaml:"members"`    // state, assign: keys of people
	Files      []attachment      `yaml:"files"`
}

// attachment is a small file that goes with a report or a message.
type attachment struct {
	Name string `yaml:"name"` // .txt, .csv or .png
	Text string `yaml:"text"` // its content; a picture is drawn
}

// values is one answer or several.
type values []string

// UnmarshalYAML takes one word as a list of one.
func (v *values) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*v = values{n.Value}
		return nil
	}
	return n.Decode((*[]string)(v))
}

// languages are the case files, in order of completeness.
var languages = []string{"lv", "ru", "en", "kk"}

// load reads people and cases. Each is a fresh copy.
func load() ([]*person, []*script, error) {
	var people []*person
	if err := read("people", &people); err != nil {
		return nil, nil, err
	}
	var all []*script
	for _, lang := range languages {
		var cases []*script
		if err := read(lang, &cases); err != nil {
			return nil, nil, err
		}
		for i, c := range cases {
			if err := c.check(people); err != nil {
				return nil, nil, fmt.Errorf("demo: %s.yaml, case %d: %w", lang, i+1, err)
			}
			c.Language = lang
		}
		all = append(all, cases...)
	}
	return people, all, nil
}

func read(name string, into any) error {
	b, err := data.ReadFile("data/" + name + ".yaml")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("demo: %s.yaml: %w", name, err)
	}
	return nil
}

// check finds slips that would only show in the middle of Make: a name nobody
// has, an act before the one it follows.
func (s *script) check(people []*person) error {
	known := func(key string) bool {
		return slices.ContainsFunc(people, func(p *person) bool { return p.Key == key })
	}
	day := s.Filed
	names := slices.Clone(s.Excluded)
	for i, a := range s.Then {
		if a.Day > day || a.Day < 0 {
			return fmt.Errorf("act %d: day %d does not follow day %d", i+1, a.Day, day)
		}
		day = a.Day
		names = append(names, a.Members...)
		if a.By != byReporter && a.Do != doState {
			names = append(names, a.By)
		}
	}
	for _, key := range names {
		if !known(key) {
			return fmt.Errorf("nobody has the key %q", key)
		}
	}
	return nil
}
