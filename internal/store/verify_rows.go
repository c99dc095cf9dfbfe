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
	switch {
	case errors.Is(err, ethics.ErrNotFound):
		err = &Damage{"installation", "1", whyMissing}
	case err == nil && v.out.Head.Size > 0:
		// Before the founding the log is empty and the installation stands alone.
		err = match(v.labels, installationItem(v.installation))
	}
	v.unsure = err != nil
	if err := v.found(err); err != nil {
		return err
	}
	for _, rows := range []func() error{v.statements, v.members, v.checkpointRows, v.gifts, v.lessons} {
		if err := v.found(rows()); err != nil {
			return err
		}
	}
	return v.missing(v.labels, "")
}

// statements checks their rows, then the signatures of the sound ones up to the
// founders. Where one was changed or is gone nobody's part can be judged: that is
// said, and no author is accused.
func (v *verification) statements() error {
	var list []appoint.Statement
	err := v.c.each(`select n, id, kind, body, signatures, day from statement order by n`, nil, v.every(func(scan func(...any) error) error {
		var n int
		var s appoint.Statement
		var sigs []byte
		if err := scan(&n, &s.ID, &s.Kind, &s.Body, &sigs, &s.Day); err != nil {
			return err
		}
		_, logged := v.labels["statement:"+s.ID]
		if err := match(v.labels, item("statement:"+s.ID, n, s.ID, s.Kind, s.Body, sigs, s.Day)); err != nil {
			v.unsure = v.unsure || logged
			return err
		}
		if err := json.Unmarshal(sigs, &s.Signatures); err != nil {
			return &Damage{"appointment", s.ID, "signatures cannot be read"}
		}
		list = append(list, s)
		return nil
	}))
	before := v.out.Faults()
	if err == nil {
		err = v.missing(v.labels, "statement:")
	}
	if err != nil || v.out.Head.Size == 0 {
		return err
	}
	if v.unsure = v.unsure || v.out.Faults() > before; !v.unsure {
		err = v.appointments(list)
		v.unsure = err != nil
	}
	if v.unsure {
		v.out.Notes = append(v.out.Notes, "installation or appointments are damaged: authors and signatures were not judged")
	}
	return err
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
	if err == nil && roster.Founding.Installation != v.installation.ID {
		return &Damage{"appointment", list[0].ID, "founders of another installation"}
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
	return v.c.each(memberColumns+`order by id`, nil, v.every(func(scan func(...any) error) error {
		var m Member
		if err := scan(&m.ID, &m.Email, &m.Params, &m.Secret, &m.TOTP, &m.FoundersCopy, &m.Confidential); err != nil {
			return err
		}
		return match(v.labels, memberItem(m))
	}))
}

func (v *verification) checkpointRows() error {
	return v.c.each(`select day, size, note from checkpoint order by day`, nil, v.every(func(scan func(...any) error) error {
		var c Checkpoint
		if err := scan(&c.Day, &c.Size, &c.Note); err != nil {
			return err
		}
		return match(v.labels, checkpointItem(c))
	}))
}
