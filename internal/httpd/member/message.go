package member

import (
	"context"
	"errors"

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
	var files []ethics.File
	f, err := s.Desk.Server.ReadForm(c, func(f *httpd.Form, up httpd.Upload) error {
		if !cover.Stated || up.Field != "attachments" {
			return httpd.ErrMalformed
		}
		return s.receive(ctx, f, up, &files)
	})
	if err != nil {
		s.drop(ctx, f, files)
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
		taken, failed := s.Casework.Message(ctx, &who.Acting, c.Param("number"), draft, f.Get("text"), f.Get("event"), files)
		if failed == nil && !taken.Again {
			return stored(c, taken, "message")
		}
		if failed == nil {
			s.drop(ctx, f, files)
			return stored(c, taken, "message")
		}
		err = failed
	}
	s.drop(ctx, f, files)
	if len(files) > 0 {
		t.errs = append(t.errs, httpd.FieldError{Field: "attachments", Text: s.words(c).T("desk.fault.files_again")})
	}
	return s.refuse(c, who, t, nil, err)
}

// receive seals one file; one that is too large, or too many, is a fault of
// the field and the text stays.
func (s *Site) receive(ctx context.Context, f *httpd.Form, up httpd.Upload, files *[]ethics.File) error {
	limits, left := s.Casework.Limits, s.Casework.Limits.MessageBytes
	for _, x := range *files {
		left -= x.Size
	}
	if len(*files) >= limits.Files {
		f.AddFault(up.Field, "desk.fault.files_many")
		return nil
	}
	draft, err := draftOf(f)
	if err != nil {
		return err
	}
	file, err := s.Casework.ReceiveFile(ctx, draft, up.Name, up.ContentType, up.Body, left)
	if errors.Is(err, ethics.ErrTooLarge) {
		f.AddFault(up.Field, "desk.fault.file_large")
		return nil
	}
	if err != nil {
		return err
	}
	*files = append(*files, file)
	return nil
}

// drop removes received files. The sweep of old drafts takes what a failure
// leaves here.
func (s *Site) drop(ctx context.Context, f *httpd.Form, files []ethics.File) {
	if f == nil || len(files) == 0 {
		return
	}
	if draft, err := draftOf(f); err == nil {
		_ = s.Casework.DropFiles(context.WithoutCancel(ctx), draft, files)
	}
}
