package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/store/storetest"
)

// BenchmarkWrite files a plain case with one envelope of 20 KiB, durable.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1, 8} {
		b.Run(fmt.Sprintf("%d at once", n), func(b *testing.B) {
			w := founded(b)
			left := make(chan struct{})
			var all sync.WaitGroup
			for range n {
				all.Go(func() {
					for range left {
						id := uuid.NewString()
						must(b, w.S.Write(context.Background(), entry("filed", ofCase(id)), storetest.Plain(id)))
					}
				})
			}
			b.ResetTimer()
			for range b.N {
				left <- struct{}{}
			}
			close(left)
			all.Wait()
		})
	}
}

// BenchmarkVerify reads a record of 2,000 cases.
func BenchmarkVerify(b *testing.B) {
	w := founded(b)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 250 {
				id := uuid.NewString()
				must(b, w.S.Write(context.Background(), entry("filed", ofCase(id)), storetest.Plain(id)))
			}
		})
	}
	all.Wait()
	b.ReportAllocs()
	for b.Loop() {
		w.Sound()
	}
}

// BenchmarkMakeCheckpoint closes days on which nothing happened.
func BenchmarkMakeCheckpoint(b *testing.B) {
	w := founded(b)
	day := 0
	for b.Loop() {
		day++
		must(b, w.S.MakeCheckpoint(context.Background(),
			fmt.Sprintf("%04d-%02d-%02d", 2000+day/336, day/28%12+1, day%28+1)))
	}
}
