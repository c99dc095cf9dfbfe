package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
)

// golden holds got against a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

// bare is the least that an entry says: a filler.
func bare() Entry {
	b := Body{ID: "id", Kind: KindFiller, Actor: ActorSystem}
	return sealed(Entry{Generation: 1, Index: 7, Day: "2026-11-22", Stream: "filler", Body: b})
}

// TestStoredBytesNeverChange: frame, body and leaf of an entry written today are
// what a court recomputes in ten years.
func TestStoredBytesNeverChange(t *testing.T) {
	for name, e := range map[string]Entry{"full": example(258), "bare": bare()} {
		leaf, sum := LeafHash(e), e.Body.Digest()
		golden(t, "frame-"+name+".txt", hex.Dump(e.Frame())+"leaf "+hex.EncodeToString(leaf[:])+"\n")
		var items strings.Builder
		for k, i := range e.Items() {
			d := ItemDigest(i, e.Salt(k))
			fmt.Fprintf(&items, "item %d %s %x salt %x digest %x\n", k, i.Name, i.Value, e.Salt(k), d[:])
		}
		golden(t, "body-"+name+".txt", fmt.Sprintf("%sblinding %x\n%sbody digest %x\n",
			hex.Dump(e.Body.Bytes()), e.Blinding, items.String(), sum[:]))
	}
}

func TestMapNeverChanges(t *testing.T) {
	full, filler := LeafHash(example(258)), LeafHash(bare())
	bucket := BucketRoot([]StreamState{
		{"roster", State{3, full}}, {"case/1", State{258, filler}}, {"days", State{1 << 40, tlog.Hash{1}}},
	})
	m := Map{0: bucket, Bucket("days"): tlog.Hash{2}, Buckets - 1: filler}
	root, empty, none := m.Root(), EmptyRoot(), Map(nil).Root()
	golden(t, "map.txt", fmt.Sprintf("bucket of days %d\nbucket root %x\nmap root %x\nempty bucket %x\nempty map %x\n",
		Bucket("days"), bucket[:], root[:], empty[:], none[:]))
}

func len32(b string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(b)))) + b
}

// TestFormatIsTheWrittenOne writes the entry down a second time, after the text of
// sealing.md §12.1: whoever has only that can check a proof.
func TestFormatIsTheWrittenOne(t *testing.T) {
	e := example(258)
	d := func(first ...byte) string { return string(append(first, make([]byte, 32-len(first))...)) }
	id := len32("6f2c1f0e-2f64-4f0a-9f43-000000000258")
	items := [][2]string{
		{"act", id + len32("filed") + len32("reporter") + "\x00\x00\x00\x03"},
		{"fact:barred/anna", ""},
		{"fact:institution", "demo"},
		{"envelope:1", "+" + d(1, 2, 3)},
		{"case:1", "=" + d(4) + d(5)},
		{"grant:1/anna/2", "-" + d(6)},
		{"commitment", "thirty-two bytes of commitment.."},
	}
	stored := len32("svilpe/1 body") + "\x00\x00\x00\x07"
	hashed := stored
	for k, i := range items {
		mac := hmac.New(sha256.New, e.Blinding[:])
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(k)))
		sum := sha256.Sum256([]byte(len32("svilpe/1 item") + len32(i[0]) + len32(i[1]) + string(mac.Sum(nil))))
		hashed += string(sum[:])
		stored += len32(i[0]) + len32(i[1])
	}
	if diff := cmp.Diff([]byte(stored), e.Body.Bytes()); diff != "" {
		t.Errorf("body: %s", diff)
	}
	sum := sha256.Sum256([]byte(hashed))
	frame := len32("svilpe/1 entry") + "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x00\x01\x02" +
		len32("2026-11-22") + len32("case/0b9d7a52-5d9c-4d2e-8a55-1f0f5f8f7a11") +
		"\x00\x00\x00\x00\x00\x00\x01\x04" + d(7, 8, 9) + string(sum[:])
	if diff := cmp.Diff([]byte(frame), e.Frame()); diff != "" {
		t.Errorf("frame: %s", diff)
	}
	leaf := sha256.Sum256([]byte("\x00" + frame))
	if got := LeafHash(e); !bytes.Equal(leaf[:], got[:]) {
		t.Errorf("leaf %x, want %x", got, leaf)
	}
}
