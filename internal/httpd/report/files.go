package report

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// receive takes one file. A file that cannot be taken is named beside the
// field, and the others stay.
func (s *Site) receive(ctx context.Context, sh *sheet, u httpd.Upload) error {
	if u.Field != "attachments" {
		return fmt.Errorf("%w: file in another field", httpd.ErrMalformed)
	}
	if err := s.keep(ctx, sh); err != nil {
		return err
	}
	open, err := s.Intake.FilesOpen(ctx)
	if err != nil {
		return err
	}
	limits := s.Intake.Limits
	left := limits.ReportBytes
	for _, f := range sh.files {
		left -= f.Size
	}
	switch {
	case !open:
		sh.wrong(u.Field, "reporter.file.closed", "Name", u.Name)
		return nil
	case len(sh.files) >= limits.Files:
		sh.wrong(u.Field, "reporter.file.many", "Name", u.Name, "Max", limits.Files)
		return nil
	}
	file, err := s.Intake.ReceiveFile(ctx, sh.draft, u.Name, mediaType(u.ContentType), u.Body, left)
	if errors.Is(err, ethics.ErrTooLarge) {
		key, bytes := "reporter.file.large", limits.FileBytes
		if left < limits.FileBytes {
			key, bytes = "reporter.file.together", limits.ReportBytes
		}
		sh.wrong(u.Field, key, "Name", u.Name, "MB", bytes>>20)
		return nil
	}
	if err != nil {
		return err
	}
	sh.files, sh.received = append(sh.files, file), append(sh.received, file)
	return nil
}

// keep looks up, once a request, the files that the page says were received
// before: ticked ones are kept, the others dropped. One that is gone (a draft's
// files are held for a day) is said, so that it can be attached again.
func (s *Site) keep(ctx context.Context, sh *sheet) error {
	if sh.opened {
		return nil
	}
	sh.opened = true
	raw, err := sh.form.Draft()
	if err != nil {
		return err
	}
	sh.draft = derive.Secret(raw)
	ticked := sh.form.All("keep")
	for _, name := range sh.form.Names() {
		id, isFile := strings.CutPrefix(name, "file.")
		if !isFile {
			continue
		}
		f, err := readFileField(id, sh.form.Get(name))
		if err != nil {
			return err
		}
		if !slices.Contains(ticked, id) {
			if err := s.Intake.DropFile(ctx, sh.draft, id); err != nil {
				return err
			}
			continue
		}
		kept, err := s.Intake.Kept(ctx, sh.draft, []ethics.File{f})
		switch {
		case errors.Is(err, ethics.ErrNotFound), errors.Is(err, ethics.ErrFileIncorrect):
			sh.wrong("attachments", "reporter.file.gone", "Name", f.Name)
		case err != nil:
			return err
		default:
			sh.files = append(sh.files, kept...)
		}
	}
	return nil
}

// forget removes what was received in this request.
func (s *Site) forget(ctx context.Context, sh *sheet) {
	for _, f := range sh.received {
		// What a failure leaves is swept with the draft.
		_ = s.Intake.DropFile(context.WithoutCancel(ctx), sh.draft, f.ID)
	}
}

// fileField is a received file as the page carries it: «size|type|name» in the
// field file.ID. One field a file keeps fifty files within a form's parts.
func fileField(f ethics.File) string {
	return strconv.FormatInt(f.Size, 10) + "|" + f.Type + "|" + f.Name
}

// readFileField reads it back; ErrMalformed for what no page of ours says.
func readFileField(id, value string) (ethics.File, error) {
	part := strings.SplitN(value, "|", 3)
	if len(part) != 3 || id == "" || part[2] == "" || len(part[2]) > 255 || mediaType(part[1]) != part[1] {
		return ethics.File{}, fmt.Errorf("%w: kept file", httpd.ErrMalformed)
	}
	size, err := strconv.ParseInt(part[0], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != part[0] {
		return ethics.File{}, fmt.Errorf("%w: kept file", httpd.ErrMalformed)
	}
	return ethics.File{ID: id, Name: part[2], Type: part[1], Size: size}, nil
}

// mediaType is the type without parameters, as far as it is one.
func mediaType(claimed string) string {
	kind, _, err := mime.ParseMediaType(claimed)
	if err != nil || len(kind) > 100 || strings.ContainsAny(kind, "| ") || !strings.Contains(kind, "/") {
		return "application/octet-stream"
	}
	return kind
}

func keptRows(files []ethics.File) []httpd.FileRow {
	var rows []httpd.FileRow
	for _, f := range files {
		rows = append(rows, httpd.FileRow{ID: f.ID, Name: f.Name, Size: f.Size, Keep: true})
	}
	return rows
}
