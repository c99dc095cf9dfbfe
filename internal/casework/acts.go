package casework

import "svilpe/internal/ethics"

// act is what one act of the reference data does besides what the data says of it, which
// is to be signed, to record its event and to move the case.
type act struct {
	// may refuses the act before its form is shown; nil refuses nothing.
	may func(*Opened) error
	// check finds what the form lacks beside its statements, To being where the step
	// leads; nil finds nothing.
	check func(*Service, *Opened, Act) ethics.FieldErrors
	// do adds to the act as it takes effect: in the session of the only member, or of the
	// approver. It may seal more envelopes, add changes and name further events.
	do func(*execution) error

	both  bool // it is recorded in the case that its statement names, too (link)
	takes bool // it takes the case from somebody, and is approved as a removal (approveRemoval)
}

// acts are the acts that do more than the reference data says. One that is not here needs
// no line of this program.
var acts = map[ethics.Act]act{
	ethics.ActRecognise:    {check: criteriaMet, do: recordNotified},
	ethics.ActNotRecognise: {check: someCriterionNotMet, do: recordNotified},
	ethics.ActTrack:        {check: otherTrack, do: moveTrack},
	ethics.ActCategory:     {do: changeCategory},
	ethics.ActForward:      {check: packageHoldsNoCode, do: forwardPackage},
	ethics.ActEndMediation: {check: agreementWritten},
	ethics.ActPropose:      {check: clausesCited},
	ethics.ActRevise:       {check: clausesCited},
	ethics.ActApprove:      {check: outcomeOfDraft, do: approveDecision},
	ethics.ActMeasures:     {do: setMeasures},
	ethics.ActFollow:       {do: followMeasure},
	ethics.ActClose:        {do: closeCase},
	ethics.ActLesson:       {do: releaseLesson},
	ethics.ActRisk:         {do: setRisk},
	ethics.ActDeferNotice:  {do: deferNotice},
	ethics.ActUnseal:       {may: shareAtHand, do: lendFor(ethics.LoanOpen)},
	ethics.ActRenew:        {may: shareAtHand, do: lendFor(ethics.LoanRenew)},
	ethics.ActLink:         {both: true},
	ethics.ActMerge:        {both: true},
	ethics.ActExclude:      {takes: true},
}

// mayEnd refuses what act.may refuses.
func mayEnd(o *Opened, id ethics.Act) error {
	if may := acts[id].may; may != nil {
		return may(o)
	}
	return nil
}
