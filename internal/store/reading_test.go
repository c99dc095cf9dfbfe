package store_test

import (
	"context"
	"sync"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// TestReadersWhileOthersWrite: who reads at the moment of somebody's commit follows
// the log by itself, while the writer goes on. Nobody is refused for it.
func TestReadersWhileOthersWrite(t *testing.T) {
	w := storetest.Founded(t)
	f := w.File()
	stream := ethics.CaseStream(f.ID)
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		reading.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				err := w.S.Read(context.Background(), func(tx *store.ReadTx) error {
					_, err := tx.Entries(stream)
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 4 {
		writing.Go(func() {
			for range 150 {
				if err := w.Tries("opened", stream, storetest.Nothing); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	w.Sound()
}
