package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/appoint"
)

var questionID = regexp.MustCompile(`<details class="section" id="([a-z]+)">`)

// TestHelpFitsTheOffice: everybody finds the questions of the own office and of
// no other; who has none finds how to sign in.
func TestHelpFitsTheOffice(t *testing.T) {
	d := openDoor(t)
	everyone := []string{"signin", "visit", "password", "phone", "quiet"}
	handling := []string{"open", "unseen", "step", "second", "write", "notes", "sign", "damaged"}
	own := map[string][]string{
		appoint.RoleResponsible: append(append([]string{
			"first", "gifts", "assign", "twins", "spam", "package", "hold", "moretime", "notyet", "close",
		}, handling...), "enter"),
		appoint.RoleChair: append([]string{
			"decision", "assign", "twins", "spam", "package", "hold", "moretime", "notyet", "close",
		}, handling...),
		appoint.RoleMember:        append([]string{"assigned", "draft"}, handling...),
		appoint.RoleTrust:         {"trustsees", "talks", "contact", "enter", "guide", "cannot"},
		appoint.RoleContact:       {"contactsees", "enter", "guide", "cannot"},
		appoint.RoleAuditor:       {"deadlines", "log", "keep", "damage"},
		appoint.RoleHead:          {"counts", "headsees", "told"},
		appoint.RoleAdministrator: {"invite", "appoint", "institution", "locked", "adminsees"},
	}
	for _, role := range everyRole {
		w := d.ask("GET /desk/help", "", d.cookies[role])
		var got []string
		for _, m := range questionID.FindAllStringSubmatch(w.Body.String(), -1) {
			got = append(got, m[1])
		}
		if want := append(slices.Clone(everyone), own[role]...); w.Code != http.StatusOK || !slices.Equal(got, want) {
			t.Errorf("%s: %d, %v, want %v", role, w.Code, got, want)
		}
		if !strings.Contains(d.ask("GET /desk/account", "", d.cookies[role]).Body.String(), `href="/desk/help"`) {
			t.Errorf("%s finds no way to the help", role)
		}
	}
	page := d.ask("GET /help", "", "").Body.String()
	for _, m := range regexp.MustCompile(`href="#([a-z]+)"`).FindAllStringSubmatch(page, -1) {
		if m[1] != "main" && !strings.Contains(page, `<h2 id="`+m[1]+`">`) {
			t.Errorf("/help: #%s leads nowhere", m[1])
		}
	}
	for _, path := range []string{"GET /", "GET /status", "GET /report", "GET /safety"} {
		if !strings.Contains(d.ask(path, "", "").Body.String(), `href="/help"`) {
			t.Errorf("%s has no way to the help", path)
		}
	}
}
