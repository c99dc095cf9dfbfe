package casework_test

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/dialogue"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// brief is a case that resp, chair and temp hold; temp's term ends today.
func brief(t *testing.T) (*world, filed) {
	t.Helper()
	w := founded(t)
	w.appoint("temp", "home", appoint.RoleMember, day, "resp", "chair")
	f := w.file()
	_, err := w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"temp"}, "examines")
	must(t, err)
	w.stated("temp", f)
	return w, f
}

func (w *world) tomorrow() { w.clock = w.clock.Add(24 * time.Hour) }

// TestTermEnds: at midnight the member finds nothing any more; the program takes
// the grants away and gives nothing; the next text goes to an epoch that the
// member does not hold.
func TestTermEnds(t *testing.T) {
	w, f := brief(t)
	temp, resp := w.as("temp"), w.as("resp")
	must(t, w.s.EndAllTerms(ctx, day))
	if h := w.holders(f); len(h) != 3 {
		t.Fatalf("on the last day held by %v", h)
	}
	w.tomorrow()
	if _, err := w.cw.Open(ctx, temp, f.Number); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("after midnight, before any sweep: %v", err)
	}
	must(t, w.s.EndAllTerms(ctx, ethics.DayOf(w.clock)))
	must(t, w.s.EndAllTerms(ctx, ethics.DayOf(w.clock)))
	if n := w.count(`select count(*) from entry where kind = 'term_ended' and actor = 'system'`); n != 1 {
		t.Errorf("%d entries", n)
	}
	c := w.caseFile(f)
	if c.Epoch != 0 || !c.EpochOwed || slices.Contains(c.Holders(), "temp") {
		t.Errorf("epoch %d, left %v, held by %v", c.Epoch, c.EpochOwed, c.Holders())
	}
	w.sound()
	_, err := w.cw.Note(ctx, resp, f.Number, derive.New(), "SECRET of the day after", "")
	must(t, err)
	c = w.caseFile(f)
	if c.Epoch != 1 || c.EpochOwed || c.Epochs[1].Signer != "resp" || c.Envelopes[len(c.Envelopes)-1].Epoch != 1 {
		t.Errorf("epoch %d of %s", c.Epoch, c.Epochs[c.Epoch].Signer)
	}
	if _, err := w.cw.Open(ctx, w.stated("chair", f), f.Number); err != nil {
		t.Errorf("a colleague: %v", err)
	}
	w.sound()
}

// TestNobodySweeps: the program was down at midnight. Whoever writes first ends
// the term, and seals to the next epoch.
func TestNobodySweeps(t *testing.T) {
	for name, write := range map[string]func(*world, filed, dialogue.Visit) error{
		"a note": func(w *world, f filed, _ dialogue.Visit) error {
			_, err := w.cw.Note(ctx, w.as("resp"), f.Number, derive.New(), "SECRET", "")
			return err
		},
		"a statement": func(w *world, f filed, _ dialogue.Visit) error {
			return w.cw.State(ctx, w.as("chair"), f.Number, derive.New())
		},
		"an answer": func(w *world, _ filed, v dialogue.Visit) error {
			_, err := w.dia.Send(ctx, v, derive.New(), "SECRET", nil)
			return err
		},
		"stepping aside": func(w *world, f filed, _ dialogue.Visit) error {
			_, err := w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(), "SECRET")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, f := brief(t)
			w.tomorrow()
			must(t, write(w, f, w.visit(f)))
			c := w.caseFile(f)
			last := c.Envelopes[len(c.Envelopes)-1]
			if c.Epoch != 1 || last.Epoch != 1 || slices.Contains(c.Holders(), "temp") {
				t.Errorf("epoch %d, the text in %d, held by %v", c.Epoch, last.Epoch, c.Holders())
			}
			w.sound()
		})
	}
}

