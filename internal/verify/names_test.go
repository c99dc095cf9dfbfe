package verify_test

import (
	"svilpe/internal/ethics"
	"svilpe/internal/store/storetest"
	"svilpe/internal/verify"
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
	whyAdded   = string(verify.WhyAdded)
	whyChanged = string(verify.WhyChanged)
	whyMissing = string(verify.WhyMissing)
	whyEnded   = string(verify.WhyEnded)
)
