package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"svilpe/internal/ethics"
)

// batch is how many chunks go through the writer in one call: a filing waits
// for at most one of them, and an upload holds at most 1 MiB of sealed bytes.
const batch = 4

// FileWriter stores a file's sealed bytes as they arrive. A crash leaves rows
// in state receiving, which the next start removes.
type FileWriter struct {
	s       *Store
	ctx     context.Context //nolint:containedctx // an upload lives as long as its request
	file    StoredFile
	whole   hash.Hash
	pending [][]byte
	current []byte
}

// ReceiveFile opens a file of a draft.
func (s *Store) ReceiveFile(ctx context.Context, id string, draft []byte, day ethics.Day) (*FileWriter, error) {
	err := s.Scratch(ctx, func(tx *ScratchTx) error { return tx.BeginFile(id, draft, day) })
	if err != nil {
		return nil, err
	}
	return &FileWriter{s: s, ctx: ctx, file: StoredFile{
		ID: id, Draft: draft, Day: day, State: "received",
	}, whole: sha256.New()}, nil
}

// Receive stores one file of a draft. fill writes its sealed bytes and tells the
// true length; when it fails (a cut connection, an exceeded bound) nothing stays.
func (s *Store) Receive(
	ctx context.Context, id string, draft []byte, day ethics.Day, fill func(io.Writer) (int64, error),
) (StoredFile, int64, error) {
	w, err := s.ReceiveFile(ctx, id, draft, day)
	if err != nil {
		return StoredFile{}, 0, err
	}
	size, err := fill(w)
	var stored StoredFile
	if err == nil {
		stored, err = w.Done()
	}
	if err != nil {
		w.Abort()
	}
	return stored, size, err
}

// Write takes the next sealed bytes.
func (w *FileWriter) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if w.current == nil {
			w.current = make([]byte, 0, ChunkSize)
		}
		n := min(len(p), ChunkSize-len(w.current))
		w.current = append(w.current, p[:n]...)
		p = p[n:]
		if len(w.current) == ChunkSize {
			if err := w.chunk(); err != nil {
				return 0, err
			}
		}
	}
	return total, nil
}

func (w *FileWriter) chunk() error {
	sum := sha256.Sum256(w.current)
	w.file.ChunkDigests = append(w.file.ChunkDigests, sum[:]...)
	_, _ = w.whole.Write(w.current)
	w.file.Size += int64(len(w.current))
	w.pending, w.current = append(w.pending, w.current), nil
	if len(w.pending) == batch {
		return w.flush()
	}
	return nil
}

func (w *FileWriter) flush() error {
	chunks, from := w.pending, w.file.Chunks
	err := w.s.Scratch(w.ctx, func(tx *ScratchTx) error { return tx.AddChunks(w.file.ID, from, chunks) })
	w.file.Chunks += len(chunks)
	w.pending = nil
	return err
}

// Done stores what is left and marks the file as received whole.
func (w *FileWriter) Done() (StoredFile, error) {
	if len(w.current) > 0 {
		if err := w.chunk(); err != nil {
			return w.file, err
		}
	}
	if err := w.flush(); err != nil {
		return w.file, err
	}
	w.file.SHA256 = w.whole.Sum(nil)
	return w.file, w.s.Scratch(w.ctx, func(tx *ScratchTx) error { return tx.EndFile(w.file) })
}

// Abort removes what was stored: the connection was cut, or a bound exceeded.
func (w *FileWriter) Abort() {
	_ = w.s.Scratch(context.WithoutCancel(w.ctx), func(tx *ScratchTx) error {
		return tx.DropFile(w.file.ID, w.file.Draft)
	})
}

// FileReader gives a file's sealed bytes, a chunk at a time. allowed is asked
// before each chunk, so a right that ends stops a download half-way.
func (s *Store) FileReader(ctx context.Context, f StoredFile, allowed func(*ReadTx) error) io.Reader {
	return &fileReader{s: s, ctx: ctx, file: f, allowed: allowed}
}

type fileReader struct {
	s       *Store
	ctx     context.Context //nolint:containedctx // a download lives as long as its request
	file    StoredFile
	allowed func(*ReadTx) error
	n       int
	rest    []byte
}

func (r *fileReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.n == r.file.Chunks {
			return 0, io.EOF
		}
		err := r.s.Read(r.ctx, func(tx *ReadTx) error {
			if err := r.allowed(tx); err != nil {
				return err
			}
			data, err := tx.Chunk(r.file, r.n)
			r.rest = data
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("file %s: %w", r.file.ID, err)
		}
		r.n++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
