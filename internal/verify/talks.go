package verify

import (
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// talk asks of a consultation's texts whether their authors might write them, and
// whether the reporter's keys are those that it began with.
func (v *run) talk(list []audit.Entry, rows []any, l *record.Ledger) {
	var t *record.Talk
	for _, row := range rows {
		if r, ok := row.(*record.Talk); ok {
			t = r
		}
	}
	if t == nil {
		return
	}
	if t.State != record.TalkErased && !l.Holds(t.Keys()) {
		v.spoilt(record.Talks.Label(t), whyTalkKeys)
	}
	f := record.TalkFile{Talk: *t, Installation: v.installation}
	for _, row := range rows {
		if st, ok := row.(*ethics.SignedStatus); ok {
			f.Statuses = append(f.Statuses, *st)
		}
	}
	if err := f.Learn(list, l); err != nil {
		v.damage(ofRows(record.Talks.Name), t.ID, because(err))
		return
	}
	if v.roster == nil {
		return
	}
	v.signed(t.ID, f.Signed(v.roster))
	for _, row := range rows {
		s, ok := row.(*record.Said)
		if !ok {
			continue
		}
		if _, err := f.Rule(v.roster)(s.Kind, s.Author, s.ID, s.Day); err != nil {
			v.spoilt(record.Texts.Label(s), because(err))
		}
	}
}
