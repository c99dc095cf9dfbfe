package verify

import (
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// consultation asks of a consultation's texts whether their authors might write them, and
// whether the reporter's keys are those that it began with.
func (v *run) consultation(list []audit.Entry, rows []any, l *record.Ledger) {
	var t *record.Consultation
	for _, row := range rows {
		if r, ok := row.(*record.Consultation); ok {
			t = r
		}
	}
	if t == nil {
		return
	}
	if t.State != record.ConsultationErased && !l.Holds(t.Keys()) {
		v.spoilt(record.Consultations.Label(t), whyConsultationKeys)
	}
	f := record.ConsultationFile{Consultation: *t, Installation: v.installation}
	for _, row := range rows {
		if st, ok := row.(*ethics.SignedStatus); ok {
			f.Statuses = append(f.Statuses, *st)
		}
	}
	if err := f.Learn(list, l); err != nil {
		v.damage(ofRows(record.Consultations.Name), t.ID, because(err))
		return
	}
	if v.roster == nil {
		return
	}
	v.signed(t.ID, f.Signed(v.roster))
	for _, row := range rows {
		s, ok := row.(*record.ConsultationText)
		if !ok {
			continue
		}
		if _, err := f.Rule(v.roster)(s.Kind, s.Author, s.ID, s.Day); err != nil {
			v.spoilt(record.ConsultationTexts.Label(s), because(err))
		}
	}
}
