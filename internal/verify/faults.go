package verify

import (
	"fmt"

	"svilpe/internal/record"
)

// Part is what of the record a damage is in: a kind of row, as package record names it,
// or one of these.
type Part string

// Parts that are no rows of package record.
const (
	PartEntry      Part = "entry"
	PartNode       Part = "node"
	PartHead       Part = "head"
	PartCheckpoint Part = "checkpoint"
	PartMap        Part = "map"
	PartChunk      Part = "chunk"
	PartSchema     Part = "schema"
)

// ofRows are those of a kind.
func ofRows(kind string) Part { return Part(kind) }

// partOf is the part that a row's label names.
func partOf(label string) Part { return ofRows(record.KindOf(label)) }

// Why is what is wrong with a row, in words for whoever mends it.
type Why string

// because is what another package found.
func because(err error) Why { return Why(err.Error()) }

// unread is why a row says nothing.
func unread(err error) Why { return whyf("cannot be read: %v", err) }

// whyf is what is wrong with one row alone.
func whyf(format string, args ...any) Why { return Why(fmt.Sprintf(format, args...)) }

// What is wrong with any row.
const (
	// Rows against the log.
	WhyAdded    Why = "no entry of the log has this row"
	WhyChanged  Why = "differs from its digest in the log"
	WhyMissing  Why = "the log has it, the table does not"
	WhyEnded    Why = "removed according to the log, the table still has it"
	whyOtherDay Why = "of another day than its entry"

	// Cases, and what is left of them.
	whyUnerased         Why = "its row was taken away, and it was not erased"
	whyHalfErased       Why = "the log says that the case was erased, and not this"
	whyNotTwo           Why = "not of two people"
	whyAsker            Why = "nobody who might signed it"
	whyStatedCopy       Why = "its copy of the no-conflict statement is not what was signed"
	whyConsultationKeys Why = "its reporter's keys are not those that it began with"

	// Files.
	whyNoChunk Why = "the file has no chunk of this number"
	whyContent Why = "its chunks give another size or SHA-256"
	whyNoFile  Why = "belongs to no file"

	// Who acted.
	whyBars         Why = "bars somebody, or takes a share, and its actor signed no removal"
	whyAlone        Why = "takes by one person's word what takes two"
	whyTakes        Why = "takes grants away, which its actor may not"
	whyLoan         Why = "ends a loan before its time"
	whyIdentity     Why = "erases the reporter's details before their time"
	whyConsultation Why = "ends or erases a consultation before its time"
	whyNobody       Why = "the log has entries, but nobody was appointed"
	whyFounders     Why = "founders of another installation, salt or keys"

	// The tree, its heads and its days.
	whyOutlying     Why = "not under the signed head"
	whyEarlier      Why = "of an earlier day than the entry before it"
	whyBody         Why = "its body is not the one that its frame names"
	whyLeaf         Why = "differs from its leaf under the signed head"
	whyNode         Why = "differs from the entries below it"
	whyAnewTree     Why = "entries and nodes agree with each other, not with the signed head"
	whyNoCheckpoint Why = "the log closed this day, and its checkpoint is not there"
	whyLaterClosed  Why = "a later day was closed before it"
	whyNotClosed    Why = "the log closed no day there"
	whyOtherBefore  Why = "another checkpoint stands before it than its closing names"
	whyTwoOfSize    Why = "there is another one of its size"
	whyReach        Why = "is not how far the streams of its bucket had come when the last day was closed"
	whyBucket       Why = "the root of this bucket is another"
	whySpeaks       Why = "speaks of what was erased"
)
