package member

import (
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/internal/policy"
)

// words speaks of cases in the reader's language. Names of states, steps,
// roles, deadlines and categories come from the policy's own texts.
type words struct {
	*locale.Printer
	policy *policy.Policy
	today  policy.Day
}

func (s *Site) words(c echo.Context) words {
	return words{s.Desk.Server.Printer(c), s.Policy, policy.Day(ethics.DayOf(s.Now()))}
}

func (w words) in(t policy.Text) string { return t.In(w.Lang()) }

func (w words) state(id ethics.State) string {
	x, ok := w.policy.State(id)
	return w.nameOr(x.Name, ok, string(id))
}

func (w words) category(id string) string {
	x, ok := w.policy.Category(id)
	return w.nameOr(x.Name, ok, id)
}

func (w words) deadline(id string) string {
	x, ok := w.policy.Deadline(id)
	return w.nameOr(x.Name, ok, id)
}

func (w words) track(id string) string {
	x, ok := w.policy.Track(id)
	return w.nameOr(x.Name, ok, id)
}

func (w words) role(id string) string {
	x, ok := w.policy.Role(id)
	return w.nameOr(x.Name, ok, id)
}

// step names a transition or, for assigning, a sensitive action.
func (w words) step(id ethics.Act) string {
	x, ok := w.policy.Act(id)
	return w.nameOr(x.Name, ok, string(id))
}

// nameOr falls back on the id: data of a later release is shown, not hidden.
func (w words) nameOr(t policy.Text, ok bool, id string) string {
	if !ok {
		return id
	}
	return w.in(t)
}

func (w words) roles(ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, w.role(id))
	}
	return strings.Join(out, ", ")
}

// faults are the kinds of field errors that have words of their own.
var faults = map[ethics.FaultKind]string{
	ethics.FaultRequired:        "desk.fault.required",
	ethics.FaultTooLong:         "desk.fault.too_long",
	ethics.FaultUTF8:            httpd.FaultNotText,
	ethics.FaultNUL:             httpd.FaultNotText,
	ethics.FaultOption:          "desk.fault.option",
	ethics.FaultSingle:          "desk.fault.option",
	ethics.FaultDate:            "desk.fault.date",
	ethics.FaultUnknown:         "desk.fault.option",
	ethics.FaultSameTrack:       "vault.fault.same_track",
	ethics.FaultHasIdentity:     "vault.fault.has_identity",
	ethics.FaultCriterionNotMet: "vault.fault.criterion_not_met",
	ethics.FaultCriteriaMet:     "vault.fault.criteria_met",
	ethics.FaultCode:            "forward.fault.code",
	ethics.FaultAdded:           "redact.fault.added",
	ethics.FaultNothing:         "redact.fault.nothing",
	ethics.FaultOtherCase:       "desk.fault.other_case",
	ethics.FaultOtherBarred:     "conflict.fault.other_barred",
	ethics.FaultClause:          "decision.fault.clause",
	ethics.FaultDraftOutcome:    "decision.fault.outcome",
	ethics.FaultOtherUnopened:   "desk.fault.other_unopened",
	ethics.FaultShort:           "desk.fault.short",
	ethics.FaultCommon:          "desk.fault.common",
	ethics.FaultVerdict:         "desk.fault.verdict",
	ethics.FaultWrongPassword:   "desk.fault.wrong_password",
	ethics.FaultDiffers:         "desk.fault.differs",
}

func (w words) fault(kind ethics.FaultKind) string {
	if key, ok := faults[kind]; ok {
		return w.T(key)
	}
	return w.T("desk.fault.option")
}
