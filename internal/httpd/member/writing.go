package member

import (
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// eventKeys are the words for what a message or a note records.
var eventKeys = map[ethics.EventKind]string{
	ethics.EventFeedback: "desk.event.feedback_sent", ethics.EventProgress: "desk.event.progress_info_sent",
	ethics.EventMeetingRequested: "desk.event.meeting_requested", ethics.EventMeetingHeld: "desk.event.meeting_held",
	ethics.EventConcernedInformed:   "desk.event.person_concerned_informed",
	ethics.EventRetaliationAnswered: "watch.event.answered", ethics.EventRetaliation: "watch.event.reported",
	ethics.EventCheckedIn: "watch.event.fine",
	ethics.EventAgreed:    "mediation.event.agreed", ethics.EventRefused: "mediation.event.refused",
}

// forms are what this member may write into the case now.
func (s *Site) forms(b builder) []form {
	var out []form
	if s.Policy.MayWrite(b.o.Me, b.o.Facts) {
		out = append(out, b.messageForm())
	}
	if s.Policy.Allowed(b.o.Me, "examine") {
		out = append(out, b.noteForm())
	}
	if f, ok := s.assignForm(b); ok {
		out = append(out, f)
	}
	return out
}

func (b builder) messageForm() form {
	t := b.typed
	f := form{
		ID: formMessage, Title: b.T("desk.message.title"), Hint: b.T("desk.message.hint"), Action: b.path + "/messages",
		Head: t.head(formMessage, b.Lang()), Upload: true, Open: t.is(formMessage), Button: b.T("desk.message.button"),
		Consequences: []string{b.T("desk.message.weight"), b.T("desk.step.no_recall")},
		Fields: []httpd.Field{
			t.field(formMessage, httpd.Field{Kind: "textarea", Name: "text", Label: b.T("desk.message.text")}),
			t.field(formMessage, b.event("event", "desk.message.event", b.policy.Brings(ethics.ActMessage))),
			t.field(formMessage, httpd.Field{
				Kind: "file", Name: "attachments", Label: b.T("desk.message.files"),
				Hint: b.T("desk.message.files_hint"), Optional: true,
			}),
		},
	}
	if t.is(formMessage) && t.files != nil {
		f.Kept, f.Hidden = t.files.Rows(), t.files.Names()
	}
	return f
}

func (b builder) noteForm() form {
	t := b.typed
	return form{
		ID: formNote, Title: b.T("desk.note.title"), Hint: b.T("desk.note.hint"), Action: b.path + "/notes",
		Head: t.head(formNote, b.Lang()), Open: t.is(formNote), Button: b.T("desk.note.button"),
		Fields: []httpd.Field{
			t.field(formNote, httpd.Field{Kind: "textarea", Name: "note", Rows: 5, Label: b.T("desk.note.text")}),
			t.field(formNote, b.event("note_event", "desk.note.event", b.policy.Brings(ethics.ActNote))),
		},
	}
}

func (b builder) event(name, label string, events []ethics.EventKind) httpd.Field {
	f := httpd.Field{
		Kind: "select", Name: name, Label: b.T(label),
		Choices: []httpd.Choice{{Label: b.T("desk.event.none"), Chosen: true}},
	}
	for _, id := range events {
		f.Choices = append(f.Choices, httpd.Choice{Value: string(id), Label: b.T(eventKeys[id])})
	}
	return f
}

// assignForm offers colleagues whom the reporter did not exclude.
func (s *Site) assignForm(b builder) (form, bool) {
	members := s.Casework.Assignable(b.o)
	if len(members) == 0 {
		return form{}, false
	}
	t := b.typed
	pick := httpd.Field{Kind: "checkbox", Name: "members", Label: b.T("desk.assign.members")}
	for _, m := range members {
		pick.Choices = append(pick.Choices, httpd.Choice{Value: m.ID, Label: m.Name, Hint: b.office(m)})
	}
	return form{
		ID: formAssign, Title: b.T("desk.assign.title"), Hint: b.T("desk.assign.hint"), Action: b.path + "/assign",
		Head: t.head(formAssign, b.Lang()), Open: t.is(formAssign), Button: b.T("desk.assign.button"),
		Consequences: []string{b.T("desk.assign.weight"), b.T("desk.assign.weight_read")},
		Fields: []httpd.Field{
			t.field(formAssign, pick),
			t.field(formAssign, httpd.Field{
				Kind: "textarea", Name: "assign_reason", Rows: 3, Label: b.T("desk.step.reason"),
			}),
		},
	}, true
}
