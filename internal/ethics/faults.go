package ethics

// FaultKind is what is wrong with a field of a form. Each page words those that its forms
// can have; no page shows the kind itself.
type FaultKind string

// Kinds of faults: all that there are.
const (
	// What was typed is not what is asked for.
	FaultRequired   FaultKind = "required"
	FaultOption     FaultKind = "option"   // not one of those that are offered
	FaultSingle     FaultKind = "single"   // several values where one is asked
	FaultTooLong    FaultKind = "too_long" // the text stays in the form
	FaultUTF8       FaultKind = "utf8"
	FaultNUL        FaultKind = "nul"
	FaultCharacters FaultKind = "characters" // that no eye sees, or that turn the writing
	FaultDate       FaultKind = "date"       // no date, past, or too far ahead
	FaultUnknown    FaultKind = "unknown"    // a statement that was not asked
	FaultInvalid    FaultKind = "invalid"    // not one of those that there are
	FaultTooMany    FaultKind = "too_many"
	FaultNotReady   FaultKind = "not_ready" // an institution that takes none yet

	// The reporter's details.
	FaultNoVault     FaultKind = "no_vault"     // no two people can keep them
	FaultOwn         FaultKind = "own"          // there is no reporter who could give them
	FaultHasIdentity FaultKind = "has_identity" // they are kept, and the track allows none

	// Acts in a case.
	FaultSameTrack       FaultKind = "same_track"
	FaultCriterionNotMet FaultKind = "criterion_not_met"
	FaultCriteriaMet     FaultKind = "criteria_met"
	FaultClause          FaultKind = "clause"         // a breach without a clause of the code of ethics
	FaultDraftOutcome    FaultKind = "draft_outcome"  // not that of the draft
	FaultCode            FaultKind = "code"           // a text for others holds a case code
	FaultAdded           FaultKind = "added"          // a working copy says more than the text
	FaultNothing         FaultKind = "nothing"        // a working copy leaves nothing out
	FaultOtherCase       FaultKind = "other_case"     // no case that could be meant
	FaultOtherBarred     FaultKind = "other_barred"   // somebody is barred from one of two that are linked
	FaultOtherUnopened   FaultKind = "other_unopened" // who approves a link holds one of the two only
	FaultVerdict         FaultKind = "verdict"        // neither yes nor no

	// People, passwords and appointments.
	FaultEmail         FaultKind = "email"
	FaultTaken         FaultKind = "taken"
	FaultFounder       FaultKind = "founder" // of the name of another founder
	FaultShort         FaultKind = "short"
	FaultCommon        FaultKind = "common"
	FaultDiffers       FaultKind = "differs"
	FaultRetype        FaultKind = "retype"
	FaultWrongPassword FaultKind = "wrong"
	FaultTOTP          FaultKind = "totp"
	FaultInvitation    FaultKind = "invitation"
	FaultDay           FaultKind = "day"
	FaultPast          FaultKind = "past"
	FaultOnePerson     FaultKind = "one_person"
	FaultTwoPeople     FaultKind = "two"    // it was not said that they are two
	FaultDuties        FaultKind = "duties" // that nobody has together
)

// FieldError says what is wrong with one field; the page words it by kind.
type FieldError struct {
	Field string
	Kind  FaultKind
}

// FieldErrors is a form's errors; it prints field names and kinds, never values.
type FieldErrors []FieldError

func (e FieldErrors) Error() string {
	s := "invalid fields:"
	for _, f := range e {
		s += " " + f.Field + "=" + string(f.Kind)
	}
	return s
}

// Of gives the kind of error of one field, "" when it has none.
func (e FieldErrors) Of(field string) FaultKind {
	for _, f := range e {
		if f.Field == field {
			return f.Kind
		}
	}
	return ""
}
