package casework_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/intake"
	"svilpe/internal/policy"
	"svilpe/internal/seal"
	"svilpe/internal/store"
	"svilpe/internal/token"
)

const forgedWords = "FORGED: call +371 20000000 and give your name"

// filing is a filing as a program of the operator's own would make it, whose system
// key says what change makes of the receipts.
func (w *world) filing(change func(*[]ethics.Receipt)) (filed, []string) {
	w.t.Helper()
	draft := derive.New()
	f := filed{draft: draft, id: draft.CaseID(), Filed: intake.Filed{Code: token.FromDraft(draft)}}
	f.Number = "2026-" + strings.ToUpper(f.id[:5])
	var salt []byte
	must(w.t, w.raw().QueryRow(`select salt from installation`).Scan(&salt))
	reporter := derive.Secret(f.Code.ReporterSecret(salt))
	rid, err := reporter.ReporterIdentity()
	must(w.t, err)
	by, caseSecret := seal.Author{ID: ethics.ActorReporter, Key: reporter.ReporterSigner()}, derive.New()
	cid, err := caseSecret.CaseIdentity(f.id, 0)
	must(w.t, err)
	to := cid.Recipient().String()
	row := ethics.Case{
		ID: f.id, Institution: "home", Category: w.report().Category, Track: "anonymous", State: "received",
		Received: day, Changed: day,
		ReporterRecipient: rid.Recipient().String(), ReporterVerifier: by.Key.Public().(ed25519.PublicKey),
	}
	events := []ethics.Event{{Name: "received", Day: day}}
	at := seal.Place{Installation: install, Stream: ethics.CaseStream(f.id), Day: day, Policy: policy.Version}
	honest, err := w.in.Policy.Receipt(f.Number, row.Track, day, events)
	must(w.t, err)
	honest.Text = "receipt"
	receipts := []ethics.Receipt{honest}
	change(&receipts)

	var ids []string
	var envelopes []ethics.Envelope
	add := func(kind ethics.EnvelopeKind, body any, by seal.Author) {
		e, err := seal.Envelope(at, uuid.NewString(), kind, body, by, to, row.ReporterRecipient)
		must(w.t, err)
		envelopes = append(envelopes, e)
		at.Sequence++
	}
	st, err := seal.Status(ethics.Status{
		Installation: install, Stream: ethics.CaseStream(f.id), Day: day,
		Policy: ethics.PolicyVersion, Act: ethics.ActFile,
		Institution: row.Institution, State: row.State, Track: row.Track, Category: row.Category,
		Events: []ethics.EventKind{"received"},
	}, by)
	must(w.t, err)
	report := w.report()
	report.Status = st.Digest()
	add(ethics.KindReport, report, by)
	for _, r := range receipts {
		add(ethics.KindReceipt, r, seal.Author{ID: ethics.ActorSystem, Key: w.in.System})
		ids = append(ids, envelopes[len(envelopes)-1].ID)
	}
	m, err := w.as("resp").Roster.Member("resp")
	must(w.t, err)
	other, err := w.as("resp").Roster.Member("chair")
	must(w.t, err)
	locator := token.LocatorHash(f.Code.Locator(salt))
	w.write("filed", f.id, func(tx *store.Tx) error {
		c, err := tx.AddCase(row, []string{f.Number}, locator[:])
		if err != nil {
			return err
		}
		if err := tx.AddEpoch(store.Epoch{
			Case: f.id, Recipient: to, Signer: by.ID, Day: day, Signature: seal.Epoch(install, f.id, 0, to, by),
		}); err != nil {
			return err
		}
		for _, who := range []struct{ id, to string }{{m.ID, m.Recipient}, {other.ID, other.Recipient}} {
			g := store.Grant{
				Case: f.id, Member: who.id, ID: uuid.NewString(), Giver: by.ID, Via: store.ViaRouted, Day: day,
			}
			at := at
			at.Sequence = 0
			g.Signature = seal.SignGrant(at, g.ID, g.Member, g.Via, by)
			if g.Sealed, err = seal.Grant(at, g.ID,
				ethics.Grant{Member: who.id, Secrets: map[int][]byte{0: caseSecret[:]}}, by, who.to); err != nil {
				return err
			}
			if err := tx.AddGrants(g); err != nil {
				return err
			}
		}
		for _, e := range envelopes {
			if err := tx.AddEnvelope(&c, e); err != nil {
				return err
			}
		}
		return tx.Settle(c, st, day)
	})
	return f, ids
}

// receipt is what reporter and members are given of an automatic message; words are
// those of all that they are given.
func (w *world) receipt(f filed, id string) (reporter dialogue.Message, member casework.Item, words string) {
	w.t.Helper()
	view, err := w.dia.View(ctx, w.visit(f))
	must(w.t, err)
	o := w.open(w.as("resp"), f)
	m := slices.IndexFunc(view.Messages, func(m dialogue.Message) bool { return m.ID == id })
	i := slices.IndexFunc(o.Thread, func(i casework.Item) bool { return i.ID == id })
	if m < 0 || i < 0 {
		w.t.Fatal("the message is not there")
	}
	record, err := json.Marshal(w.cw.Record(o))
	must(w.t, err)
	for _, x := range view.Messages {
		words += x.Text + fmt.Sprint(values(x.Receipt))
	}
	for _, x := range o.Thread {
		words += x.Text + fmt.Sprint(values(x.Receipt))
	}
	return view.Messages[m], o.Thread[i], words + string(record)
}

func values(r *ethics.Receipt) []string {
	if r == nil {
		return nil
	}
	out := []string{r.TextID, r.Text}
	for _, v := range r.Params {
		out = append(out, v)
	}
	return out
}