// TestReportersEpoch: the reporter writes first after a term ended. The members
// who remain read it; the next word of a member goes to an epoch of theirs.
func TestReportersEpoch(t *testing.T) {
	w, f := brief(t)
	w.tomorrow()
	v := w.visit(f)
	_, err := w.dia.Send(ctx, v, derive.New(), "SECRET of the reporter", nil)
	must(t, err)
	c := w.caseFile(f)
	if c.Epochs[1].Signer != ethics.ActorReporter {
		t.Fatalf("opened by %s", c.Epochs[1].Signer)
	}
	_, err = w.dia.Send(ctx, v, derive.New(), "and more", nil)
	must(t, err)
	if c := w.caseFile(f); c.Epoch != 1 {
		t.Errorf("epoch %d: one was enough", c.Epoch)
	}
	o, err := w.cw.Open(ctx, w.as("resp"), f.Number)
	must(t, err)
	if last := o.Thread[len(o.Thread)-2]; last.Untrusted || last.Text != "SECRET of the reporter" {
		t.Errorf("what resp reads: untrusted %v", last.Untrusted)
	}
	_, err = w.cw.Message(ctx, w.as("resp"), f.Number, derive.New(), "an answer", "", nil)
	must(t, err)
	c = w.caseFile(f)
	if c.Epoch != 2 || c.Epochs[2].Signer != "resp" {
		t.Errorf("epoch %d of %s", c.Epoch, c.Epochs[c.Epoch].Signer)
	}
	view, err := w.dia.View(ctx, v)
	if err != nil || view.Missing != 0 ||
		slices.ContainsFunc(view.Messages, func(m dialogue.Message) bool { return m.Untrusted }) {
		t.Errorf("what the reporter reads: %v", err)
	}
	w.sound()
}

// thief opens an epoch with the reporter's own key, as one who has the code and
// the log key can, and knows its secret.
func (w *world) thief(f filed) seal.Opened {
	w.t.Helper()
	var salt []byte
	must(w.t, w.raw().QueryRow(`select salt from installation`).Scan(&salt))
	by := seal.Author{ID: ethics.ActorReporter, Key: derive.Secret(f.Code.ReporterSecret(salt)).ReporterSigner()}
	c := w.caseFile(f)
	var remain []seal.Holder
	for _, id := range c.Holders() {
		m, err := w.as("resp").Roster.Member(id)
		must(w.t, err)
		remain = append(remain, seal.Holder{ID: id, Recipient: m.Recipient})
	}
	at, day := w.place(c), w.today()
	at.Epoch, at.Sequence = c.Epoch+1, 0
	o, err := seal.NewEpoch(at, by, remain)
	must(w.t, err)
	w.write("message", f.id, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		if err != nil {
			return err
		}
		open := store.Opening{Epoch: store.Epoch{
			Case: f.id, Number: at.Epoch, Recipient: o.Recipient, Signer: by.ID, Signature: o.Signature, Day: day,
		}}
		for _, g := range o.Grants {
			open.Grants = append(open.Grants, store.Grant{
				Case: f.id, Member: g.Member, ID: g.ID, Giver: by.ID, Via: store.ViaRenewed, Epoch: at.Epoch, Day: day,
				Sealed: g.Sealed, Signature: g.Signature,
			})
		}
		return errors.Join(tx.Open(&c, open), tx.PutCase(c))
	})
	return o
}

// TestStolenCodeOpensNothing: whoever has the code and the log key opens an epoch
// where a term ended, and keeps its secret. Nothing that a member writes opens
// with it; what somebody forges into it is refused.
func TestStolenCodeOpensNothing(t *testing.T) {
	w, f := brief(t)
	w.tomorrow()
	must(t, w.s.EndAllTerms(ctx, ethics.DayOf(w.clock)))
	w.thief(f)
	w.sound()
	_, err := w.cw.Note(ctx, w.as("resp"), f.Number, derive.New(), "SECRET of the commission", "")
	must(t, err)
	must(t, w.cw.State(ctx, w.as("chair"), f.Number, derive.New()))
	for _, e := range w.caseFile(f).Envelopes {
		if e.Epoch == 1 {
			t.Errorf("%s by %s went to the thief", e.Kind, e.Author)
		}
	}
	w.sound()
}

