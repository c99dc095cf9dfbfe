package member

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// sendMessage writes to the reporter. Files are sealed as they stream in, after
// the draft and only into a case this member may open; what was received for a
// message that is not stored is dropped again.
func (s *Site) sendMessage(c echo.Context, who *auth.Session) error {
	ctx := c.Request().Context()
	cover, err := s.Casework.Cover(ctx, &who.Acting, c.Param("number"))
	if err != nil {
		return err
	}
	files := s.attached()
	f, err := s.Desk.Server.ReadForm(c, func(f *httpd.Form, up httpd.Upload) error {
		if !cover.Stated {
			return httpd.ErrMalformed
		}
		files.Wrong = func(field, key string, _ ...any) { f.AddFault(field, key) }
		return files.Take(ctx, f, up)
	})
	if err != nil {
		files.Forget(ctx)
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	draft, err := draftOf(f)
	if err != nil {
		return err
	}
	t := typed{form: formMessage, values: f, errs: s.words(c).unreadable(f)}
	if len(t.errs) > 0 {
		err = ethics.FieldErrors{}
	}
	if err == nil {
		taken, failed := s.Casework.Message(ctx, &who.Acting, c.Param("number"), draft, f.Get("text"), f.Get("event"), files.Files)
		if failed == nil && !taken.Again {
			return stored(c, taken, "message")
		}
		if failed == nil {
			files.Forget(ctx)
			return stored(c, taken, "message")
		}
		err = failed
	}
	if files.Forget(ctx) {
		t.errs = append(t.errs, httpd.FieldError{Field: "attachments", Text: s.words(c).T("desk.fault.files_again")})
	}
	return s.refuse(c, who, t, nil, err)
}

// attached are a message's files: one that is too large, or too many, is a
// fault of the field and the text stays.
func (s *Site) attached() *httpd.Attached {
	limits := s.Casework.Limits
	return &httpd.Attached{
		Receive: s.Casework.ReceiveFile, Drop: s.Casework.DropFiles,
		Words: httpd.FileWords{Many: "desk.fault.files_many", Large: "desk.fault.file_large", Together: "desk.fault.file_large"},
		Most:  limits.Files, FileBytes: limits.FileBytes, TotalBytes: limits.MessageBytes,
	}
}
