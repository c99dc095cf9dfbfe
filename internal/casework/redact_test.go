package casework_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// outsider is somebody whose data has no place in the case.
const outsider = "PETERIS"

// TestRedacted: everybody who holds the case reads the copy, the reporter the own
// words, and whoever leads the case the whole text, with an entry each time.
func TestRedacted(t *testing.T) {
	w := founded(t)
	f := w.filedAs(func(r *ethics.Report) {
		r.Answers["description"] = []string{"The tender was made for one bidder. " + outsider + " is ill, by the way."}
	})
	_, err := w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"member"}, "examines")
	must(t, err)
	member := w.stated("member", f)
	report := w.open(member, f).ReportID
	cut := func(left, why, reason string) error {
		_, err := w.cw.Redact(ctx, member, f.Number, derive.New(), report,
			map[string]string{"description": left}, why, reason)
		return err
	}
	const left = "The tender was made for one bidder.  is ill, by the way."
	var errs ethics.FieldErrors
	for what, err := range map[ethics.FaultKind]error{
		"added":    cut("The tender was not made for one bidder.", "irrelevant", "r"),
		"nothing":  cut("The tender was made for one bidder. "+outsider+" is ill, by the way.", "irrelevant", "r"),
		"required": cut(left, "", "r"),
	} {
		if !errors.As(err, &errs) || errs[0].Kind != what {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := cut(left, "irrelevant", " "); !errors.As(err, &errs) || errs.Of("reason") != "required" {
		t.Errorf("without a reason: %v", err)
	}
	must(t, cut(left, "irrelevant", "a colleague's health has nothing to do with it"))

	for _, who := range []string{"resp", "member"} {
		o := w.open(w.as(who), f)
		if got := o.Report.Answers["description"][0]; !o.ReportRedacted || strings.Contains(got, outsider) ||
			got != "The tender was made for one bidder. […] is ill, by the way." {
			t.Errorf("%s reads %q", who, got)
		}
	}
	if _, _, err := w.cw.Whole(ctx, member, f.Number, report); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("an examiner reads the whole: %v", err)
	}
	_, texts, err := w.cw.Whole(ctx, w.as("resp"), f.Number, report)
	must(t, err)
	if len(texts) == 0 || !strings.Contains(texts[0].Value, outsider) {
		t.Error("the text itself is gone")
	}
	if n := w.count(`select count(*) from entry where kind = 'original_opened' and actor = 'resp'`); n != 1 {
		t.Errorf("%d entries for one reading", n)
	}
	w.sound()
}

// TestRedactedAgain: the second copy is made of the first; what a message says to
// its reporter stays.
func TestRedactedAgain(t *testing.T) {
	w := founded(t)
	f := w.three()
	v := w.visit(f)
	must2(t)(w.dia.Send(ctx, v, derive.New(), "Ask "+outsider+" and MARIS about it.", nil))
	resp := w.as("resp")
	id := ""
	for _, i := range w.open(resp, f).Thread {
		if i.Author == ethics.ActorReporter && strings.Contains(i.Text, outsider) {
			id = i.ID
		}
	}
	for _, left := range []string{"Ask  and MARIS about it.", "Ask  and  about it."} {
		_, err := w.cw.Redact(ctx, resp, f.Number, derive.New(), id, map[string]string{"": left},
			"irrelevant", "nobody asked")
		must(t, err)
	}
	o := w.open(resp, f)
	for _, i := range o.Thread {
		if i.ID == id && (i.Text != "Ask […] and […] about it." || !i.Redacted) {
			t.Errorf("%q", i.Text)
		}
	}
	written, err := json.Marshal(w.cw.Record(o))
	must(t, err)
	if strings.Contains(string(written), outsider) || strings.Contains(string(written), "MARIS") ||
		!strings.Contains(string(written), "nobody asked") {
		t.Error("the record of the case has what was taken out, or not why")
	}
	_, texts, err := w.cw.Whole(ctx, resp, f.Number, id)
	must(t, err)
	if texts[0].Value != "Ask "+outsider+" and MARIS about it." {
		t.Error("the whole is a copy")
	}
	view, err := w.dia.View(ctx, v)
	must(t, err)
	if last := view.Messages[len(view.Messages)-1]; !strings.Contains(last.Text, outsider) || view.Missing != 0 {
		t.Error("the reporter reads other words than the own ones")
	}
	if _, err := w.cw.Redact(ctx, resp, f.Number, derive.New(), "none", map[string]string{"": "x"}, "irrelevant",
		"r"); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("a text that is not there: %v", err)
	}
}

