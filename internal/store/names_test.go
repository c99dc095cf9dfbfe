package store_test

import (
	"svilpe/internal/ethics"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

// The world of storetest by short names.
type (
	world = storetest.World
	filed = storetest.Filed
)

const (
	today   = storetest.Today
	install = storetest.Installation
	origin  = storetest.Origin
)

var (
	must, noise, entry, nothing = storetest.Must, storetest.Noise, storetest.Entry, storetest.Nothing
	setUp, founded, populated   = storetest.SetUp, storetest.Founded, storetest.Populated
	consultation, talked        = storetest.Consultation, storetest.ConsultationText
	locatorOf, testMember       = storetest.LocatorOf, storetest.Member
	ofCase, ofMember            = ethics.CaseStream, ethics.MemberStream
	ofConsultation              = ethics.ConsultationStream("talk")
)

// put is a write that changes nothing of a case but its row's newest entry.
func put(id string) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		c, err := tx.Case(id)
		if err != nil {
			return err
		}
		return tx.PutCase(c)
	}
}
