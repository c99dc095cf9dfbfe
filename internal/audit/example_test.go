package audit_test

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
)

// A transaction grows the tree by its entries, and stores nodes and signed head.
// Later anybody with the verifier checks an entry, body or not.
func Example() {
	signer, _, err := audit.NewLogKey("ethics.example/svilpe/log/1")
	if err != nil {
		panic(err)
	}
	key, err := audit.ParseLogKey(signer)
	if err != nil {
		panic(err)
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})

	front, err := audit.ReadFrontier(0, reader)
	if err != nil {
		panic(err)
	}
	e := audit.Entry{Generation: 1, Index: front.Size, Day: "2026-11-22", Stream: "case/1", Body: audit.Body{
		ID: "6f2c1f0e-2f64-4f0a-9f43-1f2d3c4b5a69", Kind: "filed", Actor: audit.ActorReporter, Policy: 1,
		Changes: []audit.Change{
			{Label: "envelope:1", Op: audit.Added, New: audit.RowDigest("envelope:1", []byte("sealed"))},
		},
	}}
	e.Sum = e.Body.Digest()
	stored = append(stored, front.Add(audit.LeafHash(e))...)
	head := audit.Head{Origin: key.Origin(), Size: front.Size, Root: front.Root()}
	signed, err := head.Sign(key.Signer())
	if err != nil {
		panic(err)
	}

	known, err := audit.OpenHead(signed, key.Verifier())
	if err != nil {
		panic(err)
	}
	fmt.Println("size", known.Size, "honest:", audit.Verify(known, e, reader) == nil && e.Whole())
	rewritten := e
	rewritten.Kind = "erased"
	fmt.Println("rewritten:", rewritten.Whole())
	rewritten.Sum = rewritten.Body.Digest()
	fmt.Println("with its frame:", audit.Verify(known, rewritten, reader) == nil)
	e.Body = audit.Body{}
	fmt.Println("erased:", e.Erased(), "in its place:", audit.Verify(known, e, reader) == nil)
	// Output:
	// size 1 honest: true
	// rewritten: false
	// with its frame: false
	// erased: true in its place: true
}
