package main

import (
	"net/http"
	"net/http/httptest"

	"github.com/pquerna/otp/totp"
)

func newRequest(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func (w *walk) code(p person) string {
	w.t.Helper()
	code, err := totp.GenerateCode(p.totp, w.h.auth.Now())
	must(w.t, err)
	return code
}

// reporter is a reporter's browser, in the case by the form for codes.
func (w *walk) reporter(code string) *tab {
	w.t.Helper()
	b := w.tab("the reporter")
	b.open("/status").form("/status").set("code", code).stored("")
	return b
}
