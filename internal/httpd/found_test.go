package httpd

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// signed is a JPEG with an author written in it.
func signed() string {
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x3b\x00\x02\x00\x00\x00\x04Anna\x00\x00\x00\x00"
	return "\xff\xd8\xff\xe1" + string(binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))) + exif + "\xff\xda"
}

func takeSigned(t *testing.T, a *Attached, f *Form, name string) {
	t.Helper()
	if err := a.Take(t.Context(), f,
		Upload{Field: "attachments", Name: name, Body: strings.NewReader(signed())}); err != nil {
		t.Fatal(err)
	}
}

func foundIn(all []Hidden) (out []string) {
	for _, h := range all {
		if h.Name == "found" {
			out = append(out, h.Value)
		}
	}
	return out
}

// What was found in a file goes with it from page to page, and goes when it
// goes. A form that does not look carries nothing and reads nothing.
func TestFindingsTravelBesideTheirFile(t *testing.T) {
	s := &shelf{lengths: map[string]int64{}}
	a, f := s.attached(), carrying(t)
	a.FindGiveaways = true
	takeSigned(t, a, f, "one")
	s.take(t, a, f, "plain", 5)
	takeSigned(t, a, f, "two")
	if d := cmp.Diff([]string{"id-one:file_author id-two:file_author"}, foundIn(a.HiddenFields())); d != "" {
		t.Error(d)
	}

	next := s.attached()
	next.FindGiveaways = true
	var pairs []string
	for _, h := range a.Names() {
		pairs = append(pairs, h.Name, h.Value)
	}
	back := carrying(t, append(pairs, "keep", "id-two", "keep", "id-plain")...)
	if err := next.Keep(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"id-two:file_author"}, foundIn(next.Names())); d != "" {
		t.Error(d)
	}

	blind := s.attached()
	takeSigned(t, blind, carrying(t, "found", "nonsense"), "one")
	if got := foundIn(blind.HiddenFields()); got != nil || blind.Found != nil {
		t.Errorf("a form that does not look carries %v", got)
	}
}

func TestForgedFindingsAreRefused(t *testing.T) {
	for _, values := range [][]string{
		{""}, {" "}, {"a"}, {"a:"}, {"a:email"}, {"a:file_author+file_author"},
		{"a:file_place+file_author"}, {"a:file_author "},
		{"b:file_author"}, {":file_author"}, {"a:file_author a:file_place"}, {"a:file_author", "a:file_author"},
		{"a:file_author,file_place"},
	} {
		s := &shelf{lengths: map[string]int64{"a": 1}}
		a := s.attached()
		a.FindGiveaways = true
		pairs := []string{"keep", "a", "file.a", "1|a/b|x"}
		for _, v := range values {
			pairs = append(pairs, "found", v)
		}
		if err := a.Keep(t.Context(), carrying(t, pairs...)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", values, err)
		}
	}
}
