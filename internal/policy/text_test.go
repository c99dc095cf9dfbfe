package policy

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestPeriodsInWords(t *testing.T) {
	for _, x := range []struct{ period, lang, within, bare string }{
		{"P1D", "lv", "1 dienas laikā", "1 dienu"},
		{"P2D", "lv", "2 dienu laikā", "2 dienas"},
		{"P7D", "lv", "7 dienu laikā", "7 dienas"},
		{"P11D", "lv", "11 dienu laikā", "11 dienas"},
		{"P21D", "lv", "21 dienas laikā", "21 dienu"},
		{"P111D", "lv", "111 dienu laikā", "111 dienas"},
		{"P1M", "lv", "1 mēneša laikā", "1 mēnesi"},
		{"P2M", "lv", "2 mēnešu laikā", "2 mēnešus"},
		{"P5M", "lv", "5 mēnešu laikā", "5 mēnešus"},
		{"P11M", "lv", "11 mēnešu laikā", "11 mēnešus"},
		{"P12M", "lv", "12 mēnešu laikā", "12 mēnešus"},
		{"P21M", "lv", "21 mēneša laikā", "21 mēnesi"},
		{"P1Y", "lv", "1 gada laikā", "1 gadu"},
		{"P5Y", "lv", "5 gadu laikā", "5 gadus"},
		{"P1D", "en", "within 1 day", "1 day"},
		{"P7D", "en", "within 7 days", "7 days"},
		{"P21D", "en", "within 21 days", "21 days"},
		{"P1M", "en", "within 1 month", "1 month"},
		{"P12M", "en", "within 12 months", "12 months"},
		{"P1Y", "en", "within 1 year", "1 year"},
		{"P2Y", "en", "within 2 years", "2 years"},
		{"P1D", "ru", "в течение 1 дня", "1 день"},
		{"P2D", "ru", "в течение 2 дней", "2 дня"},
		{"P5D", "ru", "в течение 5 дней", "5 дней"},
		{"P7D", "ru", "в течение 7 дней", "7 дней"},
		{"P11D", "ru", "в течение 11 дней", "11 дней"},
		{"P12D", "ru", "в течение 12 дней", "12 дней"},
		{"P21D", "ru", "в течение 21 дня", "21 день"},
		{"P22D", "ru", "в течение 22 дней", "22 дня"},
		{"P1M", "ru", "в течение 1 месяца", "1 месяц"},
		{"P2M", "ru", "в течение 2 месяцев", "2 месяца"},
		{"P12M", "ru", "в течение 12 месяцев", "12 месяцев"},
		{"P21M", "ru", "в течение 21 месяца", "21 месяц"},
		{"P1Y", "ru", "в течение 1 года", "1 год"},
		{"P2Y", "ru", "в течение 2 лет", "2 года"},
		{"P5Y", "ru", "в течение 5 лет", "5 лет"},
		{"P1D", "kk", "1 күн ішінде", "1 күн"},
		{"P7D", "kk", "7 күн ішінде", "7 күн"},
		{"P12M", "kk", "12 ай ішінде", "12 ай"},
		{"P21Y", "kk", "21 жыл ішінде", "21 жыл"},
		{"P7D", "de", "7 dienu laikā", "7 dienas"},
	} {
		p, err := ParsePeriod(x.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Within(x.lang); got != x.within {
			t.Errorf("%s within, %s: %q, want %q", x.period, x.lang, got, x.within)
		}
		if got := p.For(x.lang); got != x.bare {
			t.Errorf("%s for, %s: %q, want %q", x.period, x.lang, got, x.bare)
		}
		if p.String() != x.period {
			t.Errorf("%s prints as %s", x.period, p)
		}
	}
	for _, s := range []string{"", "P", "P7", "7D", "P07D", "P-7D", "P0M", "P7W", "P1Y2M", "p7d", "P7D ", "P99999D"} {
		if _, err := ParsePeriod(s); err == nil {
			t.Errorf("%q accepted", s)
		}
	}
}

// A changed deadline changes every promise made of it, in every language.
func TestTextsPromiseWhatTheDeadlineSays(t *testing.T) {
	plain := shipped(t)
	moved := changed(t, fileWorkflow, "value: P7D, starts: received, stops: [ack",
		"value: P21D, starts: received, stops: [ack")
	for _, x := range []struct {
		what    string
		text    func(*Policy) Text
		lang    string
		old, to string
	}{
		{
			"state", received, "lv", "Mēs Jums šeit uzrakstīsim 7 dienu laikā.",
			"Mēs Jums šeit uzrakstīsim 21 dienas laikā.",
		},
		{"state", received, "en", "write to you here within 7 days.", "write to you here within 21 days."},
		{"state", received, "ru", "Мы напишем Вам здесь в течение 7 дней.", "Мы напишем Вам здесь в течение 21 дня."},
		{"state", received, "kk", "Сізге осы жерде 7 күн ішінде жазамыз.", "Сізге осы жерде 21 күн ішінде жазамыз."},
		{"code", code, "lv", "uzrakstīsim 7 dienu laikā;", "uzrakstīsim 21 dienas laikā;"},
		{"code", code, "kk", "7 күн ішінде жазамыз;", "21 күн ішінде жазамыз;"},
	} {
		if s := x.text(plain).In(x.lang); !strings.Contains(s, x.old) {
			t.Errorf("%s, %s: %q", x.what, x.lang, s)
		}
		if s := x.text(moved).In(x.lang); !strings.Contains(s, x.to) || strings.Contains(s, "7 ") {
			t.Errorf("%s, %s, moved: %q", x.what, x.lang, s)
		}
	}
	closed, _ := plain.State("closed")
	for lang, want := range map[string]string{
		"lv": "vēl 12 mēnešus varat", "en": "for another 12 months.", "ru": "ещё 12 месяцев можете",
		"kk": "тағы 12 ай бойы",
	} {
		if s := closed.ReporterText.In(lang); !strings.Contains(s, want) {
			t.Errorf("closed, %s: %q", lang, s)
		}
	}
	if got := plain.Within("feedback", "en") + ", " + plain.For("feedback", "ru") + plain.Within("no", "lv") +
		plain.For("no", "lv"); got != "within 3 months, 3 месяца" {
		t.Error(got)
	}
}

func received(p *Policy) Text { s, _ := p.State("received"); return s.ReporterText }
func code(p *Policy) Text     { f, _ := p.Field("access_code"); return f.Help }

// No text that a page shows holds a placeholder, nor a period typed by hand.
func TestNoPeriodIsTypedIntoAText(t *testing.T) {
	byHand := regexp.MustCompile(`\d+ (dien|mēne|gad|day|month|year|дн|день|месяц|год|лет|күн|ай|жыл)`)
	f := files(t)
	var q questionnaireFile
	var w workflowFile
	var st statementsFile
	for name, into := range map[string]any{fileQuestionnaire: &q, fileWorkflow: &w, fileStatements: &st} {
		if err := read(f, name, into); err != nil {
			t.Fatal(err)
		}
		eachText(reflect.ValueOf(into).Elem(), "", Period{}, func(at textAt) {
			for lang, s := range at.text {
				// An example of an approximate time is no promise.
				if at.where != `fields "when" help` && byHand.MatchString(s) {
					t.Errorf("%s: %s, %s: %s", name, at.where, lang, byHand.FindString(s))
				}
			}
		})
	}
	p, n := shipped(t), 0
	visit := func(at textAt) {
		for lang, s := range at.text {
			n++
			if strings.ContainsAny(s, "{}|") || strings.TrimSpace(s) != s {
				t.Errorf("%s, %s: %q", at.where, lang, s)
			}
		}
	}
	for _, part := range []any{p.Routes, p.Authorities, p.Categories, p.Tracks, p.Deadlines, p.Outcomes,
		p.States, p.Steps, p.Actions,
		p.Flags, p.Roles, p.Matrix, p.SafetyNotes, p.Sections, p.Fields, p.statements} {
		eachText(reflect.ValueOf(part), "", Period{}, visit)
	}
	if n < 1200 {
		t.Errorf("only %d texts seen", n)
	}
}

func TestUnknownLanguageGetsLatvian(t *testing.T) {
	x := Text{"lv": "Jā", "en": "Yes"}
	if x.In("en") != "Yes" || x.In("de") != "Jā" || x.In("") != "Jā" {
		t.Error(x.In("en"), x.In("de"))
	}
}

// A state whose text points to our message must have one, and no other demands it.
func TestMessageStatesAreThoseWhoseTextSaysSo(t *testing.T) {
	says := regexp.MustCompile(`mūsu ziņ[uā]`)
	n := 0
	for _, s := range shipped(t).States {
		lv := says.MatchString(s.ReporterText.In("lv"))
		en := strings.Contains(strings.ToLower(s.ReporterText.In("en")), "our message")
		if lv != s.Message || en != s.Message {
			t.Errorf("%s: message %t, lv says %t, en says %t", s.ID, s.Message, lv, en)
		}
		if s.Message {
			n++
		}
	}
	if n != 5 {
		t.Errorf("%d states", n)
	}
}
