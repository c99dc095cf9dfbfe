package seal_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
	"svilpe/internal/unseal"
)

const (
	install = "5c3c2f0a-0000-4000-8000-000000000001"
	aCase   = "0f5bd0f1-6d3c-4c65-9d0b-0a4c1a0e3a11"
	other   = "6d3c0f5b-d0f1-4c65-9d0b-0a4c1a0e3a22"
	secret1 = "Direktors saņem kukuļus"
)

// people are those of one case: reporter, member, system, each with keys.
type people struct {
	caseSecret, reporter, member, system derive.Secret
	caseID                               *age.HybridIdentity
	reporterID                           *age.HybridIdentity
	memberID                             *age.HybridIdentity
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newPeople() people {
	p := people{caseSecret: derive.New(), reporter: derive.New(), member: derive.New(), system: derive.New()}
	p.caseID = must(p.caseSecret.CaseIdentity(aCase, 0))
	p.reporterID = must(p.reporter.ReporterIdentity())
	p.memberID = must(p.member.MemberIdentity())
	return p
}

func (p people) author(id string) seal.Author {
	switch id {
	case ethics.ActorReporter:
		return seal.Author{ID: id, Key: p.reporter.ReporterSigner()}
	case ethics.ActorSystem:
		return seal.Author{ID: id, Key: p.system.MemberSigner()}
	}
	return seal.Author{ID: id, Key: p.member.MemberSigner()}
}

// verifier is a world in which everybody has seen the entry before.
func (p people) verifier(h payload.Header) (ed25519.PublicKey, error) {
	id := h.Author
	if h.Kind != payload.LabelEpoch && h.Seen != payload.Leaf(place().Seen) {
		return nil, ethics.ErrUntrusted
	}
	if !slices.Contains([]string{ethics.ActorReporter, ethics.ActorSystem, "anna"}, id) {
		return nil, ethics.ErrNotFound
	}
	return p.author(id).Key.Public().(ed25519.PublicKey), nil
}

func place() seal.Place {
	return seal.Place{
		Installation: install, Stream: ethics.CaseStream(aCase), Epoch: 0, Sequence: 4,
		Day: "2026-11-22", Policy: 1, Seen: []byte("the leaf of the entry before"),
	}
}

// message seals one message by an author to case and reporter.
func (p people) message(by seal.Author, kind ethics.EnvelopeKind) ethics.Envelope {
	return must(seal.Envelope(place(), "envelope", kind, ethics.Message{Text: secret1}, by,
		p.caseID.Recipient().String(), p.reporterID.Recipient().String()))
}

func (p people) open(e ethics.Envelope, id age.Identity) (string, error) {
	var m ethics.Message
	err := unseal.Envelope(install, e, id, p.caseID.Recipient().String(),
		p.reporterID.Recipient().String(), p.verifier, &m)
	return m.Text, err
}

func TestRoundTrip(t *testing.T) {
	p := newPeople()
	e := p.message(p.author("anna"), ethics.KindMessage)
	for name, id := range map[string]age.Identity{"case": p.caseID, "reporter": p.reporterID} {
		if text, err := p.open(e, id); err != nil || text != secret1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.HasPrefix(e.Sealed, []byte("age-encryption.org/v1\n")) {
		t.Error("not an age file")
	}
	if text, err := p.open(e, p.memberID); !errors.Is(err, ethics.ErrUntrusted) || text != "" {
		t.Errorf("a member without a grant: %v", err)
	}
	note := must(seal.Envelope(place(), "envelope", ethics.KindNote, ethics.Message{Text: secret1}, p.author("anna"),
		p.caseID.Recipient().String(), ""))
	if text, err := p.open(note, p.reporterID); err == nil || text != "" {
		t.Error("the reporter opens a note")
	}
	if text, err := p.open(note, p.caseID); err != nil || text != secret1 {
		t.Error(err)
	}
}

// TestForgery: whatever is exchanged, the answer is ErrUntrusted and no text.
func TestForgery(t *testing.T) {
	p, q := newPeople(), newPeople()
	system := p.author(ethics.ActorSystem)
	good := p.message(p.author("anna"), ethics.KindMessage)
	forge := func(change func(*ethics.Envelope)) ethics.Envelope {
		e := good
		e.Sealed = slices.Clone(good.Sealed)
		change(&e)
		return e
	}
	at := func(change func(*seal.Place)) ethics.Envelope { // sealed for another place, its row says ours
		elsewhere := place()
		change(&elsewhere)
		e := must(seal.Envelope(elsewhere, "envelope", ethics.KindMessage, ethics.Message{Text: secret1},
			p.author("anna"), p.caseID.Recipient().String(), p.reporterID.Recipient().String()))
		e.Case, e.Epoch, e.Sequence, e.Day = aCase, 0, 4, place().Day
		return e
	}
	for name, e := range map[string]ethics.Envelope{
		"another case's row":          forge(func(e *ethics.Envelope) { e.Case = other }),
		"swapped sequence":            forge(func(e *ethics.Envelope) { e.Sequence = 5 }),
		"swapped epoch":               forge(func(e *ethics.Envelope) { e.Epoch = 1 }),
		"swapped kind":                forge(func(e *ethics.Envelope) { e.Kind = ethics.KindStep }),
		"swapped id":                  forge(func(e *ethics.Envelope) { e.ID = "other" }),
		"another day":                 forge(func(e *ethics.Envelope) { e.Day = "2026-11-23" }),
		"swapped author":              forge(func(e *ethics.Envelope) { e.Author = ethics.ActorReporter }),
		"unknown author":              forge(func(e *ethics.Envelope) { e.Author = "mallory" }),
		"no longer for the reporter":  forge(func(e *ethics.Envelope) { e.Reporter = false }),
		"a flipped byte":              forge(func(e *ethics.Envelope) { e.Sealed[len(e.Sealed)-1] ^= 1 }),
		"cut":                         forge(func(e *ethics.Envelope) { e.Sealed = e.Sealed[:len(e.Sealed)-1] }),
		"empty":                       forge(func(e *ethics.Envelope) { e.Sealed = nil }),
		"sealed for another case":     at(func(s *seal.Place) { s.Stream = ethics.CaseStream(other) }),
		"sealed for a consultation":   at(func(s *seal.Place) { s.Stream = ethics.ConsultationStream(aCase) }),
		"sealed on another day":       at(func(s *seal.Place) { s.Day = "2026-11-21" }),
		"sealed under no policy":      at(func(s *seal.Place) { s.Policy = 0 }),
		"sealed having seen another":  at(func(s *seal.Place) { s.Seen = []byte("a leaf of something else") }),
		"sealed having seen nothing":  at(func(s *seal.Place) { s.Seen = nil }),
		"sealed for another epoch":    at(func(s *seal.Place) { s.Epoch = 1 }),
		"sealed for another sequence": at(func(s *seal.Place) { s.Sequence = 9 }),
		"sealed in another house":     at(func(s *seal.Place) { s.Installation = "other" }),
		"signed without anna's key": p.message(seal.Author{ID: "anna", Key: q.member.MemberSigner()},
			ethics.KindMessage),
		"signed by the reporter": p.message(seal.Author{ID: "anna", Key: p.reporter.ReporterSigner()},
			ethics.KindMessage),
		"the system as a member":  p.message(seal.Author{ID: "anna", Key: system.Key}, ethics.KindMessage),
		"a message of the system": p.message(system, ethics.KindMessage),
		"a step of the system":    p.message(system, ethics.KindStep),
		"not signed at all": forge(func(e *ethics.Envelope) {
			e.Sealed = must(seal.To([]byte(`{"text":"`+secret1+`"}`), p.caseID.Recipient().String()))
		}),
		"no payload but a valid title": forge(func(e *ethics.Envelope) {
			e.Sealed = must(seal.To([]byte("svilpe/1 payload\n{}\n0\n"), p.caseID.Recipient().String()))
		}),
	} {
		text, err := p.open(e, p.caseID)
		if !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
		if text != "" {
			t.Errorf("%s: shows its text", name)
		}
	}
	if text, err := p.open(p.message(system, ethics.KindReceipt), p.caseID); err != nil || text == "" {
		t.Errorf("a receipt of the system: %v", err)
	}
}

// TestChangedRecipient: sealed to one more, or to another reporter.
func TestChangedRecipient(t *testing.T) {
	p, q := newPeople(), newPeople()
	caseTo := p.caseID.Recipient().String()
	e := must(seal.Envelope(place(), "envelope", ethics.KindMessage, ethics.Message{Text: secret1}, p.author("anna"),
		caseTo, q.reporterID.Recipient().String()))
	if text, err := p.open(e, p.caseID); !errors.Is(err, ethics.ErrUntrusted) || text != "" {
		t.Errorf("sealed to another reporter: %v", err)
	}
	var m ethics.Message
	good := p.message(p.author("anna"), ethics.KindMessage)
	err := unseal.Envelope(install, good, p.caseID, q.caseID.Recipient().String(),
		p.reporterID.Recipient().String(), p.verifier, &m)
	if !errors.Is(err, ethics.ErrUntrusted) || m.Text != "" {
		t.Errorf("the case's recipient was exchanged in the database: %v", err)
	}
}

// TestBodyOfAnotherForm: signed rightly, but no JSON of the wanted type.
func TestBodyOfAnotherForm(t *testing.T) {
	p := newPeople()
	e := must(seal.Envelope(place(), "envelope", ethics.KindMessage, []string{"x"}, p.author("anna"),
		p.caseID.Recipient().String(), ""))
	if _, err := p.open(e, p.caseID); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("got %v", err)
	}
}

// grantOf seals what anna gives to the member, and its row.
func (p people) grantOf(g ethics.Grant, by seal.Author) unseal.GrantRow {
	at := place()
	at.Epoch, at.Sequence = 1, 0
	sealed := must(seal.Grant(at, "grant", g, by, p.memberID.Recipient().String()))
	return unseal.GrantRow{
		ID: "grant", Case: aCase, Member: "berta", Giver: by.ID, Epoch: 1, Day: at.Day, Sealed: sealed,
	}
}

func (p people) epoch(n int, secret derive.Secret, by seal.Author) unseal.Epoch {
	to := must(secret.CaseIdentity(aCase, n)).Recipient().String()
	return unseal.Epoch{Number: n, Recipient: to, Signer: by.ID, Signature: seal.Epoch(install, aCase, n, to, by)}
}

func TestGrant(t *testing.T) {
	p, next := newPeople(), derive.New()
	anna, reporter, system := p.author("anna"), p.author(ethics.ActorReporter), p.author(ethics.ActorSystem)
	epochs := []unseal.Epoch{p.epoch(0, p.caseSecret, reporter), p.epoch(1, next, anna)}
	whole := ethics.Grant{Member: "berta", Secrets: map[int][]byte{0: p.caseSecret[:], 1: next[:]}}
	row := p.grantOf(whole, anna)
	keys, secrets, err := unseal.Grants(install, []unseal.GrantRow{row}, p.memberID, epochs, p.verifier)
	if err != nil || len(keys) != 2 || keys[0].String() != p.caseID.String() {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	if d := cmp.Diff(whole.Secrets, secrets); d != "" {
		t.Error("other secrets")
	}
	part := p.grantOf(ethics.Grant{Member: "berta", Secrets: map[int][]byte{1: next[:]}}, anna)
	if keys, _, err := unseal.Grants(install, []unseal.GrantRow{part}, p.memberID, epochs, p.verifier); err != nil ||
		len(keys) != 1 || keys[1] == nil {
		t.Errorf("a grant of one epoch: %d keys, %v", len(keys), err)
	}

	first := p.grantOf(ethics.Grant{Member: "berta", Secrets: map[int][]byte{0: p.caseSecret[:]}}, anna)
	if keys, secrets, err := unseal.Grants(install, []unseal.GrantRow{first, part}, p.memberID, epochs,
		p.verifier); err != nil || len(keys) != 2 || !cmp.Equal(secrets, whole.Secrets) {
		t.Errorf("two grants: %d keys, %v", len(keys), err)
	}
	if _, _, err := unseal.Grants(install, nil, p.memberID, epochs, p.verifier); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("no grant: %v", err)
	}

	slipped := derive.New()
	with := func(change func(*unseal.GrantRow)) unseal.GrantRow {
		r := row
		change(&r)
		return r
	}
	for name, x := range map[string]struct {
		row    unseal.GrantRow
		epochs []unseal.Epoch
	}{
		"a slipped-in key": {
			p.grantOf(ethics.Grant{Member: "berta", Secrets: map[int][]byte{0: slipped[:]}}, anna), epochs,
		},
		"a slipped-in epoch": {row, []unseal.Epoch{epochs[0], p.epoch(1, slipped, anna)}},
		"a recipient without signature": {
			row, []unseal.Epoch{
				epochs[0], {Number: 1, Recipient: epochs[1].Recipient, Signer: "anna", Signature: epochs[0].Signature},
			},
		},
		"an epoch of the system": {row, []unseal.Epoch{epochs[0], p.epoch(1, next, system)}},
		"an epoch of nobody": {
			row, []unseal.Epoch{epochs[0], p.epoch(1, next, seal.Author{ID: "mallory", Key: anna.Key})},
		},
		"an epoch of another number": {
			row,
			[]unseal.Epoch{{Number: 2, Recipient: epochs[1].Recipient, Signer: "anna", Signature: epochs[1].Signature}},
		},
		"a grant of the system":     {p.grantOf(whole, system), epochs},
		"a grant of nobody":         {p.grantOf(whole, seal.Author{ID: "mallory", Key: anna.Key}), epochs},
		"signed without anna's key": {p.grantOf(whole, seal.Author{ID: "anna", Key: reporter.Key}), epochs},
		"another giver":             {with(func(r *unseal.GrantRow) { r.Giver = ethics.ActorReporter }), epochs},
		"another member's row":      {with(func(r *unseal.GrantRow) { r.Member = "carl" }), epochs},
		"another case's row":        {with(func(r *unseal.GrantRow) { r.Case = other }), epochs},
		"another epoch in the row":  {with(func(r *unseal.GrantRow) { r.Epoch = 0 }), epochs},
		"another day in the row":    {with(func(r *unseal.GrantRow) { r.Day = "2026-11-23" }), epochs},
		"a short secret": {
			p.grantOf(ethics.Grant{Member: "berta", Secrets: map[int][]byte{0: slipped[:31]}}, anna), epochs,
		},
	} {
		keys, secrets, err := unseal.Grants(install, []unseal.GrantRow{x.row}, p.memberID, x.epochs, p.verifier)
		if !errors.Is(err, ethics.ErrUntrusted) || keys != nil || secrets != nil {
			t.Errorf("%s: %d keys, %v", name, len(keys), err)
		}
	}
	if _, _, err := unseal.Grants(install, []unseal.GrantRow{row}, p.reporterID, epochs,
		p.verifier); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("opened by another: %v", err)
	}
}

