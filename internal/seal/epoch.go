package seal

import (
	"github.com/google/uuid"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// Holder is a member who remains, and the recipient of the appointment.
type Holder struct{ ID, Recipient string }

// Renewed is the grant of a new epoch for one who remains.
type Renewed struct {
	ID, Member string
	Sealed     []byte
	Signature  []byte // the opener's
}

// Opened is a new epoch of a case: its secret in the memory of one request, its
// public key, the signature that opens it, and a grant of it to each who remains.
// Nobody's private key but the signer's is needed, and no earlier secret: nothing
// is chained, so who held the case before reads nothing that is sealed to it.
type Opened struct {
	Secret    derive.Secret
	Recipient string
	Signature []byte
	Grants    []Renewed
}

// NewEpoch makes the epoch that at names.
func NewEpoch(at Place, by Author, remain []Holder) (Opened, error) {
	o, caseID := Opened{Secret: derive.New()}, ethics.CaseOf(at.Stream)
	id, err := o.Secret.CaseIdentity(caseID, at.Epoch)
	if err != nil {
		return Opened{}, err
	}
	o.Recipient = Remember(id.Recipient())
	o.Signature = Epoch(at.Installation, caseID, at.Epoch, o.Recipient, by)
	at.Sequence = 0 // grants stand outside the thread's order
	for _, h := range remain {
		g := Renewed{ID: uuid.NewString(), Member: h.ID}
		g.Signature = SignGrant(at, g.ID, h.ID, ethics.ViaRenewed, by)
		g.Sealed, err = Grant(at, g.ID, ethics.Grant{Member: h.ID, Secrets: map[int][]byte{at.Epoch: o.Secret[:]}},
			by, h.Recipient)
		if err != nil {
			return Opened{}, err
		}
		o.Grants = append(o.Grants, g)
	}
	return o, nil
}
