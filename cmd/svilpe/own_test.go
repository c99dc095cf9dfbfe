package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// The desk shows no code for a case that the institution began. The reporters'
// door does, to whoever sends the same draft there: and with it one person ends
// the case.
func TestNobodyHasTheCodeOfAnOwnCase(t *testing.T) {
	d := openDoor(t)
	ctx, v := context.Background(), form(d.institution)
	draft, err := derive.ReadDraft(v.Get("draft"))
	must(t, err)
	filed, err := d.h.intake.File(ctx, draft, ethics.Report{
		Track: "anonymous", Institution: d.institution, Category: "procurement", Language: "lv",
		Answers:   map[string][]string{"description": {strings.Repeat("Iepirkuma prasības pielāgotas. ", 40)}},
		EnteredBy: d.people[appoint.RoleResponsible][0].id, Way: ethics.WayAudit,
	})
	must(t, err)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/report", strings.NewReader("draft="+v.Get("draft")+"&"+v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	d.ServeHTTP(w, r)
	for _, g := range filed.Code.Groups() {
		if !strings.Contains(w.Body.String(), g) {
			return
		}
	}
	t.Errorf("%d: the code of %s, to a stranger without a session", w.Code, filed.Number)
	if _, err := d.h.dialogue.Enter(ctx, filed.Code.Text()); err == nil {
		t.Error("and it opens")
	}
}
