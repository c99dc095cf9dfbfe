package help

import (
	"slices"
	"strings"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
	"svilpe/web"
)

// ids are all questions, each once.
func ids() []string {
	out := slices.Clone(reporters)
	for _, s := range sections {
		out = append(out, s.topics...)
	}
	return out
}

// TestEveryQuestionIsAnswered: each has its words in four languages, every word
// of a button in it is found, and no text of the help stands unread.
func TestEveryQuestionIsAnswered(t *testing.T) {
	texts, err := locale.Load(web.Locale())
	if err != nil {
		t.Fatal(err)
	}
	rules, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	all := ids()
	read, named := map[string]bool{}, map[string]bool{"Ack": true}
	for _, key := range []string{
		"help.questions", "help.reporter.title", "help.reporter.lead", "help.desk.title", "help.desk.lead",
	} {
		read[key] = true
	}
	for i, id := range all {
		if slices.Contains(all[:i], id) {
			t.Errorf("%s is asked twice: its anchor leads to the first", id)
		}
		read["help."+id], read["help."+id+".answer"] = true, true
		for _, name := range texts.Placeholders("help." + id + ".answer") {
			named[name] = true
		}
	}
	for _, lang := range locale.Languages {
		words := speak(texts.Printer(lang), rules)
		for _, q := range words.questions(all) {
			if strings.Contains(q.Answer, "«»") || strings.Contains(q.Answer, "„”") ||
				strings.Contains(q.Answer, "“”") || strings.Contains(q.Answer, "{{") {
				t.Errorf("%s in %s names nothing: %s", q.ID, lang, q.Answer)
			}
		}
		for _, s := range sections {
			if words.title(s) == "" {
				t.Errorf("%s has no title in %s", s.id, lang)
			}
			read["help.section."+s.id] = true
		}
	}
	for _, key := range texts.Keys() {
		if strings.HasPrefix(key, "help.") && !read[key] {
			t.Errorf("%s is on no page", key)
		}
	}
	for name := range names {
		if !named[name] {
			t.Errorf("no answer names %s", name)
		}
	}
}

// TestAnswersNameOnlyWhatIsOffered: a step that this release withholds must not
// be explained.
func TestAnswersNameOnlyWhatIsOffered(t *testing.T) {
	rules, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range steps {
		if _, ok := rules.Act(id); !ok {
			t.Errorf("%s: there is no step %s", name, id)
		}
		for _, withheld := range []ethics.Act{
			"recognise", "refuse_recognition", "start_recognised", "offer_mediation", "end_mediation", "erase",
		} {
			if id == withheld {
				t.Errorf("%s is withheld", id)
			}
		}
	}
}
