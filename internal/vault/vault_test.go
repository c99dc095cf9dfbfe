package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/payload"
	"svilpe/internal/seal"
	"svilpe/internal/unseal"
)

const (
	install = "5c3c2f0a-0000-4000-8000-000000000001"
	inCase  = "0f5bd0f1-6d3c-4c65-9d0b-0a4c1a0e3a11"
	day     = "2026-11-23"
)

// TestAnyTwoGiveItBack: whatever the number of holders and whichever two.
func TestAnyTwoGiveItBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(Least, mostParts).Draw(t, "holders")
		a := rapid.IntRange(0, n-1).Draw(t, "one")
		b := rapid.IntRange(0, n-1).Filter(func(b int) bool { return b != a }).Draw(t, "other")
		secret := derive.New()
		shares, err := split(secret, n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := join(shares[a], shares[b]); err != nil || got != secret {
			t.Fatalf("%d and %d of %d: %v", a, b, n, err)
		}
		if got, err := join(shares[a], shares[a]); !errors.Is(err, ErrShare) || got == secret {
			t.Fatal("one share twice gave the secret")
		}
	})
}

// TestOneShareTellsNothing: with the pads drawn anew, each share of one secret
// takes every form that a share of another could. Here: no half of a share is the
// secret, or is seen with two secrets' worth of structure: for every share there
// are pads under which any other secret gives this very share.
func TestOneShareTellsNothing(t *testing.T) {
	for n := Least; n <= 6; n++ {
		secret, other := derive.New(), derive.New()
		shares, err := split(secret, n)
		if err != nil {
			t.Fatal(err)
		}
		for i, raw := range shares {
			p, err := parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, secret[:]) {
				t.Fatal("a share holds the secret")
			}
			// The partners' halves that would make this share one of the other secret.
			for j, h := range p.halves {
				partner := parts{j, n, map[int][]byte{}}
				for k := range n {
					if k != j {
						partner.halves[k] = make([]byte, half)
					}
				}
				for k := range half {
					partner.halves[i][k] = h[k] ^ other[k]
				}
				if got, err := join(raw, partner.write()); err != nil || got != other {
					t.Fatalf("share %d of %d fits its own secret only: %v", i, n, err)
				}
			}
		}
	}
}

type person struct {
	Holder
	secret derive.Secret
}

func people(t *testing.T, ids ...string) []person {
	t.Helper()
	var out []person
	for _, id := range ids {
		p := person{secret: derive.New()}
		own, err := p.secret.MemberIdentity()
		if err != nil {
			t.Fatal(err)
		}
		p.Holder = Holder{id, own.Recipient().String()}
		out = append(out, p)
	}
	return out
}

func holders(all []person) []Holder {
	var out []Holder
	for _, p := range all {
		out = append(out, p.Holder)
	}
	return out
}

func reporter() seal.Author {
	return seal.Author{ID: ethics.ActorReporter, Key: derive.New().ReporterSigner()}
}

func place() seal.Place {
	return seal.Place{
		Installation: install, Stream: ethics.CaseStream(inCase), Day: day, Policy: 1, Seen: []byte("leaf"),
	}
}

func keysOf(by seal.Author) unseal.Verifier {
	return func(h payload.Header) (ed25519.PublicKey, error) {
		if h.Author != by.ID || h.Seen != payload.Leaf(place().Seen) {
			return nil, ethics.ErrUntrusted
		}
		return by.Key.Public().(ed25519.PublicKey), nil
	}
}

