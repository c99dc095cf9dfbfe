package admin

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/auth"
	"svilpe/internal/httpd"
	"svilpe/internal/record"
	"svilpe/internal/verdict"
)

// kinds are the words for the log's kinds of entries; one that is not here is
// shown as it is.
var kinds = map[audit.EntryKind]string{
	audit.KindFiller:           "admin.kind.filler",
	record.KindFounded:         "admin.kind.founded",
	record.KindAppointed:       "admin.kind.appointed",
	record.KindInstitution:     "admin.kind.institution_stated",
	record.KindSuspended:       "admin.kind.suspended",
	record.KindOfficeEnded:     "admin.kind.office_ended",
	record.KindKeysChanged:     "admin.kind.keys_changed",
	record.KindSamePerson:      "admin.kind.same_person",
	record.KindTwoPeople:       "admin.kind.two_people",
	record.KindCredentials:     "admin.kind.credentials_changed",
	record.KindDayClosed:       "admin.kind.checkpoint",
	record.KindDistrusted:      "admin.kind.distrusted",
	record.KindConsultation:    "consult.entry",
	record.KindFiled:           "admin.kind.filed",
	record.KindNewCode:         "erasure.kind.new_code",
	record.KindWithdrawn:       "admin.kind.withdrawn",
	record.KindIdentified:      "loose.log.identified",
	record.KindUnnamed:         "loose.log.withdrawn",
	record.KindDeclared:        "gift.entry",
	record.KindMediation:       "mediation.entry",
	record.KindMessage:         "admin.kind.message",
	record.KindOpened:          "admin.kind.opened",
	record.KindUnseen:          "conflict.log.unseen",
	record.KindStated:          "admin.kind.no_conflict_stated",
	record.KindStep:            "admin.kind.step",
	record.KindProposed:        "admin.kind.proposed",
	record.KindDecided:         "admin.kind.decided_on",
	record.KindNote:            "admin.kind.note",
	record.KindRedacted:        "redact.entry",
	record.KindOriginal:        "redact.entry_original",
	record.KindGranted:         "admin.kind.granted",
	record.KindRemoved:         "conflict.log.removed",
	record.KindExporting:       "export.entry_begun",
	record.KindExported:        "export.entry",
	record.KindPackaging:       "forward.entry_begun",
	record.KindPackageMade:     "forward.entry",
	record.KindIdentityOpened:  "loose.log.opened",
	record.KindVaultDealt:      "loose.log.dealt",
	record.KindGiftsRead:       "gift.entry_read",
	record.KindErasureApproved: "erasure.kind.approved",
	record.KindErased:          "erasure.kind.erased",
	record.KindSealedOff:       "erasure.kind.sealed_off",
	record.KindTermEnded:       "conflict.log.term_ended",
	record.KindLoanLapsed:      "loose.log.lapsed",
	record.KindIdentityErased:  "loose.log.erased",
	record.KindBlank:           "erasure.kind.blank",
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
