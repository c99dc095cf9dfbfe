// Package giveaway looks for what could tell who wrote a report: in its text,
// and in the pictures that come with it. It forbids nothing and stores nothing;
// the check page shows what was found to the one who wrote it. It misses a good
// deal: facts that only one person knows, a manner of writing, a face.
package giveaway

// Kind is what was found.
type Kind string

// The kinds. The last two are found in files, the others in text.
const (
	Email        Kind = "email"
	Phone        Kind = "phone"
	PersonalCode Kind = "personal_code"
	Signature    Kind = "signature" // a closing line, or a name after «my name is»
	OnlyI        Kind = "only_i"    // «I was the only one»
	FileAuthor   Kind = "file_author"
	FilePlace    Kind = "file_place"
)
