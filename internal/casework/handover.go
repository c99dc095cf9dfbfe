package casework

import (
	"context"
	"errors"
	"slices"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/policy"
	"svilpe/internal/routing"
	"svilpe/internal/store"
)

// Handed counts what became of a leaving member's open cases. Numbers only: which
// case a receiver is barred from is nobody's to know from a list.
type Handed struct {
	Given     int // the receiver has them now
	Held      int // the receiver had them before: only taken from the leaver
	Barred    int // the receiver was excluded, or stepped aside
	Elsewhere int // of an institution whose cases the receiver does not handle
	Refused   int // cannot be trusted, or fewer than two would be left
}

// Handable are the members who may take over the cases of one who leaves: those
// who handle cases in an institution where that member does, before those of its
// alternate.
func (s *Service) Handable(who *appoint.Acting, from string) []appoint.Member {
	var out []appoint.Member
	for _, in := range who.Roster.Institutions() {
		if !who.Roster.Handles(from, in.ID, s.today()) {
			continue
		}
		for _, m := range routing.Handlers(who.Roster, in.ID, s.today()) {
			if m.ID != from && !among(out, m.ID) {
				out = append(out, m)
			}
		}
	}
	return out
}

// Leaver is a colleague whose term ends soon.
type Leaver struct {
	appoint.Member
	Until ethics.Day // the last day in office
}

// Leavers are the members whose cases this one may hand over: nobody for who is
// neither chair nor responsible person; else colleagues whose term ends soon.
func (s *Service) Leavers(who *appoint.Acting) []Leaver {
	if !who.Has(appoint.RoleChair, appoint.RoleResponsible) {
		return nil
	}
	var out []Leaver
	day := s.today()
	soon := string(policy.Day(day).AddPeriod(policy.Days(s.Policy.Spans.TermEnds)))
	for _, m := range s.Handable(who, who.ID) {
		for _, a := range m.Appointments {
			if appoint.InTerm(a, day) && a.Until != "" && a.Until <= soon {
				out = append(out, Leaver{m, a.Until})
				break
			}
		}
	}
	return out
}

// OpenCases are how many open cases of from this member can hand over.
func (s *Service) OpenCases(ctx context.Context, who *appoint.Acting, from string) (int, error) {
	list, err := s.openCases(ctx, who, from)
	return len(list), err
}

// openCases are the register numbers: of one's own all, of another's those that
// this member has opened too.
func (s *Service) openCases(ctx context.Context, who *appoint.Acting, from string) ([]string, error) {
	var out []string
	err := s.Store.Read(ctx, func(tx *store.ReadTx) error {
		numbers, err := tx.HeldBy(from, s.Policy.Over())
		if err != nil {
			return err
		}
		for _, number := range numbers {
			_, g, err := s.find(tx, who, number)
			if errors.Is(err, ethics.ErrNotFound) || err == nil && who.ID != from && !g.Stated {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, number)
		}
		return nil
	})
	return out, err
}

// HandOver takes every open case from a member who leaves and gives it to another,
// each in a transaction of its own: what a crash leaves undone the same form does
// when it is sent again. The leaver's own session gives what that member never
// opened, unseen. It bars nobody.
func (s *Service) HandOver(
	ctx context.Context, who *appoint.Acting, from, to string, draft derive.Secret,
) (Handed, error) {
	var done Handed
	if from != who.ID && !slices.ContainsFunc(s.Leavers(who), func(l Leaver) bool { return l.ID == from }) {
		return done, ethics.ErrNotFound
	}
	if !among(s.Handable(who, from), to) {
		return done, ethics.FieldErrors{{Field: "to", Kind: ethics.FaultOption}}
	}
	numbers, err := s.openCases(ctx, who, from)
	if err != nil {
		return done, err
	}
	for _, number := range numbers {
		var had bool
		_, err := s.remove(ctx, who, number, draft, from == who.ID, true, func(o *Opened) (removalPlan, error) {
			var err error
			var d removalPlan
			d, had, err = s.planHandOver(o, from, to)
			return d, err
		})
		switch {
		case err == nil && had:
			done.Held++
		case err == nil:
			done.Given++
		case errors.Is(err, errHeld):
			done.Held++
		case errors.Is(err, errBarred):
			done.Barred++
		case errors.Is(err, errElsewhere):
			done.Elsewhere++
		case errors.Is(err, ethics.ErrUntrusted), errors.Is(err, ethics.ErrNobodyToSeal),
			errors.Is(err, ethics.ErrNotFound), errors.Is(err, ethics.ErrBusy),
			errors.Is(err, ErrWaits):
			done.Refused++
		default:
			return done, err
		}
	}
	return done, nil
}

var (
	errBarred    = errors.New("casework: barred from this case")
	errHeld      = errors.New("casework: nothing to give and nothing to take")
	errElsewhere = errors.New("casework: handles no cases of this institution")
)

func (s *Service) planHandOver(o *Opened, from, to string) (removalPlan, bool, error) {
	if from != o.Me.ID && !s.Policy.Allowed(o.Me, "assign_examiners") {
		return removalPlan{}, false, ethics.ErrNotFound
	}
	d := removalPlan{Removal: ethics.Removal{Why: ethics.WhyHanded, Members: []string{from}}}
	if from != o.Me.ID && s.needsTwo(o, d.Members) {
		d.Members = nil // given, and not taken: the leaver's own key ends with the term
	}
	if slices.Contains(o.file.Holders(), to) {
		if len(d.Members) == 0 {
			return d, true, errHeld
		}
		return d, true, nil
	}
	if err := o.exclusionsKnown(); err != nil {
		return d, false, err
	}
	if o.roster.Among(o.barred(), to) {
		return d, false, errBarred
	}
	if !among(routing.Handlers(o.roster, o.Institution, s.today()), to) {
		return d, false, errElsewhere
	}
	m, err := o.roster.Member(to)
	d.chosen = []appoint.Member{m}
	return d, false, err
}
