package store

import (
	"time"

	"svilpe/internal/ethics"
)

// Session is a member's signed-in visit.
type Session struct {
	Hash    []byte // SHA-256 of the cookie
	Member  string
	Sealed  []byte // member secret, under a key from the cookie
	Started int64  // unix ms, on the grid
	Seen    int64
}

// AddSession stores one.
func (tx *ScratchTx) AddSession(s Session) error {
	return tx.c.run(
		`insert into tmp_session (hash, member_id, sealed, started_ms, seen_ms) values ($1, $2, $3, $4, $5)`,
		s.Hash, s.Member, s.Sealed, OnGrid(s.Started), OnGrid(s.Seen))
}

// TouchSession keeps an active session from idling out.
func (tx *ScratchTx) TouchSession(hash []byte, now int64) error {
	return tx.c.run(`update tmp_session set seen_ms = $1 where hash = $2`, OnGrid(now), hash)
}

// DropSession ends one.
func (tx *ScratchTx) DropSession(hash []byte) error {
	tx.s.leaving.Store(true)
	return tx.c.run(`delete from tmp_session where hash = $1`, hash)
}

// DropSessions ends a member's sessions but one (none is kept when except is nil).
func (tx *ScratchTx) DropSessions(member string, except []byte) error {
	if except == nil {
		except = []byte{}
	}
	tx.s.leaving.Store(true)
	return tx.c.run(`delete from tmp_session where member_id = $1 and hash <> $2`, member, except)
}

// Session finds one by the cookie's hash.
func (tx *ReadTx) Session(hash []byte) (Session, error) {
	s := Session{Hash: hash}
	err := tx.c.one(`select member_id, sealed, started_ms, seen_ms from tmp_session where hash = $1`, []any{hash},
		&s.Member, &s.Sealed, &s.Started, &s.Seen)
	return s, err
}

// SessionCount is how many sessions a member has.
func (tx *ReadTx) SessionCount(member string) (int, error) {
	var n int
	err := tx.c.one(`select count(*) from tmp_session where member_id = $1`, []any{member}, &n)
	return n, err
}

// CaseSession is a reporter's visit. It has no last-seen time; its ends lie on
// a grid of five minutes.
type CaseSession struct {
	Hash   []byte
	Case   string
	Sealed []byte // reporter secret, under a key from the cookie
	Ends   int64  // unix ms: idle end, moved on while the reporter is there
	Last   int64  // unix ms: absolute end
}

// AddCaseSession stores one.
func (tx *ScratchTx) AddCaseSession(s CaseSession) error {
	return tx.c.run(
		`insert into tmp_case_session (hash, case_id, sealed, ends_ms, last_ms) values ($1, $2, $3, $4, $5)`,
		s.Hash, s.Case, s.Sealed, OnGrid(s.Ends), OnGrid(s.Last))
}

// MoveCaseSession moves the idle end of one on; ErrNotFound when it was left
// meanwhile: a visit that was left never comes back.
func (tx *ScratchTx) MoveCaseSession(hash []byte, ends int64) error {
	n, err := tx.c.count(`update tmp_case_session set ends_ms = $1 where hash = $2`, OnGrid(ends), hash)
	if err == nil && n != 1 {
		err = ethics.ErrNotFound
	}
	return err
}

// DropCaseSession ends one.
func (tx *ScratchTx) DropCaseSession(hash []byte) error {
	tx.s.leaving.Store(true)
	return tx.c.run(`delete from tmp_case_session where hash = $1`, hash)
}

// CaseSession finds one by the cookie's hash.
func (tx *ReadTx) CaseSession(hash []byte) (CaseSession, error) {
	s := CaseSession{Hash: hash}
	err := tx.c.one(`select case_id, sealed, ends_ms, last_ms from tmp_case_session where hash = $1`, []any{hash},
		&s.Case, &s.Sealed, &s.Ends, &s.Last)
	return s, err
}

