package member_test

import (
	"net/http"
	"net/url"
	"testing"
)

// A flood at the sign-in is told to wait, and writes no line of the log for each try.
func TestAFloodFillsNoLog(t *testing.T) {
	d := open(t)
	for range 21 {
		place, err := d.auth.Gate.Enter(false)
		must(t, err)
		defer place.Leave()
	}
	d.logged.Reset()
	b := d.browser()
	for range 5 {
		w := b.post("/desk/sign-in",
			url.Values{
				"name": {"nobody@example.lv"}, "password": {"nepareiza parole"}, "code": {"000000"}, "lang": {"en"},
			})
		b.want(w, http.StatusTooManyRequests)
	}
	if got := d.logged.String(); got != "" {
		t.Errorf("logged: %s", got)
	}
}