// TestStolenCodeElsewhere: where nobody's term ended such an epoch is refused by
// everybody, and named by verify.
func TestStolenCodeElsewhere(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.stated("resp", f)
	w.thief(f)
	w.untrusted("opening", func() error { _, err := w.cw.Open(ctx, w.as("resp"), f.Number); return err })
	if d := w.damage(); d == nil || d.Table != "epoch" {
		t.Errorf("verify: %v", d)
	}
}

// TestMembersTextInReportersEpoch: the store stores none, and a reader takes none
// that got there otherwise.
func TestMembersTextInReportersEpoch(t *testing.T) {
	w, f := brief(t)
	w.tomorrow()
	must(t, w.s.EndAllTerms(ctx, ethics.DayOf(w.clock)))
	w.thief(f)
	c := w.caseFile(f)
	at := w.place(c)
	e, err := seal.Envelope(at, "0b7a1c9e-0000-4000-8000-000000000001", ethics.KindNote, ethics.Note{Text: "x"},
		w.by("resp"), c.Recipient(), "")
	must(t, err)
	err = w.s.Write(ctx, store.Entry{
		ID: "0b7a1c9e-0000-4000-8000-000000000002", Day: at.Day, Kind: "note", Actor: "resp",
		Stream: ethics.CaseStream(f.id),
	}, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		return errors.Join(err, tx.AddEnvelope(&c, e))
	})
	if !errors.Is(err, ethics.ErrEpoch) {
		t.Errorf("stored: %v", err)
	}
	if c.Trusted(e) {
		t.Error("trusted")
	}
}

// TestLastInTerm: everybody's term ended. The program keeps what nobody else
// holds, and shows it to nobody.
func TestLastInTerm(t *testing.T) {
	w := founded(t)
	state(w, appoint.KindInstitution, appoint.Institution{ID: "up", Name: "County", Alternate: "home"}, "resp", "chair")
	w.appoint("up_resp", "up", appoint.RoleResponsible, day, "resp", "chair")
	w.appoint("up_chair", "up", appoint.RoleChair, day, "resp", "chair")
	state(w, appoint.KindInstitution, appoint.Institution{ID: "home", Name: "Town", Alternate: "up"}, "resp", "chair")
	f := w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"resp", "chair"} })
	w.tomorrow()
	must(t, w.s.EndAllTerms(ctx, ethics.DayOf(w.clock)))
	if h := w.holders(f); !slices.Equal(h, []string{"up_chair", "up_resp"}) {
		t.Errorf("held by %v", h)
	}
	if _, err := w.cw.Cover(ctx, w.as("up_resp"), f.Number); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("shown: %v", err)
	}
	w.sound()
}

// TestFilledUpAfterATerm: time left one holder. The first text of that member
// brings a second one, whom the reporter did not exclude.
func TestFilledUpAfterATerm(t *testing.T) {
	w := founded(t)
	state(w, appoint.KindInstitution, appoint.Institution{ID: "up", Name: "County", Alternate: "home"}, "resp", "chair")
	w.appoint("up_resp", "up", appoint.RoleResponsible, day, "resp", "chair")
	w.appoint("up_chair", "up", appoint.RoleChair, "", "resp", "chair")
	state(w, appoint.KindInstitution, appoint.Institution{ID: "home", Name: "Town", Alternate: "up"}, "resp", "chair")
	f := w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"chair"} })
	w.stated("resp", f)
	w.tomorrow()
	_, err := w.cw.Note(ctx, w.as("resp"), f.Number, derive.New(), "SECRET", "")
	must(t, err)
	if h := w.holders(f); !slices.Equal(h, []string{"resp", "up_chair"}) {
		t.Errorf("held by %v", h)
	}
	o, err := w.cw.Open(ctx, w.stated("up_chair", f), f.Number)
	if err != nil || o.Report == nil {
		t.Errorf("who came: %v", err)
	}
	w.sound()
}

