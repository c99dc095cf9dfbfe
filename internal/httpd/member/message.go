package member

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// sendMessage writes to the reporter. Files are sealed as they stream in, after
// the draft and only into a case this member may open. A message that is refused
// goes back into its form with the files it had; what a failure leaves is dropped,
// or swept with the draft.
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
	if err == nil && cover.Stated {
		files.Wrong = func(field, key string, _ ...any) { f.AddFault(field, key) }
		err = files.Keep(ctx, f)
	}
	if err != nil {
		files.Forget(ctx)
		return err
	}
	s.Desk.Server.UseLang(c, f.Get("lang"))
	draft, err := f.Draft()
	if err != nil {
		return err
	}
	t := typed{form: formMessage, values: f, errs: s.words(c).unreadable(f), files: files}
	if len(t.errs) > 0 {
		return s.refuse(c, who, t, nil, ethics.FieldErrors{})
	}
	taken, err := s.Casework.Message(ctx, &who.Acting, c.Param("number"), draft, f.Get("text"),
		ethics.EventKind(f.Get("event")), files.Files)
	if err != nil {
		return s.refuse(c, who, t, nil, err)
	}
	if taken.Again {
		files.Forget(ctx) // the first sending has them
	}
	return stored(c, taken, "message")
}

// attached are a message's files: one that is too large, or too many, is a
// fault of the field and the text stays.
func (s *Site) attached() *httpd.Attached {
	limits := s.Casework.Limits
	return &httpd.Attached{
		Receive: s.Casework.ReceiveFile, Kept: s.Casework.Kept, Drop: s.Casework.DropFiles,
		Words: httpd.FileWords{
			Many: "desk.fault.files_many", Large: "desk.fault.file_large", Together: "desk.fault.file_large",
			Gone: "desk.fault.file_gone",
		},
		Most: limits.Files, FileBytes: limits.FileBytes, TotalBytes: limits.MessageBytes,
	}
}
