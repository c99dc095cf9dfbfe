package verify_test

import (
	"svilpe/internal/ethics"
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
	must, nothing, testMember = storetest.Must, storetest.Nothing, storetest.Member
	setUp, founded, populated = storetest.SetUp, storetest.Founded, storetest.Populated
	ofCase, ofMember          = ethics.CaseStream, ethics.MemberStream
)

// What is wrong with a row, as the report words it.
const (
	whyAdded   = "no entry of the log has this row"
	whyChanged = "differs from its digest in the log"
	whyMissing = "the log has it, the table does not"
	whyEnded   = "removed according to the log, the table still has it"
)