// TestVerifyOfEpochs: a removed epoch, an added grant, one given back by hand, an
// epoch of the system and grants taken by the wrong hand are all named.
func TestVerifyOfEpochs(t *testing.T) {
	turned := func(t *testing.T) (*world, filed) {
		w, f := brief(t)
		_, err := w.cw.Recuse(ctx, w.as("temp"), f.Number, derive.New(), "x")
		must(t, err)
		w.sound()
		return w, f
	}
	for _, x := range []struct{ name, table, query string }{
		{"the last epoch", "epoch", `delete from case_epoch where epoch = 1 and case_id = ?`},
		{
			"a renewed grant", "renewal",
			`delete from case_grant where via = 'renewed' and member_id = 'chair' and case_id = ?`,
		},
		{
			"an added grant", "grant",
			`insert into case_grant select 'new', case_id, 'temp', giver, via, epoch, stated, day, sealed, ` +
				`signature from case_grant where member_id = 'chair' and epoch = 0 and case_id = ?`,
		},
		{
			"a renewed grant that is none", "grant",
			`update case_grant set via = 'assigned' where via = 'renewed' and member_id = 'chair' and case_id = ?`,
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			w, f := turned(t)
			w.exec(x.query, f.id)
			if d := w.damage(); d == nil || string(d.Table) != x.table {
				t.Errorf("verify: %v", d)
			}
			w.untrusted("opening", func() error { _, err := w.cw.Open(ctx, w.as("resp"), f.Number); return err })
		})
	}
	t.Run("the system's epoch", func(t *testing.T) {
		w, f := turned(t)
		w.epochAt(f, 2, "system", derive.New().MemberSigner())
		if d := w.damage(); d == nil || d.Table != "epoch" {
			t.Errorf("verify: %v", d)
		}
	})
	t.Run("taken in a colleague's name", func(t *testing.T) {
		w, f := turned(t)
		resp, err := w.as("resp").Roster.Member("resp")
		must(t, err)
		at := w.place(w.caseFile(f))
		at.Epoch, at.Sequence = 2, 0
		o, err := seal.NewEpoch(at, w.by("resp"), []seal.Holder{{ID: "resp", Recipient: resp.Recipient}})
		must(t, err)
		must(t, w.s.Write(ctx, store.Entry{
			ID: "0b7a1c9e-0000-4000-8000-000000000005", Day: day, Kind: record.KindRemoved, Actor: "chair",
			Stream: ethics.CaseStream(f.id),
		}, func(tx *store.Tx) error {
			c, err := tx.Case(f.id)
			if err != nil {
				return err
			}
			open := store.Opening{Epoch: store.Epoch{
				Case: f.id, Number: 2, Recipient: o.Recipient, Signer: "resp", Signature: o.Signature, Day: day,
			}}
			g := o.Grants[0]
			open.Grants = []store.Grant{
				{
					Case: f.id, Member: g.Member, ID: g.ID, Giver: "resp", Via: store.ViaRenewed, Epoch: 2, Day: day,
					Sealed: g.Sealed, Signature: g.Signature,
				},
			}
			return errors.Join(tx.RemoveGrants(f.id, "chair"), tx.Open(&c, open), tx.PutCase(c))
		}))
		if d := w.damage(); d == nil || d.Table != "entry" {
			t.Errorf("verify: %v", d)
		}
	})
	t.Run("taken by the operator", func(t *testing.T) {
		w, f := turned(t)
		must(t,
			w.s.Write(ctx, store.Entry{
				ID: "0b7a1c9e-0000-4000-8000-000000000004", Day: day, Kind: record.KindTermEnded, Actor: "system",
				Stream: ethics.CaseStream(f.id),
			},
				func(tx *store.Tx) error { return tx.RemoveGrants(f.id, "chair") }))
		if d := w.damage(); d == nil || d.Table != "entry" {
			t.Errorf("verify: %v", d)
		}
	})
}

// epochAt is what the operator can: an epoch with grants of nobody.
func (w *world) epochAt(f filed, n int, signer string, key ed25519.PrivateKey) {
	w.t.Helper()
	id, err := derive.New().CaseIdentity(f.id, n)
	must(w.t, err)
	to := id.Recipient().String()
	w.write("removed", f.id, func(tx *store.Tx) error {
		c, err := tx.Case(f.id)
		if err != nil {
			return err
		}
		c.Epoch = n
		e := store.Epoch{
			Case: f.id, Number: n, Recipient: to, Signer: signer, Day: day,
			Signature: seal.Epoch(install, f.id, n, to, seal.Author{ID: signer, Key: key}),
		}
		return errors.Join(tx.AddEpoch(e), tx.PutCase(c))
	})
}