// TestOperatorReceipt: of the system's key one text is taken, in its place, once,
// of this case. Anything else that the operator signs with it is read by nobody.
func TestOperatorReceipt(t *testing.T) {
	param := func(name, value string) func(*[]ethics.Receipt) {
		return func(all *[]ethics.Receipt) { (*all)[0].Params[name] = value }
	}
	twice(t, func(t *testing.T, again func(*world)) {
		for name, x := range map[string]struct {
			change func(*[]ethics.Receipt)
			which  int
			good   bool
			named  bool // by verify: what it says is sealed, where it stands is not
		}{
			"the receipt":         {func(*[]ethics.Receipt) {}, 0, true, false},
			"another text beside": {func(all *[]ethics.Receipt) { (*all)[0].Text = forgedWords }, 0, true, false},
			"another id": {func(all *[]ethics.Receipt) {
				(*all)[0].TextID, (*all)[0].Text = "other", forgedWords
			}, 0, false, false},
			"no id": {func(all *[]ethics.Receipt) {
				(*all)[0].TextID, (*all)[0].Text = "", forgedWords
			}, 0, false, false},
			"another version": {func(all *[]ethics.Receipt) {
				(*all)[0].Version, (*all)[0].Text = 2, forgedWords
			}, 0, false, false},
			"words for the number": {param("number", forgedWords), 0, false, false},
			"words for the day":    {param("received", forgedWords), 0, false, false},
			"another day":          {param("received", "2026-11-22"), 0, false, false},
			"another acknowledged": {param("ack", "2027-11-30"), 0, false, false},
			"one parameter more":   {param("more", forgedWords), 0, false, false},
			"one parameter less":   {func(all *[]ethics.Receipt) { delete((*all)[0].Params, "ack") }, 0, false, false},
			"a second one, alike":  {func(all *[]ethics.Receipt) { *all = append(*all, (*all)[0]) }, 1, false, true},
			"a second one": {func(all *[]ethics.Receipt) {
				*all = append(*all, (*all)[0])
				(*all)[1].Text, (*all)[1].TextID = forgedWords, "other"
			}, 1, false, true},
		} {
			t.Run(name, func(t *testing.T) {
				w := founded(t)
				f, ids := w.filing(x.change)
				w.stated("resp", f)
				again(w)
				m, i, words := w.receipt(f, ids[x.which])
				if strings.Contains(words, "FORGED") {
					t.Errorf("somebody is given %q", words)
				}
				if m.Untrusted == x.good || i.Untrusted == x.good || (m.Receipt != nil) != x.good {
					t.Errorf("to the reporter %v, to a member %v", m.Untrusted, i.Untrusted)
				}
				if x.good && (m.Text != "" || m.Receipt.Params["number"] != f.Number || w.distrusted() != 0) {
					t.Errorf("the receipt: %+v, %d distrusted", m.Receipt, w.distrusted())
				}
				if !x.good && w.distrusted() == 0 {
					t.Error("no entry says so")
				}
				if d := w.damage(); (d != nil) != x.named || d != nil && d.Row != ids[x.which] {
					t.Errorf("verify: %v", d)
				}
			})
		}
	})
}

// TestReceiptAtAnotherTime: alike to the last letter, and behind the filing. So is
// one that is its case's first, but came in a later entry.
func TestReceiptAtAnotherTime(t *testing.T) {
	twice(t, func(t *testing.T, again func(*world)) {
		for name, missing := range map[string]bool{"behind others": false, "in the first's place": true} {
			t.Run(name, func(t *testing.T) {
				w := founded(t)
				var honest ethics.Receipt
				f, _ := w.filing(func(all *[]ethics.Receipt) {
					honest = (*all)[0]
					if missing {
						*all = nil
					}
				})
				if !missing {
					w.stated("resp", f)
				}
				id := w.put(f, ethics.KindReceipt, honest, seal.Author{ID: ethics.ActorSystem, Key: w.in.System}, true)
				if missing {
					w.stated("resp", f)
				}
				again(w)
				if m, i, _ := w.receipt(f, id); !m.Untrusted || !i.Untrusted || m.Receipt != nil || i.Receipt != nil {
					t.Error("it is trusted")
				}
				if d := w.damage(); d == nil || d.Table != "envelope" || d.Row != id {
					t.Errorf("verify: %v", d)
				}
			})
		}
	})
}

// TestReceiptOfACaseThatMoved: the receipt stays what it was, whatever the case has
// become since.
func TestReceiptOfACaseThatMoved(t *testing.T) {
	w := founded(t)
	p := *w.in.Policy // by which only an anonymous report is acknowledged
	p.Deadlines = slices.Clone(p.Deadlines)
	for i := range p.Deadlines {
		if p.Deadlines[i].ID == "ack" {
			p.Deadlines[i].Applies = []string{"anonymous"}
		}
	}
	w.in.Policy, w.dia.Policy, w.cw.Policy = &p, &p, &p
	f, ids := w.filing(func(*[]ethics.Receipt) {})
	w.stated("resp", f)
	w.later(3)
	w.does("resp", f, casework.Act{Step: "acknowledge", Message: "We have it."})
	w.does("resp", f, casework.Act{
		Step: "change_track", Reason: "not about work", Message: "It is a submission.",
		Statements: map[string][]string{"track": {"ethics"}},
	})
	if m, i, _ := w.receipt(f, ids[0]); m.Untrusted || i.Untrusted {
		t.Error("not trusted any more")
	}
	w.sound()
}
