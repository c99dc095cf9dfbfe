package ethics

// What a reporter's message says besides its text; each is an event of the case
// too.
const (
	EventAgreed      = "mediation_agreed"
	EventRefused     = "mediation_refused" // also: taken back, or the mediation ended
	EventRetaliation = "retaliation_reported"
	EventCheckedIn   = "check_in_answered"

	EventIdentityWithdrawn = "identity_withdrawn" // by the reporter
	EventIdentityErased    = "identity_erased"    // by the program, when their time was over
)