// TestProposalOfOneWhoLeft: what a member proposed who then stepped aside can only
// be rejected.
func TestProposalOfOneWhoLeft(t *testing.T) {
	w := founded(t)
	w.alternate()
	f := w.three()
	_, err := w.cw.Take(ctx, w.as("resp"), f.Number, derive.New(), casework.Act{Step: "acknowledge"})
	must(t, err)
	_, err = w.cw.Take(ctx, w.as("resp"), f.Number, derive.New(), casework.Act{Step: "legal_hold_set", Reason: "court"})
	must(t, err)
	_, err = w.cw.Recuse(ctx, w.as("resp"), f.Number, derive.New(), "x")
	must(t, err)
	o, err := w.cw.Open(ctx, w.as("chair"), f.Number)
	must(t, err)
	if _, err := w.cw.Decide(ctx, w.as("chair"), f.Number, o.Open.ID, derive.New(), true, ""); err == nil {
		t.Error("approved")
	}
	if _, err := w.cw.Decide(ctx, w.as("chair"), f.Number, o.Open.ID, derive.New(), false,
		"proposed in a conflict"); err != nil {
		t.Error(err)
	}
	w.sound()
}

// TestVerifyOfTermsThatEnded: the program takes away what somebody held whose office
// was over by what was stated before. One who is suspended for some days keeps it,
// whoever writes the program's entries; and who is appointed again later on that day
// makes no damage of what was right.
func TestVerifyOfTermsThatEnded(t *testing.T) {
	w := founded(t)
	f := w.file()
	w.suspend("resp", "member")
	must(t, w.s.EndAllTerms(ctx, w.today()))
	w.sound()
	must(t,
		w.s.Write(ctx, store.Entry{
			ID: uuid.NewString(), Day: w.today(), Kind: record.KindTermEnded, Actor: ethics.ActorSystem,
			Stream: ethics.CaseStream(f.id),
		},
			func(tx *store.Tx) error { return tx.RemoveGrants(f.id, "resp") }))
	if w.damage() == nil {
		t.Error("a member who is suspended for a day lost the case for good, and verification calls it sound")
	}

	w, f = brief(t)
	before := w.holders(f)
	w.tomorrow()
	must(t, w.s.EndAllTerms(ctx, w.today()))
	if len(w.holders(f)) >= len(before) {
		t.Fatal("no term ended")
	}
	w.sound()
	r, err := w.in.Roster(ctx)
	must(t, err)
	for _, id := range before {
		m, err := r.Member(id)
		must(t, err)
		a := m.Appointments[0]
		if a.Until == "" {
			continue
		}
		a.Until, a.Statement = "", ""
		w.stateToday(appoint.KindAppointment, func(r *appoint.Roster) appoint.Statement {
			return signed(w, r.Head(appoint.KindAppointment, uuid.NewString(), w.today()), a, "resp", "member")
		})
	}
	w.sound()
}

// stateToday stores a statement of the day of the clock.
func (w *world) stateToday(kind string, st func(*appoint.Roster) appoint.Statement) {
	w.t.Helper()
	r, err := w.in.Roster(ctx)
	must(w.t, err)
	s := st(r)
	must(w.t,
		w.s.Write(ctx, store.Entry{
			ID: uuid.NewString(), Day: s.Day, Kind: record.StatedAs[kind], Actor: "x", Stream: ethics.StreamRoster,
		},
			func(tx *store.Tx) error { return tx.AddStatement(s) }))
}

// suspend keeps a member from the first office for this day, by one signature.
func (w *world) suspend(member, by string) {
	w.t.Helper()
	w.stateToday(appoint.KindSuspend, func(r *appoint.Roster) appoint.Statement {
		m, err := r.Member(member)
		must(w.t, err)
		x := appoint.Suspension{Member: member, Appointment: m.Appointments[0].Statement, Until: w.today()}
		return signed(w, r.Head(appoint.KindSuspend, uuid.NewString(), w.today()), x, by)
	})
}
