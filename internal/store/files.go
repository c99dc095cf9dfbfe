package store

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/record"
)

// ChunkSize is how many sealed bytes one chunk row holds; the last has fewer.
const ChunkSize = 256 << 10

// BeginFile opens a file that is being received.
func (tx *ScratchTx) BeginFile(id string, draft []byte, day ethics.Day) error {
	return tx.c.run(`insert into file (id, draft, state, case_id, envelope_id, size, chunks, sha256, chunk_digests, day)
		values ($1, $2, 'receiving', '', '', 0, 0, $3, $3, $4)`, id, draft, []byte{}, day)
}

// AddChunks stores the next chunks of a file that is being received, from
// number n; ErrNotFound when it is not, or not any more.
func (tx *ScratchTx) AddChunks(id string, n int, chunks [][]byte) error {
	var receiving int
	if err := tx.c.one(`select count(*) from file where id = $1 and state = 'receiving'`, []any{id},
		&receiving); err != nil {
		return err
	}
	if receiving != 1 {
		return ethics.ErrNotFound
	}
	for i, data := range chunks {
		if err := tx.c.run(`insert into chunk (file_id, n, data) values ($1, $2, $3)`, id, n+i, data); err != nil {
			return err
		}
	}
	return nil
}

// EndFile marks a file as received whole.
func (tx *ScratchTx) EndFile(f StoredFile) error {
	n, err := tx.c.count(
		`update file set state = 'received', size = $1, chunks = $2, sha256 = $3, chunk_digests = $4
		where id = $5 and state = 'receiving'`,
		f.Size, f.Chunks, f.SHA256, f.ChunkDigests, f.ID)
	if err == nil && n != 1 {
		err = ethics.ErrNotFound
	}
	return err
}

// DropFile removes a file that was not filed, with its chunks. A filed one
// stays: it is record.
func (tx *ScratchTx) DropFile(id string, draft []byte) error {
	const mine = `id = $1 and draft = $2 and state <> 'filed'`
	if err := tx.c.run(`delete from chunk where file_id in (select id from file where `+mine+`)`,
		id, draft); err != nil {
		return err
	}
	return tx.c.run(`delete from file where `+mine, id, draft)
}

// SweepFiles removes half-received files when all is true (at start: nobody is
// sending them any more), and received ones of drafts begun before the day.
func (tx *ScratchTx) SweepFiles(before ethics.Day, all bool) error {
	const old = `state <> 'filed' and (day < $1 or (state = 'receiving' and $2 = 1))`
	if err := tx.c.run(`delete from chunk where file_id in (select id from file where `+old+`)`,
		before, all); err != nil {
		return err
	}
	return tx.c.run(`delete from file where `+old, before, all)
}

// File finds a filed file, held against the log.
func (tx *ReadTx) File(id string) (StoredFile, error) {
	f, err := row(tx.c, record.Files, `where id = $1`, id)
	if err != nil || f.State != "filed" {
		return f, err
	}
	return f, checkHeld(tx, record.Files, &f)
}

// DraftFile finds a file of this draft that was received whole, filed or not:
// who sends the same form twice names the same files.
func (tx *ReadTx) DraftFile(id string, draft []byte) (StoredFile, error) {
	return row(tx.c, record.Files, `where id = $1 and draft = $2 and state <> 'receiving'`, id, draft)
}

// Chunk reads one chunk and checks it against the file's own list.
func (tx *ReadTx) Chunk(f StoredFile, n int) ([]byte, error) {
	var data []byte
	if err := tx.c.one(`select data from chunk where file_id = $1 and n = $2`, []any{f.ID, n}, &data); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	if len(f.ChunkDigests) < 32*(n+1) || string(f.ChunkDigests[32*n:32*(n+1)]) != string(sum[:]) {
		return nil, fmt.Errorf("file %s, chunk %d: %w", f.ID, n, ethics.ErrFileIncorrect)
	}
	return data, nil
}

// Drafts is how many files are held for drafts that are not filed, counted no further
// than a limit, and how many sealed bytes they are. Of files that were received whole
// their rows say it; chunks are read of the few that are being received.
func (tx *ReadTx) Drafts(most int) (files int, bytes int64, err error) {
	var coming int
	err = tx.c.one(
		`select count(*), coalesce(sum(size), 0), coalesce(sum(case when state = 'receiving' then 1 else 0 end), 0)
		from (select state, size from file where state >= 'received' and state <= 'receiving' limit $1) f`,
		[]any{most}, &files, &bytes, &coming)
	if err != nil || coming == 0 {
		return files, bytes, err
	}
	var parts int64
	err = tx.c.one(
		`select coalesce(sum(length(data)), 0) from chunk where file_id in (select id from file where state = `+
			`'receiving')`, nil, &parts)
	return files, bytes + parts, err
}

// Kept checks the files that a form says it keeps: each must have been received
// for this very draft (ErrNotFound), and fit the length that the form claims
// (ErrFileIncorrect). Digests come from the rows; a file named twice is kept once.
func (tx *ReadTx) Kept(draft []byte, claimed []ethics.File) ([]ethics.File, error) {
	var out []ethics.File
	for _, f := range claimed {
		if slices.ContainsFunc(out, func(x ethics.File) bool { return x.ID == f.ID }) {
			continue
		}
		row, err := tx.DraftFile(f.ID, draft)
		if err != nil {
			return nil, fmt.Errorf("kept file: %w", err)
		}
		if !fits(f.Size, row.Size) {
			return nil, fmt.Errorf("kept file: length: %w", ethics.ErrFileIncorrect)
		}
		f.SHA256 = row.SHA256
		out = append(out, f)
	}
	return out, nil
}

// fits tells whether a file of this true length is stored in that many sealed
// bytes: its class, and what age adds (a header, 16 bytes each 64 KiB). A length
// that does not fit would make the file one that cannot be trusted.
func fits(size, sealed int64) bool {
	if size < 0 || size > sealed {
		return false
	}
	class := payload.FileClass(size)
	return class < sealed && sealed-class <= 4<<10+class>>12
}
