package ethics

// EnvelopeKind is what an envelope holds, and what a signature in a case or a
// consultation is asked for. It is clear in the row: whoever has the database learns
// how many of each a case holds, not what they say.
type EnvelopeKind string

// Kinds of envelopes: all that there are.
const (
	KindReport    EnvelopeKind = "report"    // what the reporter handed in
	KindMessage   EnvelopeKind = "message"   // dialogue, both ways; sealed to case and reporter
	KindReceipt   EnvelopeKind = "receipt"   // the automatic first message; sealed to case and reporter
	KindFileKeys  EnvelopeKind = "file_keys" // one-time secrets of a message's files
	KindNote      EnvelopeKind = "note"      // members only
	KindRedaction EnvelopeKind = "redaction" // what of a text the working copy leaves out; members only
	KindStep      EnvelopeKind = "step"      // a transition with its reason and statements; members only
	KindProposal  EnvelopeKind = "proposal"  // an act that waits for a second person; members only
	KindApproval  EnvelopeKind = "approval"  // the second person's verdict; members only
	KindStatement EnvelopeKind = "statement" // a member's no-conflict statement; members only
	// KindRemoval tells those who remain who left a case, and why; members only, sealed
	// to the epoch that those who left do not hold.
	KindRemoval EnvelopeKind = "removal"
	// KindExported tells what a member took out of the system; members only. Its digest
	// in the log holds that to the very bytes.
	KindExported   EnvelopeKind = "exported"
	KindIdentified EnvelopeKind = "identified" // the reporter gave, replaced or withdrew details: no detail in it
	KindRevealed   EnvelopeKind = "revealed"   // the details were opened: when and why, for the reporter

	// No envelopes of a case's thread: rows of their own.
	KindGrant      EnvelopeKind = "grant"       // case secrets for one holder
	KindOldSecret  EnvelopeKind = "old_secret"  // what the code before opened with, for the code after it alone
	KindIdentity   EnvelopeKind = "identity"    // the reporter's details; travels inside the vault, whoever dealt it
	KindVault      EnvelopeKind = "vault"       // the sealed details of one case
	KindVaultShare EnvelopeKind = "vault_share" // one holder's share
	KindVaultLoan  EnvelopeKind = "vault_loan"  // a share that its holder sealed to a colleague who asked

	// Of no case.
	KindGift             EnvelopeKind = "gift"              // a declaration in the gift register
	KindConsultation     EnvelopeKind = "consultation"      // a text of a consultation, both ways
	KindConsultationNote EnvelopeKind = "consultation_note" // its trust persons only

	// Signed in the clear, and no envelopes at all.
	KindEpoch  EnvelopeKind = "epoch"
	KindStatus EnvelopeKind = "status"
	KindLesson EnvelopeKind = "lesson" // released for all institutions; signed by nobody
)
