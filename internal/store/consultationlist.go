package store

import (
	"cmp"
	"slices"
	"strings"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// Where a consultation stands: the order of the trust persons' list.
const (
	StandsNew      = iota // nobody has answered yet
	StandsWaits           // the reporter wrote last
	StandsAnswered        // a trust person wrote last
	StandsEnded
)

// ListedConsultation is a consultation in the list of one of its trust persons.
type ListedConsultation struct {
	Consultation
	Stands int
}

// ConsultationKey is a place in that list: by where they stand, then the longest untouched
// first. The page behind it is meant or, with Back, the page before it.
type ConsultationKey struct {
	Stands          int
	Changed, Number string
	Back            bool
}

// Place is where a consultation stands in the list.
func (t ListedConsultation) Place() ConsultationKey {
	return ConsultationKey{Stands: t.Stands, Changed: t.Changed, Number: t.Number}
}

func compareConsultations(a, b ListedConsultation) int {
	return cmp.Or(cmp.Compare(a.Stands, b.Stands), strings.Compare(a.Changed, b.Changed),
		strings.Compare(a.Number, b.Number))
}

// ofParty are the consultations of an institution in which a member takes part,
// with where each stands by the texts that both read ($1), but for erased ones.
const ofParty = `with c as (select id, number, locator, institution, parties, state, received, changed,
	until, recipient, verifier,
	case when state = 'ended' then 3
		when not exists (select 1 from consultation_text t
			where t.consultation_id = consultation.id and t.kind = $1 and t.author <> 'reporter') then 0
		when (select t.author from consultation_text t
			where t.consultation_id = consultation.id and t.kind = $1
			order by t.sequence desc limit 1) = 'reporter' then 1
		else 2 end as stands
	from consultation where institution = $2 and state <> 'erased' and ' ' || parties || ' ' like '% ' || $3 || ' %') `

const (
	consultationColumns = `select id, number, locator, institution, parties, state, received, changed, until, recipient,
		verifier, stands from c `
	consultationsBehind = ofParty + consultationColumns +
		`where (stands, changed, number) > ($4, $5, $6) order by stands, changed, number limit $7`
	consultationsAhead = ofParty + consultationColumns +
		`where (stands, changed, number) < ($4, $5, $6) order by stands desc, changed desc, number desc limit $7`
)

// ListConsultations are at most so many consultations of a trust person in some institutions,
// from a place on.
func (tx *ReadTx) ListConsultations(
	member string, institutions []string, at ConsultationKey, limit int,
) ([]ListedConsultation, error) {
	if at.Back {
		out, err := tx.listConsultations(consultationsAhead, member, institutions, at, limit)
		return out[max(len(out)-limit, 0):], err
	}
	out, err := tx.listConsultations(consultationsBehind, member, institutions, at, limit)
	return out[:min(len(out), limit)], err
}

func (tx *ReadTx) listConsultations(
	query, member string, institutions []string, at ConsultationKey, limit int,
) ([]ListedConsultation, error) {
	var out []ListedConsultation
	for _, place := range institutions {
		err := tx.c.each(query, []any{ethics.KindConsultation, place, member, at.Stands, at.Changed, at.Number, limit},
			func(scan func(...any) error) error {
				var t ListedConsultation
				err := scan(append(record.Consultations.Fields(&t.Consultation), &t.Stands)...)
				out = append(out, t)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, compareConsultations)
	return out, nil
}

// CountListedConsultations counts what ListConsultations lists: all of it, and what comes before a place.
func (tx *ReadTx) CountListedConsultations(
	member string, institutions []string, at ConsultationKey,
) (total, before int, err error) {
	for _, place := range institutions {
		var n, ahead int
		err := tx.c.one(ofParty+
			`select count(*), coalesce(sum(case when (stands, changed, number) < ($4, $5, $6) then 1 else 0 end), 0)
			from c`,
			[]any{ethics.KindConsultation, place, member, at.Stands, at.Changed, at.Number}, &n, &ahead)
		if err != nil {
			return 0, 0, err
		}
		total, before = total+n, before+ahead
	}
	return total, before, nil
}

// ConsultationsToEnd are ids of open consultations in which nobody wrote since a day, in
// order, behind one; ConsultationsToErase those of ended ones whose time is over.
func (tx *ReadTx) ConsultationsToEnd(since ethics.Day, after string, limit int) ([]string, error) {
	return tx.ids(`select id from consultation where state = 'open' and changed <= $1 and id > $2 order by id limit $3`,
		since, after, limit)
}

// ConsultationsToErase: see ConsultationsToEnd.
func (tx *ReadTx) ConsultationsToErase(day ethics.Day, after string, limit int) ([]string, error) {
	return tx.ids(`select id from consultation where state = 'ended' and until <= $1 and id > $2 order by id limit $3`,
		day, after, limit)
}