// TestSizesAreClasses: what is stored tells a class, whatever the script.
func TestSizesAreClasses(t *testing.T) {
	p := newPeople()
	to, rep := p.caseID.Recipient().String(), p.reporterID.Recipient().String()
	size := func(kind ethics.EnvelopeKind, text string) int {
		return len(must(seal.Envelope(place(), "envelope", kind, ethics.Message{Text: text},
			p.author("anna"), to, rep)).Sealed)
	}
	over := size(ethics.KindMessage, "") - payload.MinText // age's own: header, two stanzas, a tag
	if over < 3000 || over > 6000 {
		t.Fatalf("an age file of two recipients takes %d bytes more", over)
	}
	scripts := []string{"", "a", "ā", "ж", "🙂", "қ"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat(rapid.SampledFrom(scripts).Draw(t, "script"),
			rapid.IntRange(0, 6000).Draw(t, "characters"))
		kind := rapid.SampledFrom([]ethics.EnvelopeKind{ethics.KindMessage, ethics.KindReport}).Draw(t, "kind")
		least := map[ethics.EnvelopeKind]int{
			ethics.KindMessage: payload.MinText, ethics.KindReport: payload.MinReport,
		}[kind]
		plain := size(kind, text) - over
		// A tag of 16 bytes for each 64 KiB of plain text is age's too.
		plain -= (plain - 1) / (64<<10 + 16) * 16
		if plain < least || plain&(plain-1) != 0 {
			t.Fatalf("%s of %d bytes: %d is no class", kind, len(text), plain)
		}
	})
	if size(ethics.KindReport, "") != size(ethics.KindReport, strings.Repeat("ж", 5000)) {
		t.Error("a short report can be told from a long one")
	}
	short, long := ethics.Grant{Member: "b"}, ethics.Grant{
		Member: strings.Repeat("b", 36), Secrets: map[int][]byte{0: make([]byte, 32), 1: make([]byte, 32)},
	}
	if len(p.grantOf(short, p.author("anna")).Sealed) != len(p.grantOf(long, p.author("anna")).Sealed) {
		t.Error("grants tell how many epochs they hold")
	}
}

