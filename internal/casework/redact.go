package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
)

// Text is one text of which a working copy can be made.
type Text struct {
	Question string // id of the report's question, "" for a message or note
	Value    string // as the working copy stands
}

// Format hides the words.
func (Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// Texts are the texts of one envelope, none where there is nothing to cut.
func (s *Service) Texts(o *Opened, id string) []Text {
	var out []Text
	if id == o.ReportID && o.Report != nil {
		for _, f := range s.Policy.Fields {
			if v := o.Report.Answers[f.ID]; writtenIn(f) && len(v) == 1 && strings.TrimSpace(v[0]) != "" {
				out = append(out, Text{f.ID, v[0]})
			}
		}
		return out
	}
	for _, i := range o.Thread {
		if i.ID == id && !i.Untrusted && cuttable(i) {
			out = append(out, Text{"", i.Text})
		}
	}
	return out
}

// writtenIn tells whether a question is answered in the reporter's own words.
func writtenIn(f policy.Field) bool { return f.Type == "text" || f.Type == "textarea" }

// cuttable tells whether an entry is words of its own: not those that were sent
// with a step, which two people may have agreed to letter by letter.
func cuttable(i Item) bool {
	return (i.Kind == ethics.KindMessage && i.With == "" || i.Kind == ethics.KindNote) &&
		strings.TrimSpace(i.Text) != ""
}

// MayRedact tells whether this member may make working copies in this case.
func (s *Service) MayRedact(o *Opened) bool { return s.offered(o, ethics.ActRedact) }

// Redact makes a working copy of one text: texts are what a member left of it, by
// question. From then on everybody who holds the case, and every export, reads the
// copy; the text itself stays sealed until the case is erased. A reason is
// demanded. ErrNotFound for a text that does not exist, field errors «added» for
// words that are not in the text and «nothing» where nothing was taken out.
func (s *Service) Redact(
	ctx context.Context, who *appoint.Acting, number string, draft derive.Secret, id string,
	texts map[string]string, why, reason string,
) (Taken, error) {
	return s.write(ctx, who, number, draft, ethics.KindRedaction, func(o *Opened) (written, error) {
		if !s.MayRedact(o) {
			return written{}, ethics.ErrNotFound
		}
		r := ethics.Redaction{Of: id, Texts: map[string]string{}, Why: why, Reason: reason, At: s.Now().UnixMilli()}
		i := slices.IndexFunc(o.file.Envelopes, func(e ethics.Envelope) bool { return e.ID == id })
		have := s.Texts(o, id)
		if i < 0 || len(have) == 0 {
			return written{}, ethics.ErrNotFound
		}
		sum := sha256.Sum256(o.file.Envelopes[i].Sealed)
		r.Digest = sum[:]
		if errs := s.cut(have, texts, &r); len(errs) > 0 {
			return written{}, errs
		}
		l := s.newSealer(o, who)
		if err := l.add(draft.EnvelopeID(o.ID, ethics.KindRedaction), ethics.KindRedaction, r, false); err != nil {
			return written{}, err
		}
		return written{envelopes: l.out, kind: record.KindRedacted}, nil
	})
}

// cut fills in the copies of the texts from which something was taken.
func (s *Service) cut(have []Text, left map[string]string, r *ethics.Redaction) ethics.FieldErrors {
	var errs ethics.FieldErrors
	for _, t := range have {
		rest, sent := left[t.Question]
		if !sent {
			continue
		}
		copied, ok := Cut(t.Value, rest)
		switch {
		case !ok:
			errs = append(errs, ethics.FieldError{Field: t.Question, Kind: ethics.FaultAdded})
		case copied != unify(t.Value):
			r.Texts[t.Question] = copied
		}
	}
	if len(errs) == 0 && len(r.Texts) == 0 {
		errs = append(errs, ethics.FieldError{Field: have[0].Question, Kind: ethics.FaultNothing})
	}
	if !slices.Contains(ethics.RedactionWhys, r.Why) {
		errs = append(errs, ethics.FieldError{Field: "why", Kind: ethics.FaultRequired})
	}
	if kind := s.wrongText(r.Reason, true); kind != "" {
		errs = append(errs, ethics.FieldError{Field: "reason", Kind: kind})
	}
	return errs
}

// redact puts a working copy in the place of what was read before it. Whoever did
// not hold the case when it was stored could blank a text without having read it;
// that is not believed, nor what a copy says of a text that is not there or was
// not written in the reporter's own words, or that it did not cut.
func (o *Opened) redact(env ethics.Envelope, r ethics.Redaction) error {
	if !o.file.HeldWhenStored(env.Author, env.ID) {
		return untrusted("a working copy by " + env.Author)
	}
	i := slices.IndexFunc(o.file.Envelopes, func(e ethics.Envelope) bool { return e.ID == r.Of })
	if i < 0 || !slices.Contains(ethics.RedactionWhys, r.Why) {
		return untrusted("a working copy of nothing")
	}
	if sum := sha256.Sum256(o.file.Envelopes[i].Sealed); !bytes.Equal(sum[:], r.Digest) {
		return untrusted("a working copy of another text")
	}
	places := map[string]*string{}
	n := slices.IndexFunc(o.Thread, func(x Item) bool { return x.ID == r.Of && !x.Untrusted && cuttable(x) })
	for question := range r.Texts {
		field, known := o.policy.Field(question) // one that is asked no more stays cut
		switch {
		case n >= 0 && question == "":
			places[question] = &o.Thread[n].Text
		case r.Of == o.ReportID && o.Report != nil && (!known || writtenIn(field)) &&
			len(o.Report.Answers[question]) == 1:
			places[question] = &o.Report.Answers[question][0]
		default:
			return untrusted("a working copy of no text")
		}
		if copied, ok := Cut(*places[question], r.Texts[question]); !ok || copied != r.Texts[question] {
			return untrusted("a working copy that says something else")
		}
	}
	if o.whole == nil {
		o.whole = map[string]map[string]string{}
	}
	if o.whole[r.Of] == nil {
		o.whole[r.Of] = map[string]string{}
	}
	for question, at := range places {
		if _, kept := o.whole[r.Of][question]; !kept {
			o.whole[r.Of][question] = *at
		}
		*at = r.Texts[question]
	}
	o.ReportRedacted = o.ReportRedacted || r.Of == o.ReportID
	if n >= 0 {
		o.Thread[n].Redacted = true
	}
	return nil
}

// MayReadWhole tells whether this member may read a text as it was before its
// working copy: responsible persons and chairs who hold the case.
func (s *Service) MayReadWhole(o *Opened) bool {
	return s.leads(o) && o.Me.HoldsGrant && o.Me.Stated
}

// Whole opens a text as it was written, for those who may. The reading is an
// entry, durable before anything is shown. ErrNotFound for everybody else, and
// where no working copy was made.
func (s *Service) Whole(ctx context.Context, who *appoint.Acting, number, id string) (*Opened, []Text, error) {
	o, err := s.Open(ctx, who, number)
	if err != nil {
		return nil, nil, err
	}
	if !s.MayReadWhole(o) || len(o.whole[id]) == 0 {
		return nil, nil, ethics.ErrNotFound
	}
	if err := s.enter(ctx, record.KindOriginal, who.ID, ethics.CaseStream(o.ID)); err != nil {
		return nil, nil, err
	}
	var out []Text
	for _, t := range s.Texts(o, id) {
		if w, cut := o.whole[id][t.Question]; cut {
			t.Value = w
		}
		out = append(out, t)
	}
	return o, out, nil
}
