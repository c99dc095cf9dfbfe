package store

import (
	"crypto/sha256"
	"fmt"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// files checks the rows of filed files, then their contents.
func (v *verification) files(_ *ReadTx, c ethics.Case, labels map[string]audit.Digest) error {
	var list []StoredFile
	err := v.c.each(fileColumns+`where case_id = $1 and state = 'filed' order by id`, []any{c.ID}, v.every(func(scan func(...any) error) error {
		var f StoredFile
		if err := scan(fileFields(&f)...); err != nil {
			return err
		}
		v.out.Files++
		if err := match(labels, fileItem(f)); err != nil {
			return err
		}
		list = append(list, f)
		return nil
	}))
	if err != nil {
		return err
	}
	return everyOf(v, list, v.content)
}

// content reads a file's chunks, one at a time. The row is as the log says.
func (v *verification) content(f StoredFile) error {
	whole, size, next := sha256.New(), int64(0), 0
	before := v.out.Faults()
	at := func(n int, why string) error { return &Damage{"chunk", fmt.Sprintf("%s/%d", f.ID, n), why} }
	missing := func(to int) {
		for ; next < min(to, f.Chunks); next++ {
			_ = v.found(at(next, whyMissing))
		}
	}
	err := v.c.each(`select n, data from chunk where file_id = $1 order by n`, []any{f.ID}, v.every(func(scan func(...any) error) error {
		var n int
		var data []byte
		if err := scan(&n, &data); err != nil {
			return err
		}
		if n < next || n >= f.Chunks {
			return at(n, "the file has no chunk of this number")
		}
		missing(n)
		next++
		sum := sha256.Sum256(data)
		if len(f.ChunkDigests) < 32*(n+1) || string(f.ChunkDigests[32*n:32*(n+1)]) != string(sum[:]) {
			return at(n, whyChanged)
		}
		whole.Write(data)
		size += int64(len(data))
		return v.tick(1)
	}))
	missing(f.Chunks)
	switch {
	case err != nil:
		return err
	case v.out.Faults() > before: // said already, chunk by chunk
	case size != f.Size || string(whole.Sum(nil)) != string(f.SHA256):
		return &Damage{"file", f.ID, "its chunks give another size or SHA-256"}
	}
	return nil
}

// orphans finds chunks of no file: neither record nor scratch.
func (v *verification) orphans() error {
	return v.c.each(`select c.file_id, c.n from chunk c left join file f on f.id = c.file_id where f.id is null order by c.file_id, c.n`, nil,
		v.every(func(scan func(...any) error) error {
			var file string
			var n int
			if err := scan(&file, &n); err != nil {
				return err
			}
			return &Damage{"chunk", fmt.Sprintf("%s/%d", file, n), "belongs to no file"}
		}))
}
