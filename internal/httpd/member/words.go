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

func (w words) state(id string) string {
	x, ok := w.policy.State(id)
	return w.named(x.Name, ok, id)
}

func (w words) category(id string) string {
	x, ok := w.policy.Category(id)
	return w.named(x.Name, ok, id)
}

func (w words) deadline(id string) string {
	x, ok := w.policy.Deadline(id)
	return w.named(x.Name, ok, id)
}

func (w words) track(id string) string {
	x, ok := w.policy.Track(id)
	return w.named(x.Name, ok, id)
}

func (w words) role(id string) string {
	x, ok := w.policy.Role(id)
	return w.named(x.Name, ok, id)
}

// step names a transition or, for assigning, a sensitive action.
func (w words) step(id string) string {
	x, ok := w.policy.Act(id)
	return w.named(x.Name, ok, id)
}

// named falls back on the id: data of a later release is shown, not hidden.
func (w words) named(t policy.Text, ok bool, id string) string {
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
var faults = map[string]string{
	"required": "desk.fault.required", "too_long": "desk.fault.too_long", "utf8": httpd.FaultNotText, "nul": httpd.FaultNotText,
	"option": "desk.fault.option", "single": "desk.fault.option", "date": "desk.fault.date", "unknown": "desk.fault.option",
	"same_track": "vault.fault.same_track", "has_identity": "vault.fault.has_identity",
	"criterion_not_met": "vault.fault.criterion_not_met", "criteria_met": "vault.fault.criteria_met",
	"code": "forward.fault.code", "added": "redact.fault.added", "nothing": "redact.fault.nothing", "other_case": "desk.fault.other_case", "other_barred": "conflict.fault.other_barred", "clause": "decision.fault.clause", "draft_outcome": "decision.fault.outcome", "other_unopened": "desk.fault.other_unopened", "short": "desk.fault.short", "common": "desk.fault.common", "verdict": "desk.fault.verdict", "wrong": "desk.fault.wrong_password", "differs": "desk.fault.differs",
}

func (w words) fault(kind string) string {
	if key, ok := faults[kind]; ok {
		return w.T(key)
	}
	return w.T("desk.fault.option")
}
