package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
)

// filling is one filling of the form, for the length of one request. It holds
// plaintext and prints as [redacted].
type filling struct {
	form     *httpd.Form
	roster   *appoint.Roster
	chosen   appoint.Institution // zero until one is chosen
	report   ethics.Report
	attached httpd.Attached // the draft and its files; these also in report
	faults   []fault
	cut      bool         // more was sent than is taken; what came before is here
	by       *memberEntry // nil: the reporter
}

// fault is what is wrong with one field, to be said in the page's language.
type fault struct {
	field string
	say   func(*locale.Printer) string
}

// Format hides what was typed.
func (filling) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

func (sh *filling) wrong(field, key string, args ...any) {
	sh.faults = append(sh.faults, fault{field, func(p *locale.Printer) string { return p.T(key, args...) }})
}

// newFilling is an empty form. The draft's secret is minted here and stands in
// the page only.
func (s *Site) newFilling(ctx context.Context, by *memberEntry) (*filling, error) {
	roster, err := s.Intake.Roster(ctx)
	if err != nil {
		return nil, err
	}
	sh := &filling{form: &httpd.Form{}, attached: httpd.Attached{Draft: derive.New()}, roster: roster, by: by}
	if all := sh.places(); len(all) == 1 {
		sh.chosen = all[0]
	}
	return sh, nil
}

// read takes a form in, its files sealed as they arrive. Files of a request
// that ends in an error are removed: no page would list them.
func (s *Site) read(c echo.Context, by *memberEntry) (*filling, error) {
	ctx := c.Request().Context()
	sh := &filling{by: by}
	s.attach(sh)
	form, err := s.Server.ReadForm(c, func(f *httpd.Form, u httpd.Upload) error {
		sh.form = f
		return sh.attached.Take(ctx, f, u)
	})
	if errors.Is(err, httpd.ErrTooLarge) && sh.form != nil {
		// The files are more than one form may bring. Everything typed stood
		// before them and is here: it goes back into the form.
		sh.cut, form, err = true, sh.form, nil
		sh.wrong("attachments", "reporter.file.cut")
	}
	if err == nil {
		sh.form = form
		err = s.fill(ctx, sh)
	}
	if err != nil {
		sh.attached.Forget(ctx)
		return nil, err
	}
	s.Server.UseLang(c, form.Get("lang"))
	sh.report = s.compose(sh, s.Server.Lang(c))
	return sh, nil
}

// fill reads what stands beside the answers: draft, files, institution, and
// which fields held what cannot be kept.
func (s *Site) fill(ctx context.Context, sh *filling) error {
	if err := sh.attached.Keep(ctx, sh.form); err != nil {
		return err
	}
	for _, f := range sh.form.Faults() {
		if _, known := s.Policy.Field(f.Field); !known {
			return fmt.Errorf("%w: field", httpd.ErrMalformed)
		}
		sh.wrong(f.Field, f.Key)
	}
	var err error
	if sh.roster, err = s.Intake.Roster(ctx); err != nil {
		return err
	}
	id, unit, _ := strings.Cut(sh.form.Get("institution"), "/")
	all := sh.places()
	if i := slices.IndexFunc(all, func(in appoint.Institution) bool { return in.ID == id }); i >= 0 {
		sh.chosen, sh.report.Unit = all[i], unit
	} else if len(all) == 1 && id == "" {
		sh.chosen = all[0]
	}
	if by := sh.by; by != nil {
		by.way, by.approved = sh.form.Get("way"), sh.form.Get("approved") != ""
	}
	return nil
}

// compose makes the report of what was typed: answers that are asked for, and
// no others.
func (s *Site) compose(sh *filling, lang string) ethics.Report {
	answers := map[string][]string{}
	for _, f := range s.fields() {
		answers[f.ID] = sh.form.All(f.ID)
	}
	track := s.track(sh)
	clean := s.Policy.Clean(s.trackOr(track), answers)
	r := ethics.Report{
		Track: track, Institution: sh.chosen.ID, Unit: sh.report.Unit, Category: firstValue(clean["category"]),
		Language: firstValue(clean["language"]),
		Identity: s.identity(sh, s.trackOr(track)), Excluded: clean["excluded_handlers"],
		Files: sh.attached.Files, Answers: clean,
	}
	if r.Language == "" {
		r.Language = lang
	}
	if sh.by != nil {
		r.EnteredBy, r.Way = sh.by.who.ID, sh.by.way
	}
	for _, id := range []string{"track", "institution", "category", "language", "excluded_handlers", "attachments"} {
		delete(clean, id)
	}
	return r
}

// trackOr is the track, or one that asks for no name while none is chosen: what
// is asked does not wait for that answer.
func (s *Site) trackOr(track string) string {
	offered := s.Policy.OfferedTracks()
	for _, t := range offered {
		if t.ID == track {
			return track
		}
	}
	if i := slices.IndexFunc(offered, func(t policy.Track) bool { return t.Identity == "none" }); i >= 0 {
		return offered[i].ID
	}
	return offered[0].ID
}

// fields are the questions of all offered tracks, each once, in their order.
func (s *Site) fields() []policy.Field { return s.uniqueFields(s.Policy.OfferedFields) }

// uniqueFields are the fields that on gives for the offered tracks, each once.
func (s *Site) uniqueFields(on func(track string) []policy.Field) []policy.Field {
	asked := map[string]policy.Field{}
	for _, t := range s.Policy.OfferedTracks() {
		for _, f := range on(t.ID) {
			asked[f.ID] = f
		}
	}
	var out []policy.Field
	for _, f := range s.Policy.Fields {
		if f, ok := asked[f.ID]; ok {
			out = append(out, f)
		}
	}
	return out
}

func firstValue(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
