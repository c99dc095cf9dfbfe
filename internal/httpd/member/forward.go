package member

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/giveaway"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

// The form of the step that passes a report to an authority has two parts: to whom and
// with which messages, then the text that goes out. prepare is the button of the first.
const prepare = "prepare"

// forwardForm fills in one of the two parts.
func (s *Site) forwardForm(b builder, step policy.Step, v *stepView) {
	to, chosen := s.authority(b.typed.get(formStep, casework.StatedAuthority))
	if !chosen {
		v.Step = s.beginForward(b, step)
		return
	}
	fresh := b.typed.get(formStep, "more") == prepare
	v.Facts = append(v.Facts, fact{b.T("forward.doc.to"), b.in(to.Name)})
	if to.Contact != "" {
		v.Facts = append(v.Facts, fact{b.T("forward.contact"), to.Contact})
	}
	f := s.stepFields(b, step)
	f.Fields = slices.DeleteFunc(f.Fields, func(x httpd.Field) bool {
		return x.Name == casework.StatedAuthority || x.Name == casework.StatedFiles && len(x.Choices) == 0
	})
	for i := range f.Fields {
		switch x := &f.Fields[i]; x.Name {
		case casework.StatedPackage:
			if x.Rows, x.Hint = 20, b.T("forward.text_hint"); fresh {
				x.Value = s.prefilled(b, to)
			}
			v.Found = b.found(x.Value)
		case casework.StatedFiles:
			x.Hint = b.T("forward.files_hint")
		case "message":
			if x.Hint = b.T("forward.message_hint"); fresh {
				x.Value = s.forwardMessage(b, to)
			}
		}
	}
	f.Hidden = []httpd.Hidden{{Name: casework.StatedAuthority, Value: to.ID}}
	f.More, f.Consequences = b.T("forward.again"), s.consequences(b, step)
	v.Step, v.Other = f, b.stepPath(step.ID)
}

// beginForward asks to whom, and which messages the text begins with.
func (s *Site) beginForward(b builder, step policy.Step) form {
	t := b.typed
	f := form{
		Action: b.stepPath(step.ID), Head: t.head(formStep, b.Lang()), Button: b.T("forward.prepare"),
		Hidden: []httpd.Hidden{{Name: "more", Value: prepare}},
	}
	for _, st := range s.Policy.Statements(step.ID) {
		if st.ID == casework.StatedAuthority {
			x := b.statement(st)
			x.Hint = b.T("forward.begin")
			f.Fields = append(f.Fields, t.field(formStep, x))
		}
	}
	pick := httpd.Field{
		Kind: "checkbox", Name: "messages", Label: b.T("forward.messages"),
		Hint: b.T("forward.messages_hint"), Optional: true,
	}
	for _, i := range b.o.Thread {
		if sendable(i) {
			pick.Choices = append(pick.Choices,
				httpd.Choice{Value: i.ID, Label: b.written(i), Hint: giveaway.Span{End: len(i.Text)}.Words(i.Text)})
		}
	}
	if len(pick.Choices) > 0 {
		f.Fields = append(f.Fields, t.field(formStep, pick))
	}
	return f
}

// sendable tells what of a case may be put into a package: what reporter and
// commission wrote to each other, nothing internal.
func sendable(i casework.Item) bool {
	return i.Kind == ethics.KindMessage && !i.Untrusted && strings.TrimSpace(i.Text) != ""
}

func (b builder) written(i casework.Item) string {
	key := "desk.thread.answer"
	if i.Author == ethics.ActorReporter {
		key = "desk.thread.message"
	}
	return b.T(key) + ", " + b.Day(i.Day)
}

// authority is one to which reports may be forwarded.
func (s *Site) authority(id string) (policy.Authority, bool) {
	all := s.Policy.OfferedAuthorities()
	n := slices.IndexFunc(all, func(a policy.Authority) bool { return a.ID == id })
	if n < 0 {
		return policy.Authority{}, false
	}
	return all[n], true
}

