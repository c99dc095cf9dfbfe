package store

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// TestTwoDecideOrNobodyDid: what takes two people counts with the proposal of
// another who might, approved in the very write of the status.
func TestTwoDecideOrNobodyDid(t *testing.T) {
	for name, x := range map[string]struct {
		proposer, step, approver, verdict string

		apart, good bool
	}{
		"two people":               {"anna", "not_examine", "berta", "approved", false, true},
		"nobody proposed":          {"", "", "", "", false, false},
		"one whose office may not": {"carl", "not_examine", "berta", "approved", false, false},
		"one person, by two ids":   {"twin", "not_examine", "berta", "approved", false, false},
		"approved before":          {"anna", "not_examine", "berta", "approved", true, false},
		"another act":              {"anna", "recognise", "berta", "approved", false, false},
		"rejected":                 {"anna", "not_examine", "berta", "rejected", false, false},
		"approved by a third":      {"anna", "not_examine", "carl", "approved", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t)
			twin := w.appointment("twin", appoint.RoleResponsible)
			twin.Name = "N berta"
			w.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(w.sign(appoint.KindAppointment, twin, "anna", "carl")) })
			f := w.file()
			w.acts(f, "acknowledge", "anna", to("triage", "acknowledged"))
			st := w.next(f, "not_examine", "berta", to("returned"))
			id := "p" + f.ID + "2"
			w.forge(f.ID, func(tx *Tx, c *ethics.Case) error {
				if err := tx.DecideProposal("p"+f.ID, "berta", "rejected"); err != nil || x.proposer == "" {
					return err
				}
				return tx.AddProposal(Proposal{ID: id, Case: c.ID, Step: x.step, Proposer: x.proposer, State: "open", Day: today})
			})
			approve := func(tx *Tx, _ *ethics.Case) error { return tx.DecideProposal(id, x.approver, x.verdict) }
			if x.apart {
				w.forge(f.ID, approve)
			}
			w.forge(f.ID, func(tx *Tx, c *ethics.Case) error {
				var err error
				if x.proposer != "" && !x.apart {
					err = approve(tx, c)
				}
				c.State, c.Due, c.DueID = "returned", "", ""
				return errors.Join(err, tx.AddStatus(*st), tx.AddEvents(c.ID, ethics.Event{Name: "returned", Day: today}))
			})
			if x.good {
				w.sound()
				if c, err := w.caseFile(f.ID, true); err != nil || c.State != "returned" {
					t.Error(c.State, err)
				}
				return
			}
			if c, err := w.caseFile(f.ID, true); !errors.Is(err, ethics.ErrUntrusted) {
				t.Errorf("the reporter is told %q, %v", c.State, err)
			}
			if w.verify(VerifyOptions{Founders: &w.founders}).Damage == nil {
				t.Error("sound")
			}
		})
	}
}

// TestTermsEndWhereTheCaseIs: whose term is over is asked of the institution that
// was signed, not of a row that says another for an hour.
func TestTermsEndWhereTheCaseIs(t *testing.T) {
	w := founded(t)
	states := func(in appoint.Institution) {
		w.write("stated", "", func(tx *Tx) error { return tx.AddStatement(w.sign(appoint.KindInstitution, in, "anna", "carl")) })
	}
	states(appoint.Institution{ID: "middle", Name: "Middle", Alternate: "home", Stated: "2026-01-01"})
	for member, signers := range map[string][]string{"anna": {"berta", "carl"}, "carl": {"anna", "berta"}} {
		id, err := w.people[member].MemberIdentity()
		must(t, err)
		a := appoint.Appointment{
			Member: member, Name: "N " + member, Institution: "middle", Roles: []string{appoint.RoleMember}, From: "2026-01-01", Stated: "2026-01-01",
			Recipient: id.Recipient().String(), Verifier: w.people[member].MemberSigner().Public().(ed25519.PublicKey),
		}
		w.write("appointed", "", func(tx *Tx) error { return tx.AddStatement(w.sign(appoint.KindAppointment, a, signers...)) })
	}
	states(appoint.Institution{ID: "other", Name: "Other", Alternate: "middle", Stated: "2026-01-01"}) // where anna handles cases and berta none
	f := w.file()
	grants := w.count(`select count(*) from case_grant where case_id = ?`, f.ID)
	w.exec(`update cases set institution = 'other' where id = ?`, f.ID)
	if err := w.s.EndAllTerms(t.Context(), today); !errors.Is(err, ethics.ErrUntrusted) {
		t.Errorf("ended terms: %v", err)
	}
	if n := w.count(`select count(*) from case_grant where case_id = ?`, f.ID); n != grants {
		t.Errorf("%d grants of %d are left", n, grants)
	}
}
