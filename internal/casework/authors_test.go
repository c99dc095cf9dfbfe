package casework_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/seal"
	"svilpe/internal/store"
)

// TestWhoDoesNotHoldTheCaseIsNoAuthor: a member in office whom the reporter excluded,
// who stepped aside, or whose institution was the alternate once, and the operator, who
// can write entries, neither speak to the reporter nor move the case. A case's public
// keys are in the clear, so that anybody can seal to them.
func TestWhoDoesNotHoldTheCaseIsNoAuthor(t *testing.T) {
	for who, arrange := range map[string]func(*world) filed{
		"resp2": func(w *world) filed {
			w.appoint("resp2", "home", appoint.RoleResponsible, "", "resp", "chair")
			return w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"resp2"} })
		},
		"member": func(w *world) filed {
			f := w.three()
			must2(w.t)(w.cw.Recuse(ctx, w.as("member"), f.Number, derive.New(), "cousin"))
			return f
		},
		"up_resp": func(w *world) filed {
			w.alternate()
			state(w, appoint.KindInstitution, appoint.Institution{ID: "third", Name: "Third", Alternate: "home"},
				"resp", "chair")
			state(w, appoint.KindInstitution, appoint.Institution{ID: "home", Name: "Town", Alternate: "third"},
				"resp", "chair")
			w.tomorrow()
			return w.file()
		},
	} {
		t.Run(who, func(t *testing.T) {
			w := founded(t)
			f := arrange(w)
			id := w.put(f, ethics.KindMessage, ethics.Message{Text: "FORGED: meet me"}, w.by(who), true)
			view, err := w.dia.View(ctx, w.visit(f))
			must(t, err)
			for _, m := range view.Messages {
				if m.ID == id && !m.Untrusted {
					t.Errorf("the reporter reads %q", m.Text)
				}
			}
			w.stated("chair", f)
			if !w.thread("chair", f)[id].Untrusted {
				t.Error("the members believe it")
			}
			if w.damage() == nil {
				t.Error("verification calls it sound")
			}
		})
	}
	w := founded(t)
	w.appoint("resp2", "home", appoint.RoleResponsible, "", "resp", "chair")
	f := w.filedAs(func(r *ethics.Report) { r.Excluded = []string{"resp2"} })
	w.stated("resp", f)
	w.steps(f, "", w.by("resp2"), ethics.Step{
		ID: "acknowledge", From: "received", To: "triage",
	}, func(s *ethics.Status) {
		s.Events = []ethics.EventKind{"acknowledged", "triage"}
	})
	w.refused(f)
}

// TestAGrantThatNobodyGave: a member in office who was never given the case, and the
// operator, who puts a grant there with a true entry. It opens nothing itself; but who
// holds the case gets the key of every next epoch from whoever opens that, a colleague
// or the reporter. Nobody writes there any more, and verification names the row.
func TestAGrantThatNobodyGave(t *testing.T) {
	for name, forge := range map[string]func(*world, filed) store.Grant{
		"in a colleague's name": func(*world, filed) store.Grant {
			return store.Grant{Giver: "resp", Via: store.ViaAssigned, Signature: []byte("nobody's")}
		},
		"signed by who is given it": func(w *world, f filed) store.Grant {
			g := store.Grant{Giver: "temp", Via: store.ViaAssigned}
			g.Signature = seal.SignGrant(w.place(w.caseFile(f)), "forged", "temp", g.Via, w.by("temp"))
			g.Giver = "resp"
			return g
		},
		"a colleague's for somebody else": func(w *world, f filed) store.Grant {
			must2(w.t)(w.cw.Assign(ctx, w.stated("resp", f), f.Number, derive.New(), []string{"member"}, "examine"))
			for _, g := range w.caseFile(f).Grants {
				if g.Member == "member" {
					return g
				}
			}
			return store.Grant{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			w.appoint("temp", "home", appoint.RoleMember, "", "resp", "chair")
			f := w.file()
			v := w.visit(f)
			w.stated("chair", f)
			g := forge(w, f)
			g.Case, g.Member, g.ID, g.Day, g.Sealed = f.id, "temp", "forged", w.today(), []byte("opens nothing")
			w.write("granted", f.id, func(tx *store.Tx) error { return tx.AddGrants(g) })
			w.untrusted("a colleague leaves", func() error {
				return second(w.cw.Recuse(ctx, w.as("chair"), f.Number, derive.New(), "cousin"))
			})
			if d := w.damage(); d == nil || d.Table != "grant" {
				t.Errorf("verification names %v", d)
			}
			w.write(record.KindTermEnded, f.id, func(tx *store.Tx) error { return tx.RemoveGrants(f.id, "chair") })
			w.untrusted("the reporter writes", func() error {
				return second(w.dia.Send(ctx, v, derive.New(), "SECRET", nil))
			})
			if n := w.count(`select count(*) from case_grant where member_id = 'temp' and epoch > 0`); n != 0 {
				t.Errorf("given %d keys of the next epoch", n)
			}
		})
	}
}

// TestLaterStatementsTakeNothingBack: what was right by the roster before its entry
// stays so when an office ends later on that day, or two turn out to be one person.
func TestLaterStatementsTakeNothingBack(t *testing.T) {
	w := founded(t)
	w.appoint("resp2", "home", appoint.RoleResponsible, "", "resp", "chair")
	f := w.three()
	must2(t)(w.cw.Exclude(ctx, w.as("chair"), f.Number, derive.New(), "member", "named in the report"))
	w.endOffice("chair", "resp", "member")
	for _, i := range w.look("resp", f).Thread {
		if i.Untrusted {
			t.Errorf("%s of %s cannot be trusted, whose office ended later on that day", i.Kind, i.Author)
		}
	}
	w.sound()

	w = founded(t)
	w.appoint("third", "home", appoint.RoleMember, "", "resp", "chair")
	f = w.fileThis(w.whistleblower())
	request := w.lent(w.stated("resp", f), w.stated("chair", f), f, casework.Act{Step: "renew_vault", Reason: "x"})
	must(t, w.cw.RenewVault(ctx, w.as("resp"), f.Number, request, derive.New()))
	state(w, appoint.KindSame, appoint.Same{Members: [2]string{"chair", "resp"}}, "member", "third")
	w.sound()

	w = founded(t)
	w.appoint("auditor", "home", appoint.RoleAuditor, "", "resp", "chair")
	w.keys()
	f = w.old()
	w.clock = w.clock.AddDate(5, 0, 2)
	must(t, errors.Join(w.cw.SignErasure(ctx, w.as("resp"), f.Number),
		w.cw.SignErasure(ctx, w.as("auditor"), f.Number)))
	w.endOffice("resp", "chair", "member")
	w.sound()
}

// endOffice ends a member's first office on this day.
func (w *world) endOffice(id string, by ...string) {
	w.t.Helper()
	w.stateToday(appoint.KindEnd, func(r *appoint.Roster) appoint.Statement {
		m, err := r.Member(id)
		must(w.t, err)
		x := appoint.Ending{Member: id, Appointment: m.Appointments[0].Statement}
		return signed(w, r.Head(appoint.KindEnd, uuid.NewString(), w.today()), x, by...)
	})
}
