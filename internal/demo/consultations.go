package demo

import (
	"context"
	"fmt"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
)

// consultation is one consultation: a question and, where somebody answered it, what the
// trust person wrote.
type consultation struct {
	Language string `yaml:"language"`
	Question string `yaml:"question"`
	Answer   string `yaml:"answer"`
	Note     string `yaml:"note"`
}

// Consultation is one practice consultation with its code.
type Consultation struct {
	Number   string `json:"number"`
	Token    string `json:"token"`
	Language string `json:"language"`
}

// trustPerson is the municipality's trust person.
func (w *world) trustPerson() *person {
	return w.people[slices.IndexFunc(w.people, func(p *person) bool {
		return p.Place == placeMain && slices.Contains(p.Roles, appoint.RoleTrust)
	})]
}

// consultations has people ask the municipality's trust person, who answers some.
func (w *world) consultations(ctx context.Context) ([]Consultation, error) {
	var list []consultation
	if err := read("talks", &list); err != nil {
		return nil, err
	}
	w.at(0)
	who, err := w.as(ctx, w.trustPerson())
	if err != nil {
		return nil, err
	}
	var out []Consultation
	for _, x := range list {
		f, err := w.Intake.Consult(ctx, derive.New(), ethics.Report{
			Track: policy.Consultation, Institution: w.places[placeMain], Language: x.Language,
			Answers: map[string][]string{"description": {x.Question}},
		})
		if err != nil {
			return nil, err
		}
		out = append(out, Consultation{Number: f.Number, Token: f.Code.Text(), Language: x.Language})
		for i, text := range []string{x.Note, x.Answer} {
			if text == "" {
				continue
			}
			if _, err := w.Casework.WriteConsultation(ctx, who, f.Number, derive.New(), text, i == 0); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Format hides the code.
func (Consultation) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }
