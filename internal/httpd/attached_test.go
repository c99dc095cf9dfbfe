package httpd

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// shelf is where a draft's files lie in these tests, by id.
type shelf struct {
	lengths map[string]int64
	kinds   []string // of what was received
	dropped []string
	said    []string // key and arguments
	closed  bool
}

func (s *shelf) receive(
	_ context.Context, _ derive.Secret, name, kind string, r io.Reader, left int64,
) (ethics.File, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return ethics.File{}, err
	}
	if int64(len(body)) > min(left, 4<<20) {
		return ethics.File{}, ethics.ErrTooLarge
	}
	s.lengths["id-"+name], s.kinds = int64(len(body)), append(s.kinds, kind)
	return ethics.File{ID: "id-" + name, Name: name, Type: kind, Size: int64(len(body))}, nil
}

func (s *shelf) kept(_ context.Context, _ derive.Secret, claimed []ethics.File) ([]ethics.File, error) {
	for _, f := range claimed {
		size, there := s.lengths[f.ID]
		if !there {
			return nil, ethics.ErrNotFound
		}
		if size != f.Size {
			return nil, ethics.ErrFileIncorrect
		}
	}
	return claimed, nil
}

// drop fails for a request that has ended, as a database does.
func (s *shelf) drop(ctx context.Context, _ derive.Secret, files []ethics.File) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, f := range files {
		delete(s.lengths, f.ID)
		s.dropped = append(s.dropped, f.ID)
	}
	return nil
}

// attached are at most three files, 4 MB each and 6 MB together.
func (s *shelf) attached() *Attached {
	return &Attached{
		Receive: s.receive, Kept: s.kept, Drop: s.drop,
		Open:  func(context.Context) (bool, error) { return !s.closed, nil },
		Wrong: func(field, key string, args ...any) { s.said = append(s.said, fmt.Sprint(field, " ", key, " ", args)) },
		Words: ReporterFileWords, Most: 3, FileBytes: 4 << 20, TotalBytes: 6 << 20,
	}
}

func (s *shelf) take(t *testing.T, a *Attached, f *Form, name string, size int) {
	t.Helper()
	u := Upload{
		Field: "attachments", Name: name, ContentType: "text/plain; charset=utf-8",
		Body: strings.NewReader(strings.Repeat("x", size)),
	}
	if err := a.Take(t.Context(), f, u); err != nil {
		t.Fatal(err)
	}
}

// carrying is a page's form: its draft, and fields in pairs.
func carrying(t *testing.T, pairs ...string) *Form {
	t.Helper()
	f := &Form{}
	pairs = append([]string{"draft", base64.RawURLEncoding.EncodeToString(make([]byte, 32))}, pairs...)
	for i := 0; i < len(pairs); i += 2 {
		if err := f.add(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func ids(files []ethics.File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.ID)
	}
	return out
}

// Every bound refuses the one file that is beyond it, in its own words, and the
// files that were in stay in.
func TestAFileBeyondABoundIsNamedAndTheOthersStay(t *testing.T) {
	s := &shelf{lengths: map[string]int64{}}
	a, f := s.attached(), carrying(t)
	s.take(t, a, f, "wide", 5<<20)
	s.take(t, a, f, "first", 3<<20)
	s.take(t, a, f, "fills", 3<<20+1)
	s.take(t, a, f, "second", 1)
	s.closed = true
	s.take(t, a, f, "late", 1)
	s.closed = false
	s.take(t, a, f, "third", 1)
	s.take(t, a, f, "fourth", 1)
	want := []string{
		"attachments reporter.file.large [Name wide MB 4]", "attachments reporter.file.together [Name fills MB 6]",
		"attachments reporter.file.closed [Name late]", "attachments reporter.file.many [Name fourth Max 3]",
	}
	if d := cmp.Diff(want, s.said); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"id-first", "id-second", "id-third"}, ids(a.Files)); d != "" {
		t.Error(d)
	}
	if s.kinds[0] != "text/plain" {
		t.Errorf("the type is kept as %q", s.kinds[0])
	}
	if err := a.Take(t.Context(), f,
		Upload{Field: "description", Name: "x", Body: strings.NewReader("x")}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a file in another field: %v", err)
	}
}

// Of the files a page lists, ticked ones stay and count, unticked ones are
// dropped, and one that is gone is named. Forgetting takes what this request
// brought and nothing else, also when its reader is gone.
func TestKeptFilesStayUntilTheyAreUnticked(t *testing.T) {
	s := &shelf{lengths: map[string]int64{"a": 5 << 20, "b": 1, "d": 7}}
	a := s.attached()
	f := carrying(t, "keep", "a", "keep", "c", "keep", "d",
		"file.a", "5242880|text/plain|a.txt", "file.b", "1|text/plain|b.txt", "file.c", "1|text/plain|c.txt",
		"file.d", "8|text/plain|d.txt")
	s.take(t, a, f, "new", 1<<20+1)
	s.take(t, a, f, "small", 1)
	if err := a.Keep(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"attachments reporter.file.gone [Name c.txt]", "attachments reporter.file.gone [Name d.txt]",
		"attachments reporter.file.together [Name new MB 6]",
	}
	if d := cmp.Diff(want, s.said); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"a", "id-small"}, ids(a.Files)); d != "" {
		t.Error(d)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if !a.Forget(gone) {
		t.Error("nothing was forgotten")
	}
	if d := cmp.Diff([]string{"b", "id-small"}, s.dropped); d != "" {
		t.Error(d)
	}
}

// Where no page lists received files, a form that names some reaches none.
func TestAFormWithoutKeptFilesDropsNone(t *testing.T) {
	s := &shelf{lengths: map[string]int64{"b": 1}}
	a := s.attached()
	a.Kept, a.Open = nil, nil
	s.take(t, a, carrying(t, "file.b", "1|text/plain|b.txt"), "new", 1)
	if len(s.dropped) != 0 || len(a.Files) != 1 {
		t.Errorf("dropped %d, holds %d", len(s.dropped), len(a.Files))
	}
}

// What a page carries says the same when it comes back; prints say nothing.
func TestFilesCarriedComeBack(t *testing.T) {
	s := &shelf{lengths: map[string]int64{}}
	a := s.attached()
	s.take(t, a, carrying(t), "līgums|2.pdf", 3)
	var pairs []string
	for _, h := range a.HiddenFields() {
		pairs = append(pairs, h.Name, h.Value)
	}
	again := s.attached()
	if err := again.Keep(t.Context(), carrying(t, pairs...)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(a.Files, again.Files); d != "" {
		t.Error(d)
	}
	if again.Forget(t.Context()) {
		t.Error("a kept file was forgotten")
	}
	if printed := fmt.Sprintf("%v %+v %#v %s", *a, a, a.HiddenFields()[1],
		a.Names()); strings.Contains(printed, "gums") {
		t.Errorf("a name was printed: %s", printed)
	}
}

// The line a page carries for a received file reads back as it was, whatever
// the file is called; what no page of ours says is refused.
func TestFileField(t *testing.T) {
	for _, f := range []ethics.File{
		{ID: "1", Name: "a|b|c.pdf", Type: "application/pdf", Size: 0},
		{ID: "2", Name: " līgums (2).docx", Type: "application/octet-stream", Size: 1 << 40},
	} {
		got, err := readFileField(f.ID, fileField(f))
		if err != nil || got.Name != f.Name || got.Type != f.Type || got.Size != f.Size || got.ID != f.ID {
			t.Errorf("a file did not read back: %v", err)
		}
	}
	for _, bad := range []string{
		"", "1|a/b", "1|a/b|", "x|a/b|n", "-1|a/b|n", "+1|a/b|n", "01|a/b|n", "1|nonsense|n", "1|A/B|n", "1|a/b; q=1|n",
		"1|a/b|" + strings.Repeat("n", 256),
	} {
		if _, err := readFileField("id", bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzFileField(f *testing.F) {
	f.Add("12|application/pdf|a.pdf")
	f.Add("0|a/b|x|y")
	f.Fuzz(func(t *testing.T, value string) {
		file, err := readFileField("id", value)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal("another error than malformed")
			}
			return
		}
		if file.Size < 0 || file.Name == "" || fileField(file) != value {
			t.Fatalf("%q is not what it reads as", value)
		}
	})
}
