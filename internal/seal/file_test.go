package seal_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
	"svilpe/internal/unseal"
)

// sealedFile seals content as uploads are.
func sealedFile(secret derive.Secret, content []byte) []byte {
	var out bytes.Buffer
	f := must(seal.NewFile(&out, must(secret.FileIdentity()).Recipient()))
	must(io.Copy(f, bytes.NewReader(content)))
	if err := f.Close(); err != nil {
		panic(err)
	}
	if f.Size != int64(len(content)) {
		panic("counts another size")
	}
	return out.Bytes()
}

func TestFile(t *testing.T) {
	secret := derive.New()
	for _, n := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 200_000, 3 << 20} {
		content := bytes.Repeat([]byte{0xff, 'a', 0}, n/3+1)[:n]
		sealed := sealedFile(secret, content)
		got, err := io.ReadAll(must(unseal.File(bytes.NewReader(sealed), secret, int64(n))))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes: %d, %v", n, len(got), err)
		}
		// A tenth at most is age's own: header and a tag a chunk.
		if class := payload.FileClass(int64(n)); int64(len(sealed)) < class ||
			int64(len(sealed)) > class+class/1000+4096 {
			t.Errorf("%d bytes: sealed to %d, class %d", n, len(sealed), class)
		}
	}
}

// TestFileOfAnotherLength: the message's length and the content must agree.
func TestFileOfAnotherLength(t *testing.T) {
	secret := derive.New()
	content := bytes.Repeat([]byte("a"), 100_000)
	sealed := sealedFile(secret, content)
	read := func(sealed []byte, size int64) error {
		r, err := unseal.File(bytes.NewReader(sealed), secret, size)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, r)
		return err
	}
	if err := read(sealed, 100_000); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{-1, 0, 99_999, 150_000, 10 << 20} {
		if err := read(sealed, size); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("said to have %d bytes: %v", size, err)
		}
	}
	for name, plain := range map[string][]byte{
		"without padding":          content,
		"with less padding":        append(slices.Clone(content), make([]byte, 5)...),
		"with more padding":        append(slices.Clone(content), make([]byte, 200_000)...),
		"with something behind it": append(slices.Clone(content), bytes.Repeat([]byte{0, 1}, 7344)...),
	} {
		wrong := must(seal.To(plain, must(secret.FileIdentity()).Recipient().String()))
		if err := read(wrong, 100_000); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := read(sealed[:len(sealed)-1], 100_000); err == nil {
		t.Error("a cut file opens")
	}
	if _, err := unseal.File(bytes.NewReader(sealed), derive.New(), 100_000); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("another file's secret: %v", err)
	}
}

// TestAbortedUploadDoesNotOpen: without Close there is no end.
func TestAbortedUploadDoesNotOpen(t *testing.T) {
	secret := derive.New()
	var out bytes.Buffer
	f := must(seal.NewFile(&out, must(secret.FileIdentity()).Recipient()))
	must(f.Write(bytes.Repeat([]byte("a"), 300_000)))
	r := must(unseal.File(&out, secret, 300_000))
	if _, err := io.Copy(io.Discard, r); err == nil {
		t.Error("half a file opens")
	}
}