func (p person) share(t *testing.T, d Dealt, by seal.Author) ethics.Share {
	t.Helper()
	id, err := p.secret.MemberIdentity()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(d.Shares, func(s ethics.VaultShare) bool { return s.Member == p.ID })
	if i < 0 {
		t.Fatalf("%s has no share", p.ID)
	}
	var out ethics.Share
	want := payload.Header{
		Installation: install, Stream: ethics.CaseStream(inCase), ID: d.Vault.ID,
		Kind: string(ethics.KindVaultShare), Day: day, Author: by.ID,
	}
	if err := unseal.Row(d.Shares[i].Sealed, id, p.Recipient, want, keysOf(by), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func deal(t *testing.T, all []person) (Dealt, seal.Author) {
	t.Helper()
	by := reporter()
	signed, err := Sign(place(), ethics.Identity{Answers: map[string][]string{"identity_name": {"NAME"}}}, by)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Deal(place(), signed, holders(all), by)
	if err != nil {
		t.Fatal(err)
	}
	return d, by
}

// TestTwoOpenWhatOneCannot tells the whole way of a vault.
func TestTwoOpenWhatOneCannot(t *testing.T) {
	all := people(t, "a", "b", "c")
	d, by := deal(t, all)
	if bytes.Contains(d.Vault.Sealed, []byte("NAME")) {
		t.Fatal("the name is not sealed")
	}
	for _, p := range all {
		own, _ := p.secret.MemberIdentity()
		if _, err := unseal.Bytes(d.Vault.Sealed, own); err == nil {
			t.Fatalf("%s opened the vault alone", p.ID)
		}
	}
	id, err := Combine(d.Vault, d.Shares, all[0].share(t, d, by), all[2].share(t, d, by))
	if err != nil {
		t.Fatal(err)
	}
	var sealed ethics.SealedIdentity
	want := payload.Header{
		Installation: install, Stream: ethics.CaseStream(inCase), ID: d.Vault.ID,
		Kind: string(ethics.KindVault), Day: day, Author: by.ID,
	}
	if err := unseal.Row(d.Vault.Sealed, id, d.Vault.Recipient, want, keysOf(by), &sealed); err != nil {
		t.Fatal(err)
	}
	var details ethics.Identity
	if err := unseal.Signed(sealed.Signed, SignedHeader(install, inCase), keysOf(by), &details); err != nil {
		t.Fatal(err)
	}
	if details.Answers["identity_name"][0] != "NAME" {
		t.Error("not what was sealed")
	}
	if s := fmt.Sprintf("%v %+v %#v", details, details, all[0].share(t, d, by)); strings.Contains(s, "NAME") {
		t.Error("the details print")
	}
}

// TestCombineRefuses: nothing that was not dealt for this vault, to these two,
// is joined.
func TestCombineRefuses(t *testing.T) {
	all := people(t, "a", "b", "c")
	d, by := deal(t, all)
	second, by2 := deal(t, all)
	a, b := all[0].share(t, d, by), all[1].share(t, d, by)
	spoil := func(s ethics.Share, change func(*ethics.Share)) ethics.Share {
		s.Value, s.Dealt = bytes.Clone(s.Value), cloned(s.Dealt)
		change(&s)
		return s
	}
	for name, pair := range map[string][2]ethics.Share{
		"one share twice":      {a, a},
		"under another's name": {a, spoil(a, func(s *ethics.Share) { s.Member = "b" })},
		"of another dealing":   {a, all[1].share(t, second, by2)},
		"another's, renamed": {
			a, spoil(all[1].share(t, second, by2), func(s *ethics.Share) { s.Vault, s.To = d.Vault.ID, a.To }),
		},
		"a changed byte":         {a, spoil(b, func(s *ethics.Share) { s.Value[10] ^= 1 })},
		"a list without a":       {a, spoil(b, func(s *ethics.Share) { delete(s.Dealt, "a") })},
		"a list with another a":  {a, spoil(b, func(s *ethics.Share) { s.Dealt["a"] = s.Dealt["c"] })},
		"a stranger's":           {a, spoil(b, func(s *ethics.Share) { s.Member = "z" })},
		"to another recipient":   {a, spoil(b, func(s *ethics.Share) { s.To = "x" })},
		"of no vault":            {a, ethics.Share{Member: "b"}},
		"an own list and digest": {a, forged(b)},
	} {
		if _, err := Combine(d.Vault, d.Shares, pair[0], pair[1]); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	rows := slices.Clone(d.Shares)
	rows[1].Digest = make([]byte, 32)
	if _, err := Combine(d.Vault, rows, a, b); !errors.Is(err, ethics.ErrUntrusted) {
		t.Error("a row's digest counts for nothing")
	}
	if _, err := Combine(d.Vault, d.Shares[:1], a, b); !errors.Is(err, ethics.ErrUntrusted) {
		t.Error("a share whose row is gone was joined")
	}
	other := d.Vault
	other.Recipient = second.Vault.Recipient
	a.To, b.To = payload.Fingerprint(other.Recipient), payload.Fingerprint(other.Recipient)
	if _, err := Combine(other, d.Shares, a, b); !errors.Is(err, ethics.ErrUntrusted) {
		t.Error("shares of another recipient were taken")
	}
}

func forged(s ethics.Share) ethics.Share {
	s.Value = bytes.Clone(s.Value)
	_, _ = rand.Read(s.Value[2:])
	s.Dealt = cloned(s.Dealt)
	s.Dealt["b"] = s.Dealt["a"]
	return s
}

func cloned(m map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for k, v := range m {
		out[k] = bytes.Clone(v)
	}
	return out
}

// TestDealWantsTwoPeople: fewer, or one person twice, is no vault.
func TestDealWantsTwoPeople(t *testing.T) {
	all, by := people(t, "a", "b"), reporter()
	if _, err := Deal(place(), nil, holders(all[:1]), by); !errors.Is(err, ethics.ErrNobodyToSeal) {
		t.Errorf("one holder: %v", err)
	}
	if _, err := Deal(place(), nil, []Holder{all[0].Holder, all[0].Holder}, by); !errors.Is(err, ErrShare) {
		t.Errorf("one person twice: %v", err)
	}
}

// FuzzParse: what is read is what is written, and nothing makes it panic.
func FuzzParse(f *testing.F) {
	shares, err := split(derive.New(), 3)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range shares {
		f.Add(s)
	}
	f.Add([]byte{})
	f.Add([]byte{0, 2})
	f.Add([]byte{5, 3, 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := parse(raw)
		if err != nil {
			if !errors.Is(err, ErrShare) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(p.write(), raw) {
			t.Fatal("read and written differ")
		}
		if _, err := join(raw, shares[0]); err != nil && !errors.Is(err, ErrShare) {
			t.Fatal(err)
		}
	})
}
