package casework

import (
	"bytes"

	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
	"svilpe/internal/seal"
)

// signStatus signs what an act makes of the case; nil where it stands as before. It is
// signed before the texts are sealed, since one of them names it.
func signStatus(o *Opened, who *appoint.Acting, st ethics.Status) (*ethics.SignedStatus, error) {
	if !st.Changes(o.file.CurrentStatus()) {
		return nil, nil //nolint:nilnil // nothing is due
	}
	return seal.Status(st, author(who))
}

// signEvent signs that something happened that moved nothing; event may be "".
func (s *Service) signEvent(
	o *Opened, who *appoint.Acting, act ethics.Act, event ethics.EventKind,
) (*ethics.SignedStatus, error) {
	st := o.file.Next(act, s.today())
	if event != "" {
		st.Events = []ethics.EventKind{event}
	}
	return signStatus(o, who, st)
}

// statusDigest is what a sealed text names of the status beside it.
func statusDigest(st *ethics.SignedStatus) []byte {
	if st == nil {
		return nil
	}
	return st.Digest()
}

// checkNamedStatus holds what a text names against the status that was stored with it.
func (o *Opened) checkNamedStatus(env ethics.Envelope, named []byte) error {
	if len(named) == 0 {
		return nil
	}
	t, ok := o.file.StatusOf(env.ID)
	if !ok || t.Author != env.Author || !bytes.Equal(t.Digest, named) {
		return untrusted("names another status than it was stored with")
	}
	if o.namedStatuses == nil {
		o.namedStatuses = map[int]bool{}
	}
	o.namedStatuses[t.N] = true
	return nil
}

// checkStep holds a step against its status: it leads from where the case stood to
// where it stands, by this act; one without a status moves nothing.
func (o *Opened) checkStep(env ethics.Envelope, st ethics.Step) error {
	t, ok := o.file.StatusOf(env.ID)
	switch {
	case ok != (len(st.Status) > 0), !ok && st.From != st.To, ok &&
		(t.Act != st.ID || t.From != st.From || t.State != st.To):
		return untrusted("not the step that its status says")
	}
	return o.checkNamedStatus(env, st.Status)
}

// checkStatusesNamed is the first status that a text of its entry should name and none does,
// though all of them can be read.
func (o *Opened) checkStatusesNamed() error {
	for _, t := range o.file.Believed {
		if !o.namedStatuses[t.N] && o.readable(t.Envelopes) {
			return untrusted("a status that no text names")
		}
	}
	return nil
}

// readable tells whether every text that was stored with something is there and
// could be opened.
func (o *Opened) readable(envelopes []string) bool {
	for _, id := range envelopes {
		if !o.opened[id] {
			return false
		}
	}
	return true
}
