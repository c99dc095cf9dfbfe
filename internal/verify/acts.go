package verify

import (
	"slices"
	"strconv"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/record"
)

// What the program does by itself, under its own name, is a closed table: which
// rows it may touch, and when that is due. Whoever holds the log key can write an
// entry of the program's, but not one that was not due.

// act is one of the program's own.
type act struct {
	may map[string]string // kind of a label, and what may be done to it: audit.Op bytes
	due func(*run, *record.CaseFile, audit.Entry) Why
}

var acts = map[audit.EntryKind]act{
	record.KindTermEnded: {
		may: map[string]string{
			record.Grants.Name: "-", record.Grants.Info.Again: "-", record.Shares.Name: "-", record.Requests.Name: "=",
		},
		due: termsEnded,
	},
	record.KindLoanLapsed: {may: map[string]string{record.Requests.Name: "="}, due: loansLapsed},
	record.KindIdentityErased: {
		may: map[string]string{
			record.Vaults.Name: "-", record.Shares.Name: "-", record.Requests.Name: "=",
			record.Events.Name: "+", record.Cases.Name: "=",
		},
		due: identityErased,
	},
	record.KindDistrusted: {},
}

// systems checks the program's own acts in a case.
func (v *run) systems(f *record.CaseFile, list []audit.Entry) {
	for _, e := range list {
		if e.Actor != ethics.ActorSystem {
			continue
		}
		why := whyf("the program has no act %s", e.Kind)
		if a, known := acts[e.Kind]; known {
			why = a.touches(e)
			if why == "" && a.due != nil {
				why = a.due(v, f, e)
			}
		}
		if why != "" {
			v.damage(PartEntry, strconv.FormatInt(e.Index, 10), why)
		}
	}
}

func (a act) touches(e audit.Entry) Why {
	for _, c := range e.Changes {
		if !slices.Contains([]byte(a.may[record.KindOf(c.Label)]), byte(c.Op)) {
			return whyf("the program does not touch %s when %s", c.Label, e.Kind)
		}
	}
	return ""
}

func termsEnded(v *run, f *record.CaseFile, e audit.Entry) Why {
	for _, c := range e.Changes {
		member := record.MemberOf(c.Label)
		if member != "" && v.keeps(f, member, e) {
			return whyf("takes away what %s held, in whose term it was", member)
		}
	}
	return ""
}

func loansLapsed(_ *run, f *record.CaseFile, e audit.Entry) Why {
	for _, c := range e.Changes {
		for n := range f.Requests {
			r := &f.Requests[n]
			if record.Requests.Label(r) == c.Label && r.Until >= e.Day {
				return whyLoan
			}
		}
	}
	return ""
}

// identityErased computes the time of keeping anew, from the events that stood
// before the entry.
func identityErased(v *run, f *record.CaseFile, e audit.Entry) Why {
	var before []ethics.Event
	for n, x := range f.Events {
		label := record.Events.Label(&record.Event{Case: f.ID, N: n})
		if f.Ledger().Born[label] < e.Number {
			before = append(before, x)
		}
	}
	last, running := v.policy.IdentityKept(f.Track, policy.Events(before))
	if !running || string(last) >= e.Day {
		return whyIdentity
	}
	return ""
}

// consultationActs checks what the program did in a consultation: it ends one in which
// nobody wrote for long, and erases one that ended long enough ago, whatever was
// noted since. What is open it does not erase.
func (v *run) consultationActs(list []audit.Entry) {
	last, ended, statuses := "", false, 0 // last is the day of the newest text, or of the end
	for _, e := range list {
		renews, says, erases := false, false, false
		for _, c := range e.Changes {
			kind := record.KindOf(c.Label)
			renews = renews || kind == record.Consultations.Name && c.Op == audit.Renewed
			says = says || kind == record.ConsultationTexts.Name && c.Op == audit.Added
			erases = erases || c.Op == audit.Ended
			if kind == record.Statuses.Name && c.Op == audit.Added {
				statuses++
			}
		}
		system := e.Actor == ethics.ActorSystem && len(e.Changes) > 0
		if system {
			least := v.policy.Consultations.IdleDays
			if erases {
				least = v.policy.Consultations.KeepDays
			}
			if says || erases != ended || last == "" || policy.Day(last).DaysUntil(policy.Day(e.Day)) < least {
				v.damage(PartEntry, strconv.FormatInt(e.Index, 10), whyConsultation)
			}
		}
		if !ended && (renews || says) {
			last = e.Day
		}
		ended = ended || statuses > 1 || system && renews
	}
}
