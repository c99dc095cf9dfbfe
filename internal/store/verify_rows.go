package store

import (
	"encoding/json"
	"errors"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// rows checks what belongs to no case: installation, statements, members,
// checkpoints.
func (v *verification) rows() error {
	var err error
	v.installation, err = (&ReadTx{c: v.c, s: v.s}).installationRow()
	if errors.Is(err, ethics.ErrNotFound) {
		return &Damage{"installation", "1", whyMissing}
	}
	if err != nil {
		return err
	}
	// Before the founding the log is empty and the installation stands alone.
	if v.out.Head.Size > 0 {
		if err := match(v.labels, installationItem(v.installation)); err != nil {
			return err
		}
	}
	if err := v.statements(); err != nil {
		return err
	}
	if err := v.members(); err != nil {
		return err
	}
	if err := v.checkpointRows(); err != nil {
		return err
	}
	if err := v.gifts(); err != nil {
		return err
	}
	if err := v.lessons(); err != nil {
		return err
	}
	return rest(v.labels)
}

// statements checks their rows, then their signatures up to the founders.
func (v *verification) statements() error {
	var list []appoint.Statement
	err := v.c.each(`select n, id, kind, body, signatures, day from statement order by n`, nil, func(scan func(...any) error) error {
		var n int
		var s appoint.Statement
		var sigs []byte
		if err := scan(&n, &s.ID, &s.Kind, &s.Body, &sigs, &s.Day); err != nil {
			return err
		}
		if err := match(v.labels, item("statement:"+s.ID, n, s.ID, s.Kind, s.Body, sigs, s.Day)); err != nil {
			return err
		}
		if err := json.Unmarshal(sigs, &s.Signatures); err != nil {
			return &Damage{"appointment", s.ID, "signatures cannot be read"}
		}
		if err := placed(&s, v.stating["statement:"+s.ID]); err != nil {
			return &Damage{"appointment", s.ID, err.Error()}
		}
		list = append(list, s)
		return nil
	})
	if err != nil || v.out.Head.Size == 0 {
		return err
	}
	return v.appointments(list)
}

func (v *verification) appointments(list []appoint.Statement) error {
	if len(list) == 0 {
		return &Damage{"appointment", "0", "the log has entries, but nobody was appointed"}
	}
	founders := appoint.Digest(list[0].Body)
	if v.o.Founders != nil {
		founders = *v.o.Founders
	} else {
		v.out.Notes = append(v.out.Notes, "no founders' digest from outside was given: the founding in the database is taken at its word")
	}
	roster, err := appoint.Read(founders, list)
	if err == nil && foundedHere(roster, v.installation) != nil {
		return &Damage{"appointment", list[0].ID, "founders of another installation, salt or keys"}
	}
	if err == nil {
		v.roster = roster
		return nil
	}
	// Name the first statement with which reading fails.
	for n := 1; n < len(list); n++ {
		if _, err := appoint.Read(founders, list[:n]); err != nil {
			return &Damage{"appointment", list[n-1].ID, err.Error()}
		}
	}
	return &Damage{"appointment", list[len(list)-1].ID, err.Error()}
}

func (v *verification) members() error {
	return v.c.each(memberColumns+`order by id`, nil, func(scan func(...any) error) error {
		var m Member
		if err := scan(&m.ID, &m.Email, &m.Params, &m.Secret, &m.TOTP, &m.FoundersCopy, &m.Confidential); err != nil {
			return err
		}
		return match(v.labels, memberItem(m))
	})
}

func (v *verification) checkpointRows() error {
	return v.c.each(`select day, size, note from checkpoint order by day`, nil, func(scan func(...any) error) error {
		var c Checkpoint
		if err := scan(&c.Day, &c.Size, &c.Note); err != nil {
			return err
		}
		return match(v.labels, checkpointItem(c))
	})
}
