package store

import "svilpe/internal/record"

// The rows, by the names that their users know.
type (
	Installation     = record.Installation
	Member           = record.Member
	Epoch            = record.Epoch
	Grant            = record.Grant
	Proposal         = record.Proposal
	Measure          = record.Measure
	StoredFile       = record.File
	Lesson           = record.Lesson
	Gift             = record.Gift
	Erasure          = record.Erasure
	Checkpoint       = record.Checkpoint
	Consultation     = record.Consultation
	ConsultationText = record.ConsultationText
	CodeChange       = record.CodeChange
	ReporterKeys     = record.ReporterKeys
	CaseFile         = record.CaseFile
	Verifier         = record.Verifier
	BelievedStatus   = record.BelievedStatus
	RemovalEntry     = record.RemovalEntry

	ConsultationFile = record.ConsultationFile
)

// Ways by which a member has a grant, see package record.
const (
	ViaRouted   = record.ViaRouted
	ViaAssigned = record.ViaAssigned
	ViaRenewed  = record.ViaRenewed
)

// Where a measure stands.
const (
	MeasureOpen       = record.MeasureOpen
	MeasureDone       = record.MeasureDone
	MeasureHandedOver = record.MeasureHandedOver
)
