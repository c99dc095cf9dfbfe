package policy

import (
	"maps"

	"svilpe/internal/ethics"
)

// Version is that of the reference data in force, as headers name it.
const Version = ethics.PolicyVersion

// The one text that the program says itself: by id and version, in the words of
// the catalogue.
const (
	ReceiptID      = "receipt"
	ReceiptVersion = 1
)

// Receipt is what the automatic first message of a case says, without its text:
// register number, day of receipt, last day of the acknowledgement. first are the
// events of the filing.
func (p *Policy) Receipt(number, track string, received ethics.Day, first []ethics.Event) (ethics.Receipt, error) {
	dues, err := p.Due(track, Events(first))
	if err != nil {
		return ethics.Receipt{}, err
	}
	ack := ""
	for _, d := range dues {
		if d.ID == "ack" {
			ack = string(d.Due)
		}
	}
	return ethics.Receipt{
		TextID: ReceiptID, Version: ReceiptVersion,
		Params: map[string]string{"number": number, "received": received, "ack": ack},
	}, nil
}

// IsReceipt tells whether a receipt says nothing else than Receipt gives. Its text
// is for who reads it without this program; nobody is shown it.
func (p *Policy) IsReceipt(got ethics.Receipt, number, track string, received ethics.Day, first []ethics.Event) bool {
	want, err := p.Receipt(number, track, received, first)
	return err == nil && got.TextID == want.TextID && got.Version == want.Version && maps.Equal(got.Params, want.Params)
}
