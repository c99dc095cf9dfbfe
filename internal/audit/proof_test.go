package audit

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func TestReporterProvesOfflineThatTheReportWasHandedIn(t *testing.T) {
	k := testKey(t, origin)
	for _, size := range []int64{1, 2, 21} {
		head, entries, store := logOf(t, size)
		checkpoint, err := head.Sign(k.Signer())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			proof, err := Prove(checkpoint, k.Verifier(), e, store)
			if err != nil {
				t.Fatal(err)
			}
			got, under, err := OpenProof(proof, k.Verifier())
			if err != nil || under != head {
				t.Fatalf("size %d entry %d: %v", size, e.Index, err)
			}
			if diff := cmp.Diff(e, got); diff != "" {
				t.Error(diff)
			}
		}
	}
}

func TestNobodyProvesWhatIsNotInTheLog(t *testing.T) {
	k := testKey(t, origin)
	head, entries, store := logOf(t, 21)
	checkpoint, err := head.Sign(k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	proof, err := Prove(checkpoint, k.Verifier(), entries[13], store)
	if err != nil {
		t.Fatal(err)
	}
	for i := range proof { // the signature line of the checkpoint too
		bad := bytes.Clone(proof)
		bad[i] ^= 1
		if _, _, err := OpenProof(bad, k.Verifier()); err == nil {
			t.Fatalf("byte %d changed: still a proof", i)
		} else if !errors.Is(err, ErrProof) && !errors.Is(err, ErrHead) && !errors.Is(err, ErrTampered) && !errors.Is(err, ErrBeyond) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	forged := entries[13]
	forged.Day = "2026-11-21"
	if _, err := Prove(checkpoint, k.Verifier(), forged, store); !errors.Is(err, ErrTampered) {
		t.Errorf("a forged entry was proven: %v", err)
	}
	if _, err := Prove(checkpoint, k.Verifier(), example(21), store); !errors.Is(err, ErrBeyond) {
		t.Errorf("an entry after the checkpoint: %v", err)
	}
	_, _, path, err := split(proof)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenProof(formatProof(forged, path, checkpoint), k.Verifier()); !errors.Is(err, ErrTampered) {
		t.Errorf("a forged entry in an honest proof: %v", err)
	}
	if _, _, err := OpenProof(proof, testKey(t, origin).Verifier()); !errors.Is(err, ErrHead) {
		t.Errorf("another log's key: %v", err)
	}
	if _, _, err := OpenProof([]byte(strings.Replace(string(proof), "index 13", "index 12", 1)), k.Verifier()); !errors.Is(err, ErrProof) {
		t.Errorf("another index: %v", err)
	}
}

func split(proof []byte) (Entry, []byte, tlog.RecordProof, error) {
	e, path, checkpoint, err := parseProof(proof)
	return e, checkpoint, path, err
}

func TestPromise(t *testing.T) {
	k := testKey(t, origin)
	p := Promise{Origin: origin, Day: "2026-11-22", Leaf: LeafHash(example(3))}
	signed, err := p.Sign(k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := OpenPromise(signed, k.Verifier()); err != nil || got != p {
		t.Fatalf("%v, %v", got, err)
	}
	for i := range signed {
		bad := bytes.Clone(signed)
		bad[i] ^= 1
		if _, err := OpenPromise(bad, k.Verifier()); !errors.Is(err, ErrPromise) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	if _, err := OpenPromise(signed, testKey(t, origin).Verifier()); !errors.Is(err, ErrPromise) {
		t.Errorf("another key: %v", err)
	}
	next, err := note.Sign(&note.Note{Text: strings.Replace(p.text(), "svilpe/1", "svilpe/2", 1)}, k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenPromise(next, k.Verifier()); !errors.Is(err, ErrPromise) {
		t.Errorf("a promise of another version: %v", err)
	}
	for name, bad := range map[string]Promise{
		"no day": {Origin: origin}, "a time": {Origin: origin, Day: "2026-11-22 10:00"}, "no such day": {Origin: origin, Day: "2026-02-30"},
		"another origin": {Origin: "other.example/svilpe/log/1", Day: "2026-11-22"}, "two lines": {Origin: origin + "\n", Day: "2026-11-22"},
	} {
		if _, err := bad.Sign(k.Signer()); !errors.Is(err, ErrPromise) {
			t.Errorf("%s: %v", name, err)
		}
		if text, err := note.Sign(&note.Note{Text: bad.text()}, k.Signer()); err != nil {
			t.Fatal(err)
		} else if _, err := OpenPromise(text, k.Verifier()); !errors.Is(err, ErrPromise) {
			t.Errorf("%s, signed all the same: %v", name, err)
		}
	}
}

// TestOneKeyTwoTexts: a promise is no head, a head no promise.
func TestOneKeyTwoTexts(t *testing.T) {
	k := testKey(t, origin)
	promise, err := Promise{Origin: origin, Day: "2026-11-22"}.Sign(k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	head, err := Head{Origin: origin}.Sign(k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	if h, err := OpenHead(promise, k.Verifier()); !errors.Is(err, ErrHead) {
		t.Errorf("a promise was read as %v", h)
	}
	if p, err := OpenPromise(head, k.Verifier()); !errors.Is(err, ErrPromise) {
		t.Errorf("a head was read as %v", p)
	}
}