// TestStandardExit: with its key, age alone opens what is stored; the readable
// text stands in it between header and signature.
func TestStandardExit(t *testing.T) {
	p := newPeople()
	e := p.message(p.author("anna"), ethics.KindMessage)
	ids := must(age.ParseIdentities(strings.NewReader(derive.IdentityText(derive.Secret{}) + "\n" +
		p.caseID.String() + "\n")))
	plain := must(io.ReadAll(must(age.Decrypt(bytes.NewReader(e.Sealed), ids...))))
	if !bytes.Contains(plain, []byte(secret1)) {
		t.Error("the text is not there")
	}
}

func TestUnsealIsBounded(t *testing.T) {
	p := newPeople()
	big := must(seal.To(make([]byte, 8<<20+1), p.caseID.Recipient().String()))
	if _, err := unseal.Bytes(big, p.caseID); !errors.Is(err, ethics.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestRecipients(t *testing.T) {
	x := must(age.GenerateX25519Identity())
	for _, bad := range []string{"", "age1pq1", x.Recipient().String(), "AGE-SECRET-KEY-PQ-1"} {
		if _, err := seal.To([]byte("x"), bad); err == nil {
			t.Errorf("sealed to %q", bad)
		}
	}
	if _, err := seal.To([]byte("x")); err == nil {
		t.Error("sealed to nobody")
	}
}

// TestManyRecipients: the memory of parsed recipients is bounded and safe.
func TestManyRecipients(t *testing.T) {
	done := make(chan error, 4)
	for range 4 {
		go func() {
			for range 160 {
				id := must(derive.New().MemberIdentity())
				sealed, err := seal.To([]byte("x"), id.Recipient().String())
				if err == nil {
					_, err = unseal.Bytes(sealed, id)
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func ExampleEnvelope() {
	caseSecret, member := derive.New(), derive.New()
	identity, _ := caseSecret.CaseIdentity("case", 0)
	at := seal.Place{Installation: "here", Stream: ethics.CaseStream("case"), Day: "2026-11-22", Policy: 1}
	by := seal.Author{ID: "anna", Key: member.MemberSigner()}

	e, _ := seal.Envelope(at, "id", ethics.KindNote, ethics.Note{Text: "call back"}, by,
		identity.Recipient().String(), "")
	fmt.Println(bytes.Contains(e.Sealed, []byte("call back")))

	var note ethics.Note
	keys := func(payload.Header) (ed25519.PublicKey, error) {
		return by.Key.Public().(ed25519.PublicKey), nil
	}
	_ = unseal.Envelope("here", e, identity, identity.Recipient().String(), "", keys, &note)
	fmt.Println(note.Text == "call back", note)

	e.Sequence++ // moved by hand
	fmt.Println(errors.Is(unseal.Envelope("here", e, identity, identity.Recipient().String(), "", keys, &note),
		ethics.ErrUntrusted))
	// Output:
	// false
	// true [redacted]
	// true
}

func BenchmarkEnvelope(b *testing.B) {
	p := newPeople()
	to, rep := p.caseID.Recipient().String(), p.reporterID.Recipient().String()
	report := ethics.Report{Answers: map[string][]string{"what": {strings.Repeat("a", 2000)}}}
	b.ReportAllocs()
	for b.Loop() {
		must(seal.Envelope(place(), "envelope", ethics.KindReport, report, p.author(ethics.ActorReporter), to, rep))
	}
}

func BenchmarkOpenEnvelope(b *testing.B) {
	p := newPeople()
	e := p.message(p.author("anna"), ethics.KindMessage)
	for b.Loop() {
		must(p.open(e, p.caseID))
	}
}

// TestGift: a declaration opens in the register it was made to, on its own day, and
// begins its stream; whatever is exchanged, nothing of it is shown.
func TestGift(t *testing.T) {
	p := newPeople()
	at := seal.Place{Installation: install, Stream: ethics.GiftStream("gift"), Day: "2026-11-22", Policy: 1}
	row := unseal.GiftRow{
		ID: "gift", Institution: "home", Day: at.Day,
		Verifier: p.author(ethics.ActorReporter).Key.Public().(ed25519.PublicKey),
	}
	declared := func(change func(*seal.Place, *ethics.Gift, *unseal.GiftRow)) (ethics.Gift, error) {
		at, row, g := at, row, ethics.Gift{Institution: "home", What: secret1}
		change(&at, &g, &row)
		row.Sealed = must(seal.Gift(at, "gift", g, p.author(ethics.ActorReporter),
			[]string{p.memberID.Recipient().String()}))
		return unseal.Gift(install, row, p.memberID)
	}
	if g, err := declared(func(*seal.Place, *ethics.Gift, *unseal.GiftRow) {}); err != nil || g.What != secret1 {
		t.Errorf("as declared: %v", err)
	}
	for name, change := range map[string]func(*seal.Place, *ethics.Gift, *unseal.GiftRow){
		"another institution's row": func(_ *seal.Place, _ *ethics.Gift, r *unseal.GiftRow) { r.Institution = "other" },
		"declared to another":       func(_ *seal.Place, g *ethics.Gift, _ *unseal.GiftRow) { g.Institution = "other" },
		"declared to none":          func(_ *seal.Place, g *ethics.Gift, _ *unseal.GiftRow) { g.Institution = "" },
		"another day's row":         func(_ *seal.Place, _ *ethics.Gift, r *unseal.GiftRow) { r.Day = "2026-11-23" },
		"signed on another day":     func(at *seal.Place, _ *ethics.Gift, _ *unseal.GiftRow) { at.Day = "2026-11-21" },
		"not the first": func(at *seal.Place, _ *ethics.Gift, _ *unseal.GiftRow) {
			at.Seen = []byte("leaf")
		},
		"of another stream": func(at *seal.Place, _ *ethics.Gift, _ *unseal.GiftRow) {
			at.Stream = ethics.GiftStream("other")
		},
		"another row's":   func(_ *seal.Place, _ *ethics.Gift, r *unseal.GiftRow) { r.ID = "other" },
		"under no policy": func(at *seal.Place, _ *ethics.Gift, _ *unseal.GiftRow) { at.Policy = 0 },
	} {
		if g, err := declared(change); !errors.Is(err, ethics.ErrUntrusted) || g != (ethics.Gift{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
