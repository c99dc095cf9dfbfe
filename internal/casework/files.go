package casework

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/unseal"
)

// ReceiveFile seals one file of a message to the reporter as it streams in.
func (s *Service) ReceiveFile(
	ctx context.Context, draft derive.Secret, name, kind string, r io.Reader, left int64,
) (ethics.File, error) {
	id := uuid.NewString()
	stored, size, err := s.Store.Receive(ctx, id, draft.DraftHash(), s.today(), func(w io.Writer) (int64, error) {
		return seal.Stream(w, r, draft.FileSecret(id), min(left, s.Limits.FileBytes))
	})
	return ethics.File{ID: id, Name: name, Type: kind, Size: size, SHA256: stored.SHA256}, err
}

// DropFiles removes received files of a message that was not sent.
func (s *Service) DropFiles(ctx context.Context, draft derive.Secret, files []ethics.File) error {
	return s.Store.Scratch(ctx, func(tx *store.ScratchTx) error {
		for _, f := range files {
			if err := tx.DropFile(f.ID, draft.DraftHash()); err != nil {
				return err
			}
		}
		return nil
	})
}

// File opens a case and gives one of its files: what it is, and its plain bytes
// as they stream. allowed (the session) and the grant row are asked again before
// each chunk, so a right that ends stops the download.
func (s *Service) File(
	ctx context.Context, who *appoint.Acting, number, fileID string, allowed func() error,
) (ethics.File, io.Reader, error) {
	o, err := s.Open(ctx, who, number)
	if err != nil {
		return ethics.File{}, nil, err
	}
	return s.FileOf(ctx, who, o, fileID, allowed)
}

// FileOf is File for a case that this request opened already.
func (s *Service) FileOf(
	ctx context.Context, who *appoint.Acting, o *Opened, fileID string, allowed func() error,
) (ethics.File, io.Reader, error) {
	if !s.Policy.Allowed(o.Me, "read_files_clean") {
		return ethics.File{}, nil, ethics.ErrNotFound
	}
	number := o.Number
	file, listed := o.listed(fileID)
	if !listed {
		return ethics.File{}, nil, ethics.ErrNotFound
	}
	var row store.StoredFile
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		var err error
		row, err = tx.File(fileID)
		return err
	})
	if err != nil {
		return file, nil, err
	}
	if !o.file.TrustedFile(row) || !slices.Equal(file.SHA256, row.SHA256) {
		return file, nil, fmt.Errorf("file %s: %w", fileID, ethics.ErrUntrusted)
	}
	secret, err := derive.FromBytes(o.fileKey[fileID])
	if err != nil {
		return file, nil, fmt.Errorf("file %s: %w", fileID, ethics.ErrUntrusted)
	}
	sealed := s.Store.FileReader(ctx, row, func(tx *store.ReadTx) error {
		_, _, err := s.find(tx, who, number)
		return err
	})
	plain, err := unseal.File(asking{allowed, sealed}, secret, file.Size)
	return file, plain, err
}

// asking asks before each read, outside the store's transaction: allowed reads
// the store itself, and readers waiting for readers would stop all of them.
type asking struct {
	allowed func() error
	src     io.Reader
}

func (r asking) Read(p []byte) (int, error) {
	if err := r.allowed(); err != nil {
		return 0, err
	}
	return r.src.Read(p)
}

// listed finds a file in the message that lists it.
func (o *Opened) listed(id string) (ethics.File, bool) {
	for _, f := range o.Files() {
		if f.ID == id {
			return f, true
		}
	}
	return ethics.File{}, false
}
