package ethics

// Act is the id of an act of the workflow: a step, a sensitive action or another act
// of the reference data. Those below are the ones that the program itself names; a
// test holds each against the data.
type Act string

// Steps that the program itself names.
const (
	ActAcknowledge  Act = "acknowledge"
	ActAskReporter  Act = "ask_reporter"
	ActAccept       Act = "accept"
	ActNotExamine   Act = "not_examine"
	ActStart        Act = "start"
	ActPropose      Act = "propose_decision"
	ActApprove      Act = "approve_decision"
	ActMeasures     Act = "set_measures"
	ActClose        Act = "close"
	ActForward      Act = "forward"
	ActRecognise    Act = "recognise"
	ActNotRecognise Act = "refuse_recognition"
	ActMerge        Act = "merge"
	ActErase        Act = "erase"
	ActWithdraw     Act = "withdraw"         // the reporter's
	ActReply        Act = "reporter_replies" // the reporter's
	ActEndMediation Act = "end_mediation"    // also the reporter's
)

// Sensitive actions that the program itself names.
const (
	ActHoldSet      Act = "legal_hold_set"
	ActHoldLift     Act = "legal_hold_lift"
	ActMute         Act = "mute"
	ActUnmute       Act = "unmute"
	ActExtend       Act = "extend"
	ActLink         Act = "link_case"
	ActTrack        Act = "change_track"
	ActCategory     Act = "change_category_or_route"
	ActRevise       Act = "revise_draft"
	ActVote         Act = "vote"
	ActFollow       Act = "follow_measure"
	ActLesson       Act = "release_lesson"
	ActRisk         Act = "set_retaliation_risk"
	ActDeferNotice  Act = "defer_notice_to_person_concerned"
	ActUnseal       Act = "unseal_identity"
	ActRenew        Act = "renew_vault"
	ActAskMediation Act = "ask_mediation"
	ActExport       Act = "export_case_file"
	ActRedact       Act = "redact"
	ActAssign       Act = "assign_or_remove_examiner"
	ActExclude      Act = "exclude_colleague"
	ActEscalate     Act = "escalate_head_involved"
)

// Acts that move no case and have no form of a step.
const (
	ActFile        Act = "file"              // the report is handed in
	ActMessage     Act = "message"           // a member wrote to the reporter
	ActNote        Act = "note"              // a member noted what happened
	ActAnswer      Act = "mediation_answer"  // the reporter's yes or no
	ActRetaliation Act = "retaliation"       // the reporter writes that there is some
	ActCheckIn     Act = "check_in"          // the reporter says how they are
	ActIdentify    Act = "identify"          // the reporter gives details
	ActWithdrawID  Act = "withdraw_identity" // and takes them away

	ActAsk Act = "ask" // a consultation begins
	ActEnd Act = "end" // and ends
)

// State is the id of a state of a case, as the reference data has them. Those below
// are the ones that the program itself names; a test holds each against the data.
type State string

// States that the program itself names.
const (
	StateReceived      State = "received"          // in it every case begins
	StateAwaiting      State = "awaiting_reporter" // from it a case goes back to the one before
	StateDraft         State = "decision_draft"    // in it the commission votes
	StateMediation     State = "mediation"
	StateNotRecognised State = "not_recognised"
	StateTriage        State = "triage"
)

// StatePrevious stands, where an act leads, for the state from which the reporter was
// asked.
const StatePrevious State = "@previous"
