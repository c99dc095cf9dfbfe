package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/secret"
	"svilpe/internal/store"
	"svilpe/internal/verify"
)

func TestThePracticeInstitution(t *testing.T) {
	start := time.Now()
	wall := noon()
	b := prepare(t, true, func() time.Time { return wall })
	must(t, b.make())
	t.Logf("made in %v; said: %s", time.Since(start).Round(time.Millisecond), strings.Join(b.said, "; "))
	if wall = wall.Add(time.Second); !b.clock.Now().Equal(wall) {
		t.Error("the clock does not run again")
	}
	t.Run("its record is sound", b.sound)
	t.Run("yesterday was closed before today began", b.closed)
	t.Run("its cases stand as written", b.stand)
	t.Run("each code opens its case", b.open)
	t.Run("each code of a consultation opens it", b.consultation)
	t.Run("each member signs in", b.signIn)
	t.Run("who was excluded sees nothing", b.excluded)
	t.Run("it has an act that waits and a deadline that passed", b.waits)
	t.Run("files open on the other side", b.files)
	t.Run("it is made once", func(t *testing.T) {
		_, err := Make(context.Background(), b.Services, b.clock, b.invited, func(string) {})
		if !errors.Is(err, ErrMade) {
			t.Errorf("made a second time: %v", err)
		}
	})
	t.Run("no text is in a file", b.sealed)
}

func (b *built) sound(t *testing.T) {
	v, err := verify.Run(context.Background(), b.Store, verify.Options{Founders: b.Store.Founders()})
	must(t, err)
	if v.First() != nil {
		t.Errorf("damage: %v", v.First())
	}
	if int(v.Cases) != len(b.Cases) || v.Files == 0 {
		t.Errorf("%d cases and %d files on record, %d cases printed", v.Cases, v.Files, len(b.Cases))
	}
}

// closed: the checkpoint of yesterday has nothing of today in it.
func (b *built) closed(t *testing.T) {
	must(t, b.Store.Read(context.Background(), func(tx *store.ReadTx) error {
		c, err := tx.LastCheckpoint()
		if err != nil {
			return err
		}
		lines, err := tx.LogPage(0, 10000)
		if err != nil {
			return err
		}
		today := 0
		for _, l := range lines {
			if l.Day == ethics.DayOf(noon()) {
				today++
			}
			if (l.Day == ethics.DayOf(noon())) != (l.First >= c.Size) {
				t.Fatalf("entry %d of %s, and a checkpoint of %s over %d", l.First, l.Day, c.Day, c.Size)
			}
		}
		if c.Day != ethics.DayOf(noon().AddDate(0, 0, -1)) || today == 0 {
			t.Errorf("closed %s, %d lines of today", c.Day, today)
		}
		return nil
	}))
}

func (b *built) stand(t *testing.T) {
	_, scripts, err := load()
	must(t, err)
	if len(b.Cases) != len(scripts) || len(scripts) < 14 {
		t.Fatalf("%d cases from %d scripts, want at least 14", len(b.Cases), len(scripts))
	}
	states := map[ethics.State]int{}
	langs, tracks, categories := map[string]int{}, map[string]int{}, map[string]int{}
	for i, c := range b.Cases {
		if c.State != scripts[i].Ends {
			t.Errorf("%s %s ended as %s, want %s", c.Language, c.Category, c.State, scripts[i].Ends)
		}
		states[c.State]++
		langs[c.Language]++
		tracks[c.Track]++
		categories[c.Category]++
	}
	for _, s := range []ethics.State{
		"received", "triage", "awaiting_reporter", "accepted", "investigation", "on_hold",
		"decision_draft", "decided", "measures",
		"closed", "returned", "withdrawn", "forwarded",
	} {
		if states[s] == 0 {
			t.Errorf("no case is %s", s)
		}
	}
	if len(langs) != 4 || langs["lv"] <= len(b.Cases)/2 || len(tracks) != 3 || len(categories) < 12 {
		t.Errorf("languages %v, tracks %v, %d categories", langs, tracks, len(categories))
	}
	b.chronological(t)
}

// chronological: the log's days only go forward, and none is ahead of today.
func (b *built) chronological(t *testing.T) {
	must(t, b.Store.Read(context.Background(), func(tx *store.ReadTx) error {
		lines, err := tx.LogPage(0, 10000)
		if err != nil {
			return err
		}
		if !slices.IsSortedFunc(lines, func(a, b store.LogLine) int { return strings.Compare(b.Day, a.Day) }) {
			t.Error("the log's days go back")
		}
		if first, last := lines[len(lines)-1].Day, lines[0].Day; last != ethics.DayOf(noon()) || first != "2026-06-25" {
			t.Errorf("the log runs from %s to %s", first, last)
		}
		return nil
	}))
}