// Admit counts a sign-in under a keyed hash of a name before anything is
// checked, so that guesses sent at once are counted one by one. It answers false
// while a delay runs. until gives the end of the delay (unix ms) that the n-th
// try in a row begins, should it be wrong; a right one forgets all.
func (tx *ScratchTx) Admit(nameHash []byte, now int64, until func(n int) int64) (bool, error) {
	var wrong int
	var end int64
	err := tx.c.one(`select coalesce(max(wrong), 0), coalesce(max(until_ms), 0) from tmp_throttle where name_hash = $1`,
		[]any{nameHash}, &wrong, &end)
	if err != nil || end > now {
		return false, err
	}
	wrong++
	return true, tx.c.run(`insert into tmp_throttle (name_hash, wrong, until_ms) values ($1, $2, $3)
		on conflict (name_hash) do update set wrong = excluded.wrong, until_ms = excluded.until_ms`,
		nameHash, wrong, onMinute(until(wrong), now))
}

// DropThrottle forgets wrong sign-ins after a right one.
func (tx *ScratchTx) DropThrottle(nameHash []byte) error {
	return tx.c.run(`delete from tmp_throttle where name_hash = $1`, nameHash)
}

// UseTOTP marks a member's time step as used, by a keyed hash of the two: the step
// itself is the moment of a sign-in. ErrExists when it was used. until is when the
// mark may go (unix ms).
func (tx *ScratchTx) UseTOTP(stepHash []byte, until int64) error {
	return tx.c.run(`insert into tmp_totp (step_hash, until_ms) values ($1, $2)`, stepHash, OnGrid(until))
}

// AddKnownBrowser remembers, to the end of a day, a browser in which a member has
// signed in.
func (tx *ScratchTx) AddKnownBrowser(hash []byte, member string, until ethics.Day) error {
	return tx.c.run(`insert into tmp_known_browser (hash, member_id, until) values ($1, $2, $3)`, hash, member, until)
}

// KnownBrowser tells whether whoever has this sign-in name has signed in from this
// browser. It is found by the browser: of the name alone nothing is looked up.
func (tx *ReadTx) KnownBrowser(hash []byte, email string, today ethics.Day) (bool, error) {
	var n int
	err := tx.c.one(`select count(*) from tmp_known_browser as b where hash = $1 and until >= $2 and $3 in (
		select email from member where id = b.member_id
		union all select email from tmp_enrolment where id = b.member_id)`,
		[]any{hash, today, email}, &n)
	return n > 0, err
}

// SecurityEvent is a sign-in or an administrative act, in a log of its own, kept 90
// days. It holds a day: a changed password stands in the record too, and an hour
// beside it would divide that day's entries, reporters' among them, by that hour.
type SecurityEvent struct {
	ID, Member, Kind string
	Day              ethics.Day
}

// AddSecurity stores one.
func (tx *ScratchTx) AddSecurity(e SecurityEvent) error {
	return tx.c.run(`insert into tmp_security (id, member_id, kind, day) values ($1, $2, $3, $4)`,
		e.ID, e.Member, e.Kind, e.Day)
}

// Sweep removes what has lapsed: sessions, throttles, used codes, invitations,
// known browsers, old security events. It writes nothing where nothing has.
func (tx *ScratchTx) Sweep(now, idle, absolute int64) error {
	const day = 24 * 60 * 60 * 1000
	tx.s.leaving.Store(true)
	for _, s := range []struct {
		query string
		arg   any
	}{
		{`delete from tmp_session where seen_ms < $1`, now - idle},
		{`delete from tmp_session where started_ms < $1`, now - absolute},
		{`delete from tmp_case_session where ends_ms < $1 or last_ms < $1`, now},
		{`delete from tmp_throttle where until_ms < $1`, now - day},
		{`delete from tmp_totp where until_ms < $1`, now},
		{`delete from tmp_invitation where until_ms < $1`, now},
		{`delete from tmp_known_browser where until < $1`, ethics.DayOf(time.UnixMilli(now))},
		{`delete from tmp_security where day < $1`, ethics.DayOf(time.UnixMilli(now - 90*day))},
	} {
		if err := tx.c.run(s.query, s.arg); err != nil {
			return err
		}
	}
	return nil
}
