package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"svilpe/internal/ethics"
	"svilpe/internal/secret"
)

func TestARealInstallationIsRefused(t *testing.T) {
	b := prepare(t, false, noon)
	if err := b.make(); !errors.Is(err, ErrReal) {
		t.Errorf("made in a real installation: %v", err)
	}
	f, err := b.Registry.Founding(context.Background())
	must(t, err)
	if len(f.Candidates) > 0 {
		t.Error("somebody enrolled in a real installation")
	}
	if !b.clock.Now().Equal(noon()) {
		t.Error("the clock does not run again")
	}
}

// Just after midnight in Riga and in summer, today's acts are not ahead of now
// and yesterday's are of yesterday.
func TestAnyHourWillDo(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 12, 31, 22, 3, 0, 0, time.UTC), // 2027-01-01 00:03 in Riga
		time.Date(2027, 6, 30, 20, 59, 59, 0, time.UTC),
	} {
		c := NewClock(func() time.Time { return now })
		w := &world{clock: c, start: now}
		for days := 150; days >= 0; days-- {
			for range 3 {
				w.at(days)
			}
			got, err := time.Parse(time.DateOnly, ethics.DayOf(c.Now()))
			must(t, err)
			today, err := time.Parse(time.DateOnly, ethics.DayOf(now))
			must(t, err)
			if today.Sub(got) != time.Duration(days)*24*time.Hour || c.Now().After(now) {
				t.Fatalf("%d days before %v is %v", days, now, c.Now())
			}
		}
	}
}

func TestCredentialsHideThemselvesButGoIntoTheirFile(t *testing.T) {
	c := Credentials{Members: []Member{{Password: "sniegs"}}, Cases: []Case{{Token: "K7Q4M"}}}
	if s := fmt.Sprintf("%v %+v %#v %s %v %v", c, c, c, c.Members, c.Members[0],
		c.Cases[0]); strings.Contains(s, "sniegs") || strings.Contains(s, "K7Q4M") {
		t.Errorf("printed as %s", s)
	}
	text, err := json.Marshal(c)
	must(t, err)
	want :=
		`{"url":"","members":[{"id":"","name":"","email":"","password":"sniegs","totp_secret":"",` +
			`"roles":null,"institution":""}],` +
			`"cases":[{"number":"","token":"K7Q4M","institution":"","category":"","track":"",` +
			`"state":"","language":""}]}`
	if string(text) != want {
		t.Errorf("written as %s", text)
	}
}

func TestAPasswordCanBeTypedAndIsTaken(t *testing.T) {
	words := strings.Fields(wordList)
	if slices.Sort(words); len(slices.Compact(words)) != 128 {
		t.Errorf("%d different words, want 128", len(slices.Compact(words)))
	}
	for range 100 {
		p, err := password()
		must(t, err)
		if err := secret.CheckPassword(p); err != nil ||
			strings.Trim(p, "abcdefghijklmnopqrstuvwxyz-0123456789") != "" {
			t.Fatalf("%q: %v", p, err)
		}
	}
}

// A slip in a script shows before anything is written.
func TestSlipsInScripts(t *testing.T) {
	people, scripts, err := load()
	must(t, err)
	for name, spoil := range map[string]func(*script){
		"unknown member":      func(s *script) { s.Then[0].By = "nobody" },
		"unknown examiner":    func(s *script) { s.Then[0].Members = []string{"nobody"} },
		"unknown exclusion":   func(s *script) { s.Excluded = []string{"nobody"} },
		"act before its time": func(s *script) { s.Then[0].Day = s.Filed + 1 },
		"act in the future":   func(s *script) { s.Then[0].Day = -1 },
	} {
		s := *scripts[0]
		s.Then = slices.Clone(s.Then)
		spoil(&s)
		if s.check(people) == nil {
			t.Errorf("%s is not found", name)
		}
	}
}
