package admin

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/auth"
	"svilpe/internal/httpd"
	"svilpe/internal/verdict"
)

// kinds are the words for the log's kinds of entries; one that is not here is
// shown as it is.
var kinds = map[audit.EntryKind]string{
	"founded": "admin.kind.founded", "appointed": "admin.kind.appointed", "institution_stated": "admin.kind.institution_stated",
	"suspended": "admin.kind.suspended", "office_ended": "admin.kind.office_ended", "keys_changed": "admin.kind.keys_changed",
	"same_person": "admin.kind.same_person", "two_people": "admin.kind.two_people",
	"credentials_changed": "admin.kind.credentials_changed", "day_closed": "admin.kind.checkpoint", "filler": "admin.kind.filler",
	"filed": "admin.kind.filed", "opened": "admin.kind.opened", "no_conflict_stated": "admin.kind.no_conflict_stated",
	"distrusted": "admin.kind.distrusted", "step": "admin.kind.step", "proposed": "admin.kind.proposed",
	"decided_on": "admin.kind.decided_on", "message": "admin.kind.message", "note": "admin.kind.note",
	"opened_unseen": "conflict.log.unseen", "redacted": "redact.entry", "original_opened": "redact.entry_original", "removed": "conflict.log.removed", "term_ended": "conflict.log.term_ended", "granted": "admin.kind.granted", "withdrawn": "admin.kind.withdrawn",
	"new_code": "erasure.kind.new_code", "erasure_approved": "erasure.kind.approved", "erased": "erasure.kind.erased", "sealed_off": "erasure.kind.sealed_off", "blank": "erasure.kind.blank",
	"exporting": "export.entry_begun", "exported": "export.entry",
	"packaging": "forward.entry_begun", "package_made": "forward.entry",
	"identified": "loose.log.identified", "identity_withdrawn": "loose.log.withdrawn", "identity_opened": "loose.log.opened",
	"identity_erased": "loose.log.erased", "vault_dealt": "loose.log.dealt", "vault_loan_lapsed": "loose.log.lapsed",
	"consultation": "consult.entry", "gift_declared": "gift.entry", "gifts_read": "gift.entry_read",
}

type logView struct {
	httpd.Page
	Lines   httpd.Table
	Auditor bool // sees lines; the administrator sees only that the log is sound
	Older   string
	Verdict *verdict.Verdict // nil before the first
	Entries int              // under its head
	Damages []string
	More    string // how many damaged rows are not named, "" for none
	Signed  bool
	Day     string // of the last checkpoint
	Size    int
	Note    string
}

// log shows entries by day, kind and index, newest first, fillers folded, what the
// last verification found, and the last checkpoint.
func (s *Site) log(c echo.Context, who *auth.Session) error {
	before := int64(0)
	if asked := c.QueryParam("before"); asked != "" {
		n, err := strconv.ParseInt(asked, 10, 64)
		if err != nil || n < 1 {
			return httpd.ErrMalformed
		}
		before = n
	}
	l, err := s.Insight.Log(c.Request().Context(), &who.Acting, before)
	if err != nil {
		return err
	}
	t := s.Desk.Server.Printer(c)
	v := logView{Page: s.Desk.Page(c, who, "admin.log.title"), Auditor: who.Has(appoint.RoleAuditor)}
	v.Lines = httpd.Table{
		Caption: t.T("admin.log.lines"),
		Head:    []string{t.T("admin.log.index"), t.T("admin.log.day"), t.T("admin.log.kind")},
	}
	for _, line := range l.Lines {
		kind := string(line.Kind)
		if key, ok := kinds[line.Kind]; ok {
			kind = t.T(key)
		}
		index := strconv.FormatInt(line.Index, 10)
		if n := line.Index - line.First + 1; n > 1 {
			index, kind = strconv.FormatInt(line.First, 10)+"–"+index, kind+": "+t.Number(n)
		}
		v.Lines.Rows = append(v.Lines.Rows, []httpd.Cell{{Text: index}, {Text: t.Short(line.Day)}, {Text: kind}})
	}
	if l.Next > 0 {
		v.Older = "/desk/log?before=" + strconv.FormatInt(l.Next, 10)
	}
	if v.Verdict, v.Damages = l.Verdict, l.Damages; l.Verdict != nil {
		v.Entries = int(l.Verdict.Head.Size)
		if more := l.Verdict.Faults - len(l.Damages); more > 0 {
			v.More = t.Number(int64(more))
		}
	}
	if l.Signed != nil {
		v.Signed, v.Day, v.Size, v.Note = true, l.Signed.Day, int(l.Signed.Size), string(l.Signed.Note)
	}
	return s.Desk.Server.Render(c, http.StatusOK, "admin/log", v)
}

// verdict hands out the newest one as the log key signed it.
func (s *Site) verdict(c echo.Context, who *auth.Session) error {
	signed, err := s.Insight.SignedVerdict(&who.Acting)
	if err != nil {
		return err
	}
	httpd.Attach(c, "svilpe-verdict.txt")
	_, err = c.Response().Write(signed)
	return err
}
