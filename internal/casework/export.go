package casework

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"slices"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// ExportUntil tells until when the viewer may download the case file: who
// proposed it, approved by a second person, still in an office that exports, for some
// days (Spans.Export). false when nothing is approved for this member.
func (s *Service) ExportUntil(o *Opened) (time.Time, bool) {
	var until time.Time
	for _, i := range o.Thread {
		if i.Step == nil || i.Untrusted || i.Step.ID != ethics.ActExport {
			continue
		}
		if p, ok := o.trusted(i.Step.Proposal); ok && p.Author == o.Me.ID {
			until = time.UnixMilli(i.At).Add(time.Duration(s.Policy.Spans.Export) * 24 * time.Hour)
		}
	}
	step, _ := s.Policy.Act(ethics.ActExport)
	office := slices.ContainsFunc([]string(step.Who), func(r string) bool { return slices.Contains(o.Me.Roles, r) })
	return until, office && o.Me.HoldsGrant && o.Me.Stated && s.Now().Before(until)
}

// Export is one download: Write writes its bytes to w, from the opened case.
type Export struct {
	What, To string // one of the ethics.Export… constants; the recipient, "" for none
	Write    func(o *Opened, w io.Writer) error
}

// Export gives an approved member the case file: an entry first, then the bytes
// as they are written, then an entry that holds their SHA-256, also when it broke
// off. ErrRefused without a standing approval: nothing was written then.
func (s *Service) Export(ctx context.Context, who *appoint.Acting, number string, w io.Writer, x Export) error {
	o, err := s.Open(ctx, who, number)
	if err != nil {
		return err
	}
	if _, ok := s.ExportUntil(o); !ok {
		return ethics.ErrRefused
	}
	return s.writeExport(ctx, who, o, [2]audit.EntryKind{record.KindExporting, record.KindExported},
		ethics.Exported{What: x.What, To: x.To}, w, func(w io.Writer) error { return x.Write(o, w) })
}

// writeExport writes what leaves the system between two entries of these kinds; the
// second holds body, with the hash of what was sent.
func (s *Service) writeExport(
	ctx context.Context, who *appoint.Acting, o *Opened, kinds [2]audit.EntryKind, body ethics.Exported, w io.Writer,
	write func(io.Writer) error,
) error {
	if err := s.enter(ctx, kinds[0], who.ID, ethics.CaseStream(o.ID)); err != nil {
		return err
	}
	sum := &summed{hash: sha256.New()}
	failed := write(io.MultiWriter(sum, w))
	body.SHA256, body.Size, body.Whole, body.At = sum.hash.Sum(nil), sum.n, failed == nil, s.Now().UnixMilli()
	// Whoever broke the download off has what was sent: that is recorded too.
	return errors.Join(failed, s.logExport(context.WithoutCancel(ctx), who, o.Number, kinds[1], body))
}

func (s *Service) logExport(
	ctx context.Context, who *appoint.Acting, number string, kind audit.EntryKind, body ethics.Exported,
) error {
	draft := derive.New()
	_, err := s.write(ctx, who, number, draft, ethics.KindExported, func(o *Opened) (written, error) {
		l := s.newSealer(o, who)
		if err := l.add(draft.EnvelopeID(o.ID, ethics.KindExported), ethics.KindExported, body, false); err != nil {
			return written{}, err
		}
		return written{envelopes: l.out, kind: kind}, nil
	})
	return err
}

// summed counts and hashes what passes.
type summed struct {
	hash hash.Hash
	n    int64
}

func (x *summed) Write(p []byte) (int, error) {
	x.n += int64(len(p))
	return x.hash.Write(p)
}

// Files are all files of the case that its trusted messages list, in order.
func (o *Opened) Files() []ethics.File {
	var all []ethics.File
	if o.Report != nil {
		all = append(all, o.Report.Files...)
	}
	for _, i := range o.Thread {
		if !i.Untrusted {
			all = append(all, i.Files...)
		}
	}
	return all
}