// TestForgedCopy: a holder with the log key writes a copy that says something else,
// of another text, or of nothing: none is believed, and the text stays.
func TestForgedCopy(t *testing.T) {
	w := founded(t)
	f := w.filedAs(func(r *ethics.Report) { r.Answers["if_not_recognised"] = []string{"withdraw"} })
	_, err := w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"member"}, "examines")
	must(t, err)
	w.stated("member", f)
	o := w.open(w.as("resp"), f)
	whole := o.Report.Answers["description"][0]
	good := ethics.Redaction{
		Of: o.ReportID, Digest: w.digestOf(f, o.ReportID), Texts: map[string]string{"description": "[…]"},
		Why: "other", Reason: "r", At: 1,
	}
	for name, change := range map[string]func(*ethics.Redaction){
		"other words": func(r *ethics.Redaction) {
			r.Texts = map[string]string{"description": "The director is innocent."}
		},
		"no mark":       func(r *ethics.Redaction) { r.Texts = map[string]string{"description": ""} },
		"other digest":  func(r *ethics.Redaction) { r.Digest = make([]byte, 32) },
		"no such text":  func(r *ethics.Redaction) { r.Of = "00000000-0000-4000-8000-000000000000" },
		"no such field": func(r *ethics.Redaction) { r.Texts = map[string]string{"category": "[…]"} },
		"a choice":      func(r *ethics.Redaction) { r.Texts = map[string]string{"if_not_recognised": "[…]"} },
		"no ground":     func(r *ethics.Redaction) { r.Why = "" },
	} {
		r := good
		change(&r)
		w.put(f, ethics.KindRedaction, r, w.by("member"), false)
		o := w.open(w.as("resp"), f)
		if last := o.Thread[len(o.Thread)-1]; !last.Untrusted || o.ReportRedacted ||
			o.Report.Answers["description"][0] != whole {
			t.Errorf("%s is believed", name)
		}
	}
	w.put(f, ethics.KindRedaction, good, w.by("member"), false)
	if o := w.open(w.as("resp"), f); !o.ReportRedacted || o.Report.Answers["description"][0] != "[…]" {
		t.Error("the good one is not")
	}
}

// TestCopyByWhoHoldsNothing: a commission member who does not hold the case, not
// yet or not any more, blanks its report with the log key: nothing needs to be
// read for it. What the same member cut while holding the case stays cut.
func TestCopyByWhoHoldsNothing(t *testing.T) {
	w := founded(t)
	f := w.filedAs(func(r *ethics.Report) { r.Answers["persons_involved"] = []string{"SECRET"} })
	resp := w.stated("resp", f)
	w.stated("chair", f)
	report := w.open(resp, f).ReportID
	blank := func(question string) bool {
		w.put(f, ethics.KindRedaction, ethics.Redaction{
			Of: report, Digest: w.digestOf(f, report), Texts: map[string]string{question: "[…]"},
			Why: "other", Reason: "r", At: 1,
		}, w.by("member"), false)
		o := w.open(w.as("resp"), f)
		return o.Report.Answers[question][0] == "[…]"
	}
	if blank("description") {
		t.Error("before the case was given")
	}
	_, err := w.cw.Assign(ctx, resp, f.Number, derive.New(), []string{"member"}, "examines")
	must(t, err)
	member := w.stated("member", f)
	if w.open(resp, f).ReportRedacted {
		t.Error("the early copy counts once its author holds the case")
	}
	_, err = w.cw.Redact(ctx, member, f.Number, derive.New(), report,
		map[string]string{"description": ""}, "other", "r")
	must(t, err)
	_, err = w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "a cousin")
	must(t, err)
	if o := w.open(w.as("resp"), f); o.Report.Answers["description"][0] != "[…]" {
		t.Error("what was cut came back when its author left")
	}
	if blank("persons_involved") {
		t.Error("after leaving")
	}
}

// TestCopyOfAnotherCase: neither another case's envelope nor its digest is a
// text of this one.
func TestCopyOfAnotherCase(t *testing.T) {
	w := founded(t)
	f, g := w.three(), w.three()
	here, there := w.open(w.as("resp"), f).ReportID, w.open(w.as("resp"), g).ReportID
	for _, of := range []string{here, there} {
		w.put(f, ethics.KindRedaction, ethics.Redaction{
			Of: of, Digest: w.digestOf(g, there), Texts: map[string]string{"description": "[…]"},
			Why: "other", Reason: "r", At: 1,
		}, w.by("resp"), false)
		if o := w.open(w.as("resp"), f); o.ReportRedacted || !o.Thread[len(o.Thread)-1].Untrusted {
			t.Error("believed")
		}
	}
}

// TestSpoiltCopy: verify names a copy that is gone or was changed.
func TestSpoiltCopy(t *testing.T) {
	for _, change := range []string{
		`delete from envelope where kind = 'redaction'`,
		`update envelope set sealed = zeroblob(length(sealed)) where kind = 'redaction'`,
	} {
		w := founded(t)
		f := w.three()
		_, err := w.cw.Redact(ctx, w.as("resp"), f.Number, derive.New(), w.open(w.as("resp"), f).ReportID,
			map[string]string{"description": ""}, "other", "r")
		must(t, err)
		w.sound()
		w.exec(change)
		if d := w.damage(); d == nil || !strings.HasPrefix(d.Error(), "envelope ") {
			t.Errorf("%s: %v", change, d)
		}
	}
}

// TestOnlyOwnWordsAreCut: choices are no text, nor is a message that two people
// may have agreed to.
func TestOnlyOwnWordsAreCut(t *testing.T) {
	w := founded(t)
	f := w.filedAs(func(r *ethics.Report) { r.Answers["if_not_recognised"] = []string{"withdraw"} })
	resp := w.stated("resp", f)
	w.does("resp", f, casework.Act{Step: "acknowledge", Message: "hello"})
	o := w.open(resp, f)
	for _, x := range w.cw.Texts(o, o.ReportID) {
		if x.Question == "if_not_recognised" {
			t.Error("a choice is offered")
		}
	}
	for _, i := range o.Thread {
		if i.With != "" && len(w.cw.Texts(o, i.ID)) > 0 {
			t.Error("a step's message is offered")
		}
	}
}

func (w *world) digestOf(f filed, id string) []byte {
	w.t.Helper()
	c := w.caseFile(f)
	for _, e := range c.Envelopes {
		if e.ID == id {
			sum := sha256.Sum256(e.Sealed)
			return sum[:]
		}
	}
	w.t.Fatal("no such envelope")
	return nil
}