// authorityWords is what the authority reads: its state's language, whoever prepares it.
func (s *Site) authorityWords(to policy.Authority) words {
	lang := "lv"
	if to.Country == "KZ" {
		lang = "kk"
	}
	return s.wordsIn(lang)
}

func (s *Site) wordsIn(lang string) words {
	return words{s.Desk.Server.PrinterIn(lang), s.Policy, policy.Day(ethics.DayOf(s.Now()))}
}

// prefilled is the text that the member begins with: the matter of the report as
// it was written, and the messages that were chosen.
func (s *Site) prefilled(b builder, to policy.Authority) string {
	b.words = s.authorityWords(to)
	var parts []string
	if r := b.o.Report; r != nil {
		for _, f := range s.Policy.Fields {
			if f.Matter && len(r.Answers[f.ID]) > 0 {
				a := b.answer(f, r.Answers[f.ID])
				parts = append(parts, a.Term+"\n"+a.Text)
			}
		}
	}
	chosen := b.typed.all(formStep, "messages")
	for _, i := range b.o.Thread {
		if sendable(i) && slices.Contains(chosen, i.ID) {
			parts = append(parts, b.written(i)+"\n"+i.Text)
		}
	}
	return strings.Join(parts, "\n\n")
}

// forwardMessage is the message that the member begins with, in the reporter's language:
// to whom the report goes, and how to reach them where that is known.
func (s *Site) forwardMessage(b builder, to policy.Authority) string {
	lang := b.Lang()
	if r := b.o.Report; r != nil && slices.Contains(policy.Languages, r.Language) {
		lang = r.Language
	}
	w := s.wordsIn(lang)
	out := w.T("forward.letter", "Name", w.in(to.Name))
	if to.Contact != "" {
		out += "\n\n" + w.T("forward.letter_contact", "Contact", to.Contact)
	}
	return out
}

// maxFound is how many findings are listed; the others are counted.
const maxFound = 12

// found is what may give the reporter away in a text. It is shown and stored
// nowhere.
type found struct {
	Rows []fact
	More string
}

// Format hides the words.
func (found) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

func (b builder) found(text string) *found {
	v, more, said := &found{}, 0, map[string]bool{}
	for _, span := range giveaway.Text(text) {
		words := span.Words(text)
		switch key := string(span.Kind) + strings.ToLower(words); {
		case said[key]:
		case len(v.Rows) == maxFound:
			more++
		default:
			said[key] = true
			v.Rows = append(v.Rows, fact{b.T("reporter.giveaway." + string(span.Kind)), words})
		}
	}
	if more > 0 {
		v.More = b.N("reporter.giveaway.more", more)
	}
	return v
}

// fact is the same in one line of a list.
func (v *found) fact(b builder) fact {
	if len(v.Rows) == 0 {
		return fact{b.T("forward.found"), b.T("forward.found_none")}
	}
	var lines []string
	for _, r := range v.Rows {
		lines = append(lines, r.Term+": "+r.Text)
	}
	if v.More != "" {
		lines = append(lines, v.More)
	}
	return fact{b.T("forward.found"), strings.Join(lines, "\n")}
}

func packageText(statements map[string][]string) string {
	return strings.Join(statements[casework.StatedPackage], "")
}

// withoutText leaves a package's text out of its step: the proposal before it
// says the same, and its page.
func withoutText(st *ethics.Step) map[string][]string {
	if st.ID != ethics.ActForward {
		return st.Statements
	}
	out := maps.Clone(st.Statements)
	delete(out, casework.StatedPackage)
	return out
}

func (b builder) fileName(id string) string {
	for _, f := range b.o.Files() {
		if f.ID == id {
			return f.Name
		}
	}
	return id
}

// forwarded tells whether the case has a package.
func (b builder) forwarded() bool {
	return slices.ContainsFunc(b.o.Thread, func(i casework.Item) bool {
		return i.Step != nil && !i.Untrusted && i.Step.ID == ethics.ActForward
	})
}
