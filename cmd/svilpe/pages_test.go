package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"svilpe/internal/demo"
)

// TestPages draws pages of the practice instance into the folder that PAGES_DIR
// names: phone and desk width, light and dark, in Latvian. Without the folder it
// draws nothing and only demands that each page answers.
func TestPages(t *testing.T) {
	p, creds, _ := instance(t)
	browser := chromium(t)
	reporter := []string{"/", "/report", "/status", "/safety", "/privacy", "/about", "/desk/sign-in", "/desk/enrol"}
	for _, look := range looks() {
		v := visit(t, browser, p.base, look.wide)
		v.look(look.dark)
		v.open("/?lang=lv")
		for _, path := range reporter {
			v.answers(path, look.name)
		}
		for _, c := range creds.Cases[:3] {
			v.open("/status").in("/status").fill("code", c.Token).send("")
			v.shot(look.name + "-case-" + c.State)
		}
	}
	desk := map[string][]string{
		"responsible_person": {"/desk", "/desk/cases", "/desk/account", "/desk/appointments", "/desk/approvals", "/desk/cases/" + held(creds)},
		"administrator":      {"/desk", "/desk/setup", "/desk/setup/institutions/new", "/desk/setup/invitations", "/desk/appointments", "/desk/log"},
		"auditor":            {"/desk", "/desk/cases", "/desk/log"},
		"institution_head":   {"/desk"},
		"trust_person":       {"/desk", "/desk/account"},
	}
	for role, paths := range desk {
		m := offices(creds, role)[0]
		v := visit(t, browser, p.base, true).signsIn(m.Email, m.Password, m.TOTPSecret)
		for _, look := range looks() {
			width, height := int64(390), int64(844)
			if look.wide {
				width, height = 1280, 900
			}
			must(t, chromedp.Do(v.ctx, chromedp.EmulateViewport(width, height)))
			v.look(look.dark)
			for _, path := range paths {
				v.answers(path, look.name+"-"+role)
			}
		}
	}
}

type look struct {
	name       string
	wide, dark bool
}

func looks() []look {
	return []look{{"phone-light", false, false}, {"phone-dark", false, true}, {"desk-light", true, false}, {"desk-dark", true, true}}
}

// held is a case under examination that the first responsible person holds.
func held(creds demo.Credentials) string {
	for _, c := range creds.Cases {
		if c.State == "investigation" && c.Institution == creds.Members[0].Institution {
			return c.Number
		}
	}
	return ""
}

func (v *visitor) look(dark bool) {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	must(v.t, err)
}

// answers opens a page, demands 200 and no sideways scrolling, and draws it.
func (v *visitor) answers(path, name string) {
	v.t.Helper()
	v.open(path)
	if v.status != 200 {
		v.t.Errorf("%s answers %d", path, v.status)
	}
	if over := eval[int](v, `document.scrollingElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		v.t.Errorf("%s is %d px too wide in %s", path, over, name)
	}
	if os.Getenv("PAGES_DIR") == "" {
		return
	}
	slug := strings.Trim(strings.ReplaceAll(path, "/", "-"), "-")
	if strings.HasPrefix(path, "/desk/cases/") {
		slug = "desk-case"
	}
	if slug == "" {
		slug = "start"
	}
	v.shot(fmt.Sprintf("%s-%s", name, slug))
}
