package verify

import (
	"errors"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/record"
)

// people checks the installation and every statement up to the founders: whose
// signatures count in all that follows.
func (v *run) people() error {
	var err error
	v.installation, err = v.raw.Installation()
	if errors.Is(err, ethics.ErrNotFound) {
		v.damage(ofRows(record.Installations.Name), "1", WhyMissing)
		err = nil
	}
	if err != nil || v.out.Head.Size == 0 {
		return err
	}
	if v.tree.streams[ethics.StreamRoster] == nil {
		v.damage(ofRows(record.Statements.Name), "0", whyNobody)
		return nil
	}
	_, l, err := v.read(ethics.StreamRoster)
	if err != nil || l == nil {
		return err
	}
	rows, err := v.rows(ethics.StreamRoster, l)
	if err != nil {
		return err
	}
	var list []appoint.Statement
	for _, row := range rows {
		s, ok := row.(*record.Stated)
		if !ok {
			continue
		}
		if len(list) == 0 && s.N > 0 && v.named["statement"] {
			return nil // the founding is named: nothing is said of those who stand on it
		}
		if err := l.Place(s, len(list)); err != nil {
			v.damage(ofRows(record.Statements.Name), s.ID, because(err))
		}
		list = append(list, s.Statement)
	}
	v.statements(list)
	return nil
}

func (v *run) statements(list []appoint.Statement) {
	if len(list) == 0 {
		v.damage(ofRows(record.Statements.Name), "0", whyNobody)
		return
	}
	founders := appoint.Digest(list[0].Body)
	if v.o.Founders != nil {
		founders = *v.o.Founders
	} else {
		v.out.Notes = append(v.out.Notes,
			"no founders' digest from outside was given: the founding in the database is taken at its word")
	}
	roster, err := appoint.Read(founders, list)
	if err == nil && record.FoundedHere(roster, v.installation) != nil {
		v.damage(ofRows(record.Statements.Name), list[0].ID, whyFounders)
		return
	}
	if err == nil {
		v.roster = roster
		return
	}
	// Name the first statement with which reading fails; whoever was appointed
	// before it still counts.
	for n := 1; n <= len(list); n++ {
		roster, err := appoint.Read(founders, list[:n])
		if err != nil {
			v.damage(ofRows(record.Statements.Name), list[n-1].ID, because(err))
			return
		}
		v.roster = roster
	}
}
