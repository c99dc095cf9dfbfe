package ethics

import "slices"

// EventKind is what happened to a case: one of these, or a state that was entered.
// What starts and stops deadlines is read from them, so what the workflow knows and
// what stands here are the same; a test of package policy holds them together.
type EventKind string

// Entered is the event that a state was entered.
func Entered(state State) EventKind { return EventKind(state) }

// Kinds of events besides states.
const (
	EventAcknowledged    EventKind = "acknowledged"
	EventNotified        EventKind = "reporter_notified" // of the decision on recognition
	EventReplied         EventKind = "reporter_replied"
	EventResumed         EventKind = "resumed_without_reply"
	EventReopened        EventKind = "reopened"
	EventExtended        EventKind = "deadline_extended"
	EventCategoryChanged EventKind = "category_changed"
	EventWatchEnded      EventKind = "protection_watch_ended"
	EventHoldSet         EventKind = "legal_hold_set"
	EventHoldLifted      EventKind = "legal_hold_lifted"
	EventMuted           EventKind = "muted"
	EventUnmuted         EventKind = "unmuted"
	EventSystemicCause   EventKind = "systemic_cause"

	// What a member's message or note says besides its text.
	EventFeedback            EventKind = "feedback_sent"
	EventProgress            EventKind = "progress_info_sent"
	EventRetaliationAnswered EventKind = "retaliation_answered"
	EventMeetingRequested    EventKind = "meeting_requested"
	EventMeetingHeld         EventKind = "meeting_held"
	EventConcernedInformed   EventKind = "person_concerned_informed"

	// Informing the person concerned was put off.
	EventDeferred         EventKind = "deferral_recorded"
	EventDeferralReviewed EventKind = "deferral_reviewed"

	// What a reporter's message says besides its text.
	EventAgreed      EventKind = "mediation_agreed"
	EventRefused     EventKind = "mediation_refused" // also: taken back, or the mediation ended
	EventRetaliation EventKind = "retaliation_reported"
	EventCheckedIn   EventKind = "check_in_answered"

	EventMediationOffered EventKind = "mediation_offered"

	// The reporter's details.
	EventIdentityGiven     EventKind = "identity_given"
	EventIdentityWithdrawn EventKind = "identity_withdrawn" // by the reporter
	EventIdentityErased    EventKind = "identity_erased"    // by the program, when their time was over
	EventToWhistleblower   EventKind = "changed_to_whistleblower"

	// The risk of retaliation was assessed.
	EventRiskReviewed EventKind = "risk_reviewed"
	EventRiskNone     EventKind = "risk_none"
	EventRiskLow      EventKind = "risk_low"
	EventRiskMedium   EventKind = "risk_medium"
	EventRiskHigh     EventKind = "risk_high"

	// How a report came to the member who entered it.
	EventByPhone    EventKind = "entered_phone"
	EventInPerson   EventKind = "entered_in_person"
	EventByPost     EventKind = "entered_post"
	EventByHead     EventKind = "own_head"
	EventByAudit    EventKind = "own_audit"
	EventByMedia    EventKind = "own_media"
	EventByReferral EventKind = "own_referral"
)

// Ways a report comes that a member enters. The last four are no reporter's:
// the institution begins the case itself.
const (
	WayPhone    = "phone"
	WayInPerson = "in_person"
	WayPost     = "post"
	WayHead     = "head"
	WayAudit    = "audit"
	WayMedia    = "media"
	WayReferral = "referral"
)

// EnteredWays are the ways by which a report comes from a reporter; OwnWays
// those by which an institution begins a case itself.
var (
	EnteredWays = []string{WayPhone, WayInPerson, WayPost}
	OwnWays     = []string{WayHead, WayAudit, WayMedia, WayReferral}
)

var eventOfWay = map[string]EventKind{
	WayPhone: EventByPhone, WayInPerson: EventInPerson, WayPost: EventByPost,
	WayHead: EventByHead, WayAudit: EventByAudit, WayMedia: EventByMedia, WayReferral: EventByReferral,
}

// CameBy counts, without a key, how a report came: for the register and to know that
// a case has no reporter.
func CameBy(way string) EventKind { return eventOfWay[way] }

// CameByAny are the events of all ways.
func CameByAny() []EventKind {
	var out []EventKind
	for _, way := range slices.Concat(EnteredWays, OwnWays) {
		out = append(out, CameBy(way))
	}
	return out
}

// Levels of the risk of retaliation, as the form of its assessment has them.
var risks = map[string]EventKind{
	"none": EventRiskNone, "low": EventRiskLow, "medium": EventRiskMedium, "high": EventRiskHigh,
}

// RiskIs is the event of a level, "" of one that is none.
func RiskIs(level string) EventKind { return risks[level] }

// RiskOf is the level that an event says, false for every other event.
func RiskOf(e EventKind) (string, bool) {
	for level, event := range risks {
		if event == e {
			return level, true
		}
	}
	return "", false
}