func (b *built) open(t *testing.T) {
	ctx := context.Background()
	_, scripts, err := load()
	must(t, err)
	for i, c := range b.Cases {
		in, err := b.Dialogue.Enter(ctx, strings.ToLower(c.Token))
		must(t, err)
		visit, err := b.Dialogue.Visit(ctx, in.Cookie)
		must(t, err)
		v, err := b.Dialogue.View(ctx, visit)
		must(t, err)
		if v.Number != c.Number || v.State != c.State || v.Category != c.Category || v.Missing != 0 {
			t.Errorf("the code of %s opens %s", c.Number, v.Number)
		}
		for _, m := range v.Messages {
			if m.Untrusted {
				t.Errorf("%s: a message cannot be trusted", c.Number)
			}
		}
		if v.Messages[0].Report == nil ||
			v.Messages[0].Report.Answers["description"][0] != scripts[i].Answers["description"][0] {
			t.Errorf("%s does not begin with its report", c.Number)
		}
	}
}

// consultation: the code of each consultation opens it, and no case; one is answered and
// one is not. The trust person's own notes are not among what is read.
func (b *built) consultation(t *testing.T) {
	ctx := context.Background()
	answered := 0
	for _, x := range b.Consultations {
		in, err := b.Dialogue.Enter(ctx, x.Token)
		must(t, err)
		visit, err := b.Dialogue.Visit(ctx, in.Cookie)
		must(t, err)
		v, err := b.Dialogue.Consultation(ctx, visit)
		must(t, err)
		if v.Number != x.Number || v.Language != x.Language || v.Ended || v.Missing != 0 || !visit.Consultation {
			t.Errorf("the code of %s opens %s", x.Number, v.Number)
		}
		answered += len(v.Messages) - 1
	}
	if len(b.Consultations) != 2 || answered != 1 {
		t.Errorf("%d consultations, %d answers", len(b.Consultations), answered)
	}
}

func (b *built) signIn(t *testing.T) {
	ctx := context.Background()
	have := map[string]int{}
	places, logins := map[string]bool{}, map[string]bool{}
	for _, m := range b.Members {
		code, err := totp.GenerateCode(m.TOTPSecret, b.clock.Now())
		must(t, err)
		cookie, _, err := b.Auth.SignIn(ctx, m.Email, m.Password, code, secret.Cookie{})
		if err != nil {
			t.Errorf("%s does not get in: %v", m.Email, err)
			continue
		}
		s, err := b.Auth.Session(ctx, cookie)
		must(t, err)
		if !s.Appointed || s.ID != m.ID || s.Name != m.Name || !cmp.Equal(s.Roles, m.Roles) {
			t.Errorf("%s is %v, printed as %v", m.Email, s.Roles, m.Roles)
		}
		for _, r := range m.Roles {
			have[m.Institution+" "+r]++
		}
		places[m.Institution], logins[m.Password] = true, true
	}
	want := map[string]int{
		Municipality + " responsible_person": 2, Municipality + " commission_chair": 1,
		Municipality + " commission_member": 4,
		Municipality + " trust_person":      1, Municipality + " auditor": 1, Municipality + " institution_head": 1,
		Municipality + " administrator":   2,
		Alternate + " responsible_person": 2, Alternate + " commission_chair": 1, Alternate + " commission_member": 1,
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Errorf("offices (-want +have):\n%s", d)
	}
	if len(logins) != len(b.Members) {
		t.Error("two members have the same password")
	}
}

// holders are the names of who can open a case.
func (b *built) holders(t *testing.T, number string) []string {
	t.Helper()
	var out []string
	must(t, b.Store.Read(context.Background(), func(tx *store.ReadTx) error {
		c, err := tx.CaseByNumber(number)
		if err != nil {
			return err
		}
		file, err := tx.CaseFile(c.ID, false)
		for _, id := range file.Holders() {
			i := slices.IndexFunc(b.Members, func(m Member) bool { return m.ID == id })
			out = append(out, b.Members[i].Name)
		}
		return err
	}))
	return out
}

