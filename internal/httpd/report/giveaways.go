package report

import (
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
	"svilpe/internal/giveaway"
	"svilpe/internal/policy"
)

// maxGiveaways is how many findings the check page lists; it counts the others.
const maxGiveaways = 12

// giveaways are what the check page says of findings. They hold what was typed.
type giveaways struct {
	Rows   []finding
	More   string // «and 3 more»; "" for none
	Action string // where the form is sent
}

// finding is one thing that may give the writer away.
type finding struct {
	At    string // the place in the form to change it at
	Kind  string
	Where string // question or file name
	Words string // as found; "" in a file
	Why   string
}

// Format hides what was typed.
func (giveaways) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Format hides what was typed.
func (finding) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// giveaways looks through the free texts that go into the report, and tells
// what was found in its files as they came. Nothing of it is stored.
func (s *Site) giveaways(c echo.Context, sh *filling) giveaways {
	p := s.Server.Printer(c)
	v := giveaways{Action: sh.action()}
	more := 0
	add := func(at string, kind giveaway.Kind, where, words string) {
		if len(v.Rows) == maxGiveaways {
			more++
			return
		}
		key := "reporter.giveaway." + string(kind)
		f := finding{At: at, Kind: p.T(key), Where: where, Why: p.T(key + ".why")}
		if words != "" {
			f.Words = p.T("reporter.giveaway.words", "Words", words)
		}
		v.Rows = append(v.Rows, f)
	}
	for _, f := range s.fields() {
		if !isFreeText(f) {
			continue
		}
		said := map[string]bool{}
		for _, text := range sh.report.Answers[f.ID] {
			for _, span := range giveaway.Text(text) {
				words := span.Words(text)
				if key := string(span.Kind) + strings.ToLower(words); !said[key] {
					said[key] = true
					add(f.ID+"-field", span.Kind, f.Label.In(p.Lang()), words)
				}
			}
		}
	}
	files := sh.attached.Files
	if s.isConsultation(sh) {
		files = nil // they do not go with it
	}
	for _, f := range files {
		for _, kind := range sh.attached.Found[f.ID] {
			add("s_files", kind, f.Name, "")
		}
	}
	if more > 0 {
		v.More = p.N("reporter.giveaway.more", more)
	}
	return v
}

// isFreeText tells whether an answer is free text about the matter. Who gives a
// name or an address in the questions for that does so knowingly.
func isFreeText(f policy.Field) bool {
	return (f.Type == "text" || f.Type == "textarea") && f.Store != "vault"
}
