package help

import (
	"svilpe/internal/appoint"
	"svilpe/internal/ethics"
)

// reporters are the questions of /help, in order.
var reporters = []string{
	"begin", "name", "who", "files", "code", "answer", "wrong", "lost", "ended", "failed", "late", "leave", "withdraw",
}

// section is a part of /desk/help: for everybody without roles, else for who
// holds one of them. Its id is a role's or that of a text help.section.ID.
type section struct {
	id     string
	roles  []string
	topics []string
}

var sections = []section{
	{id: "everyone", topics: []string{"signin", "visit", "password", "phone", "quiet"}},
	{appoint.RoleResponsible, []string{appoint.RoleResponsible}, []string{"first", "gifts"}},
	{appoint.RoleChair, []string{appoint.RoleChair}, []string{"decision"}},
	{"leading", []string{appoint.RoleResponsible, appoint.RoleChair}, []string{
		"assign", "twins", "spam", "package", "hold", "moretime", "notyet", "close",
	}},
	{appoint.RoleMember, []string{appoint.RoleMember}, []string{"assigned", "draft"}},
	{
		"handling", []string{appoint.RoleResponsible, appoint.RoleChair, appoint.RoleMember},
		[]string{"open", "unseen", "step", "second", "write", "notes", "sign", "damaged"},
	},
	{appoint.RoleTrust, []string{appoint.RoleTrust}, []string{"trustsees", "talks", "contact"}},
	{appoint.RoleContact, []string{appoint.RoleContact}, []string{"contactsees"}},
	{"entering", []string{appoint.RoleTrust, appoint.RoleContact, appoint.RoleResponsible}, []string{"enter"}},
	{"helping", []string{appoint.RoleTrust, appoint.RoleContact}, []string{"guide", "cannot"}},
	{appoint.RoleAuditor, []string{appoint.RoleAuditor}, []string{"deadlines", "log", "keep", "damage"}},
	{appoint.RoleHead, []string{appoint.RoleHead}, []string{"counts", "headsees", "told"}},
	{appoint.RoleAdministrator, []string{appoint.RoleAdministrator}, []string{
		"invite", "appoint", "institution", "locked", "adminsees",
	}},
}

// names are the words of pages and buttons that answers name, by placeholder.
var names = map[string]string{
	"Report": "reporter.start.report", "HaveCode": "reporter.start.code", "Other": "reporter.start.other",
	"Check": "reporter.form.check", "Attachments": "reporter.files.title", "Change": "reporter.check.change",
	"Readers": "reporter.check.readers", "Send": "reporter.check.send", "Open": "reporter.status.open",
	"Write": "reporter.case.answer", "SendMessage": "reporter.case.send",
	"Withdraw": "reporter.case.withdraw", "Leave": "layout.leave",

	"Today": "desk.nav.today", "Enter": "desk.nav.enter", "Cases": "desk.nav.cases", "Approvals": "desk.nav.approvals",
	"Appointments": "desk.nav.appointments",
	"Setup":        "desk.nav.setup", "Log": "desk.nav.log", "Account": "desk.nav.account", "Alarm": "desk.alarm.title",
	"New": "desk.today.new", "SignOpen": "desk.statement.button", "StepAside": "conflict.recuse.link",
	"Next": "desk.next.title", "OtherSteps": "desk.others.title",
	"Propose": "desk.step.propose", "Approve": "desk.decide.approve", "Reject": "desk.decide.reject",
	"WriteTo": "desk.message.title", "SendTo": "desk.message.button", "Note": "desk.note.title",
	"Assign": "desk.assign.title", "AssignDo": "desk.assign.button",
	"Exclude": "conflict.exclude.link", "Few": "desk.few",

	"Packages": "forward.title", "Talks": "consult.nav", "Gifts": "gift.register", "Declare": "gift.title",

	"Sign": "admin.appointments.sign", "LastDay": "admin.appointments.until", "Prepare": "admin.appointments.prepare",
	"Invite": "admin.setup.invite", "NewInstitution": "admin.setup.new_institution",
	"MakeInvitation": "admin.invitation.make",
	"Sound":          "admin.log.sound", "Checkpoint": "admin.log.checkpoint",
}

// steps are the steps that answers name, by placeholder.
var steps = map[string]ethics.Act{
	"StepAcknowledge": ethics.ActAcknowledge,
	"StepAccept":      ethics.ActAccept,
	"StepForward":     ethics.ActForward,
	"StepNotExamine":  ethics.ActNotExamine,
	"StepStart":       ethics.ActStart,
	"StepAsk":         ethics.ActAskReporter,
	"StepPropose":     ethics.ActPropose,
	"StepApprove":     ethics.ActApprove,
	"StepClose":       ethics.ActClose,
	"StepLink":        ethics.ActLink,
	"StepMerge":       ethics.ActMerge,
	"StepMute":        ethics.ActMute,
	"StepUnmute":      ethics.ActUnmute,
	"StepHold":        ethics.ActHoldSet,
	"StepLift":        ethics.ActHoldLift,
	"StepExtend":      ethics.ActExtend,
	"StepDefer":       ethics.ActDeferNotice,
}
