package ethics

import "strings"

// Streams of the log (sealing.md §12.1). Each entry belongs to one. Strangers add
// objects (a case, a consultation, a declaration) and never lengthen a matter.

// Matters: one stream each.
const (
	StreamRoster  = "roster"  // founding, institutions, appointments, keys
	StreamPolicy  = "policy"  // the reference data in force
	StreamProgram = "program" // what the program shows of itself
	StreamDays    = "days"    // closed days
	StreamFiller  = "filler"  // what hides a day's growth
	StreamLessons = "lessons" // what was released for all institutions
)

// Streams of objects are named by these, with the object's id behind.
const (
	streamCase         = "case/"
	streamConsultation = "talk/"
	streamGift         = "gift/"
	streamMember       = "member/"
)

// IsStream tells whether there is such a stream.
func IsStream(name string) bool {
	switch name {
	case StreamRoster, StreamPolicy, StreamProgram, StreamDays, StreamFiller, StreamLessons:
		return true
	}
	id, member := strings.CutPrefix(name, streamMember)
	if !member {
		_, id, _ = strings.Cut(name, "/")
	}
	return (member || IsObject(name)) && id != "" && !strings.Contains(id, "/")
}

// CaseStream is a case's stream.
func CaseStream(id string) string { return streamCase + id }

// ConsultationStream is a consultation's stream.
func ConsultationStream(id string) string { return streamConsultation + id }

// GiftStream is a declaration's stream.
func GiftStream(id string) string { return streamGift + id }

// MemberStream is the stream of a member's credentials.
func MemberStream(id string) string { return streamMember + id }

// CaseOf is the case whose stream this is, "" where it is none.
func CaseOf(stream string) string {
	id, ok := strings.CutPrefix(stream, streamCase)
	if !ok {
		return ""
	}
	return id
}

// ConsultationOf is the consultation whose stream this is, "" where it is none.
func ConsultationOf(stream string) string {
	id, ok := strings.CutPrefix(stream, streamConsultation)
	if !ok {
		return ""
	}
	return id
}

// IsObject tells whether a stream is of a case, a consultation or a declaration:
// one transaction touches no more than one of them.
func IsObject(stream string) bool {
	for _, object := range []string{streamCase, streamConsultation, streamGift} {
		if strings.HasPrefix(stream, object) {
			return true
		}
	}
	return false
}