func (b *built) excluded(t *testing.T) {
	find := func(category string) Case {
		return b.Cases[slices.IndexFunc(b.Cases, func(c Case) bool { return c.Category == category })]
	}
	if h := b.holders(t, find("ethics_conduct").Number); slices.Contains(h, "Guntars Vējbergs") ||
		!slices.Contains(h, "Viesturs Akmeņlauks") {
		t.Errorf("the chair was excluded; it is held by %v", h)
	}
	h := b.holders(t, find("abuse_of_office").Number)
	slices.Sort(h)
	if d := cmp.Diff([]string{"Juris Krastkalns", "Viesturs Akmeņlauks", "Zane Pļavkalēja"}, h); d != "" {
		t.Errorf("a report about the head must go to the alternate institution alone:\n%s", d)
	}
}

func (b *built) waits(t *testing.T) {
	open, overdue := 0, 0
	today := ethics.DayOf(b.clock.Now())
	must(t, b.Store.Read(context.Background(), func(tx *store.ReadTx) error {
		for _, c := range b.Cases {
			row, err := tx.CaseByNumber(c.Number)
			if err != nil {
				return err
			}
			if row.DueID == "ack" && row.Due < today {
				overdue++
			}
			file, err := tx.CaseFile(row.ID, false)
			if err != nil {
				return err
			}
			for _, p := range file.Proposals {
				if p.State == "open" {
					open++
				}
			}
		}
		return nil
	}))
	if open != 1 || overdue != 1 {
		t.Errorf("%d open proposals and %d overdue acknowledgements, want one of each", open, overdue)
	}
}

// files: a member reads what a reporter attached, and the other way round.
func (b *built) files(t *testing.T) {
	ctx := context.Background()
	inese := b.Members[0]
	// the next step: this one is used
	code, err := totp.GenerateCode(inese.TOTPSecret, b.clock.Now().Add(30*time.Second))
	must(t, err)
	cookie, _, err := b.Auth.SignIn(ctx, inese.Email, inese.Password, code, secret.Cookie{})
	must(t, err)
	s, err := b.Auth.Session(ctx, cookie)
	must(t, err)
	allowed := func() error { return nil }
	seen := map[string]bool{}
	for _, c := range b.Cases {
		o, err := b.Casework.Open(ctx, &s.Acting, c.Number)
		if errors.Is(err, ethics.ErrNotFound) || errors.Is(err, casework.ErrNotStated) {
			continue
		}
		must(t, err)
		if o.Missing > 0 || o.Report == nil {
			t.Errorf("%s is not whole", c.Number)
		}
		all := slices.Clone(o.Report.Files)
		for _, i := range o.Thread {
			all = append(all, i.Files...)
		}
		for _, f := range all {
			_, r, err := b.Casework.File(ctx, &s.Acting, c.Number, f.ID, allowed)
			must(t, err)
			text, err := io.ReadAll(r)
			must(t, err)
			if int64(len(text)) != f.Size || len(text) == 0 {
				t.Errorf("a file of %s has %d bytes, want %d", c.Number, len(text), f.Size)
			}
			seen[filepath.Ext(f.Name)] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("opened only %v", seen)
	}
}

// sealed closes the store and looks for the scripts' words in every file.
func (b *built) sealed(t *testing.T) {
	must(t, b.Store.Close())
	_, scripts, err := load()
	must(t, err)
	var words []string
	for _, s := range scripts {
		words = append(words, string([]rune(s.Answers["description"][0])[:24]))
		for _, a := range s.Then {
			for _, x := range []string{a.Text, a.Reason, a.Message} {
				if r := []rune(x); len(r) > 24 {
					words = append(words, string(r[:24]))
				}
			}
			for _, f := range a.Files {
				words = append(words, f.Name)
			}
		}
		for _, f := range s.Files {
			words = append(words, f.Name)
		}
	}
	for _, m := range b.Members {
		words = append(words, m.Password, m.TOTPSecret)
	}
	for _, c := range b.Cases {
		words = append(words, c.Token, strings.ReplaceAll(c.Token, "-", ""))
	}
	clear := false
	must(t, filepath.WalkDir(b.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, w := range words {
			if bytes.Contains(content, []byte(w)) {
				t.Errorf("%s holds %q", d.Name(), w)
			}
		}
		clear = clear || bytes.Contains(content, []byte(b.Members[0].Email))
		return err
	}))
	if !clear {
		t.Error("not even what is stored in the clear is found: the search does not search")
	}
}
