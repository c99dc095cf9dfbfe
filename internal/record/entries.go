package record

import "svilpe/internal/audit"

// Kinds of entries: every act that the log knows, beside fillers. The log's page has
// words for each, and what the program does by itself is a table of package verify.
const (
	KindFounded      audit.EntryKind = "founded"
	KindAppointed    audit.EntryKind = "appointed"
	KindInstitution  audit.EntryKind = "institution_stated"
	KindSuspended    audit.EntryKind = "suspended"
	KindOfficeEnded  audit.EntryKind = "office_ended"
	KindKeysChanged  audit.EntryKind = "keys_changed"
	KindSamePerson   audit.EntryKind = "same_person"
	KindTwoPeople    audit.EntryKind = "two_people"
	KindCredentials  audit.EntryKind = "credentials_changed"
	KindDayClosed    audit.EntryKind = "day_closed"
	KindDistrusted   audit.EntryKind = "distrusted" // somebody met what cannot be trusted
	KindConsultation audit.EntryKind = "consultation"

	// The reporter's.
	KindFiled      audit.EntryKind = "filed"
	KindNewCode    audit.EntryKind = "new_code"
	KindWithdrawn  audit.EntryKind = "withdrawn"
	KindIdentified audit.EntryKind = "identified"
	KindUnnamed    audit.EntryKind = "identity_withdrawn"
	KindDeclared   audit.EntryKind = "gift_declared"
	KindMediation  audit.EntryKind = "mediation_ended" // by the reporter, who took the consent back

	// The reporter's or a member's.
	KindMessage audit.EntryKind = "message"

	// Members'.
	KindOpened          audit.EntryKind = "opened"        // a holder read what the case holds
	KindUnseen          audit.EntryKind = "opened_unseen" // to give it on; its member read nothing
	KindStated          audit.EntryKind = "no_conflict_stated"
	KindStep            audit.EntryKind = "step"
	KindProposed        audit.EntryKind = "proposed"
	KindDecided         audit.EntryKind = "decided_on"
	KindNote            audit.EntryKind = "note"
	KindRedacted        audit.EntryKind = "redacted"
	KindOriginal        audit.EntryKind = "original_opened"
	KindGranted         audit.EntryKind = "granted"
	KindRemoved         audit.EntryKind = "removed"   // takes grants away, with the epoch that follows
	KindExporting       audit.EntryKind = "exporting" // before the first byte; alone: a crash cut it off
	KindExported        audit.EntryKind = "exported"  // after the last
	KindPackaging       audit.EntryKind = "packaging" // the same of a package to an authority
	KindPackageMade     audit.EntryKind = "package_made"
	KindIdentityOpened  audit.EntryKind = "identity_opened" // by two: the request's row names both
	KindVaultDealt      audit.EntryKind = "vault_dealt"
	KindGiftsRead       audit.EntryKind = "gifts_read"
	KindErasureApproved audit.EntryKind = "erasure_approved" // the first of two people
	KindErased          audit.EntryKind = "erased"
	KindSealedOff       audit.EntryKind = "sealed_off" // the rows of a case that is erased beside it

	// The program's own.
	KindTermEnded      audit.EntryKind = "term_ended" // takes grants away, deletion only
	KindLoanLapsed     audit.EntryKind = "vault_loan_lapsed"
	KindIdentityErased audit.EntryKind = "identity_erased"

	// No entry bears these.
	Any       audit.EntryKind = "*"     // in Info.RenewedBy: every act
	KindBlank audit.EntryKind = "blank" // how the log's page lists an entry whose body was erased
)
