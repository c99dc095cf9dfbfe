package audit_test

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"svilpe/internal/audit"
)

// A transaction takes the last head, grows the tree by its entries, and stores
// nodes and signed head. Later anybody with the verifier checks an entry.
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

	empty, err := audit.Root(0, reader)
	if err != nil {
		panic(err)
	}
	head := audit.Head{Origin: key.Origin(), Root: empty}
	e := audit.Entry{Index: head.Size, ID: "6f2c1f0e-2f64-4f0a-9f43-1f2d3c4b5a69", Day: "2026-11-22", Kind: "filed", Actor: audit.ActorReporter,
		Items: []audit.Item{{Label: "envelope:1", Digest: audit.RowDigest("envelope:1", []byte("sealed"))}}}
	head, nodes, err := audit.Grow(head, []tlog.Hash{audit.LeafHash(e)}, reader)
	if err != nil {
		panic(err)
	}
	stored = append(stored, nodes...)
	signed, err := head.Sign(key.Signer())
	if err != nil {
		panic(err)
	}

	known, err := audit.OpenHead(signed, key.Verifier())
	if err != nil {
		panic(err)
	}
	fmt.Println("size", known.Size, "honest:", audit.Verify(known, e, reader) == nil)
	e.Kind = "erased"
	fmt.Println("rewritten:", audit.Verify(known, e, reader) == nil)
	// Output:
	// size 1 honest: true
	// rewritten: false
}
