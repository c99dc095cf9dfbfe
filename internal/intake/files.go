package intake

import (
	"context"
	"io"
	"syscall"

	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// mostDraftFiles is how many files drafts may hold in all, however small they are:
// each form asks for them.
const mostDraftFiles = 20_000

// FilesOpen tells, before the form is filled, whether files can be taken: drafts
// that are not filed may hold a bounded share of the disk, in a bounded number.
func (s *Service) FilesOpen(ctx context.Context) (bool, error) {
	var held int64
	var files int
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		files, held, err = tx.Drafts(mostDraftFiles)
		return err
	})
	if err != nil || files == mostDraftFiles {
		return false, err
	}
	most := s.Limits.DraftBytes
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.Data, &disk); err == nil {
		most = min(most, int64(disk.Bavail)*disk.Bsize/10) // Bsize has another type elsewhere
	}
	return held < most, nil
}

// ReceiveFile seals one file of a draft as it streams in, in constant memory;
// no plaintext touches the disk. left is how many bytes the report may still
// take. A cut connection or an exceeded bound leaves nothing.
func (s *Service) ReceiveFile(
	ctx context.Context, draft derive.Secret, name, kind string, r io.Reader, left int64,
) (ethics.File, error) {
	id := uuid.NewString()
	stored, size, err := s.Store.Receive(ctx, id, draft.DraftHash(), s.Today(), func(w io.Writer) (int64, error) {
		return seal.Stream(w, r, draft.FileSecret(id), min(left, s.Limits.FileBytes))
	})
	return ethics.File{ID: id, Name: name, Type: kind, Size: size, SHA256: stored.SHA256}, err
}

// Kept checks the files that a form says it keeps: each must have been received
// for this very draft. Their digests come from the rows, names and lengths from
// the form, which is the reporter's own page.
func (s *Service) Kept(ctx context.Context, draft derive.Secret, claimed []ethics.File) ([]ethics.File, error) {
	var out []ethics.File
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		out, err = tx.Kept(draft.DraftHash(), claimed)
		return err
	})
	return out, err
}

// DropFile removes a received file that the reporter unticked.
func (s *Service) DropFile(ctx context.Context, draft derive.Secret, id string) error {
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error { return tx.DropFile(id, draft.DraftHash()) })
}
