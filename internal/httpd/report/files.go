package report

import (
	"context"
	"errors"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// attach gives a sheet its files: at most a report's, sealed for its draft.
func (s *Site) attach(sh *filling) {
	limits := s.Intake.Limits
	sh.attached = httpd.Attached{
		Receive: s.Intake.ReceiveFile, Kept: s.Intake.Kept, Drop: s.drop, Open: s.Intake.FilesOpen,
		Wrong: sh.wrong, Words: httpd.ReporterFileWords, FindGiveaways: true,
		Most: limits.Files, FileBytes: limits.FileBytes, TotalBytes: limits.ReportBytes,
	}
}

// drop removes received files; one that fails does not keep the others.
func (s *Site) drop(ctx context.Context, draft derive.Secret, files []ethics.File) error {
	var failed error
	for _, f := range files {
		failed = errors.Join(failed, s.Intake.DropFile(ctx, draft, f.ID))
	}
	return failed
}
