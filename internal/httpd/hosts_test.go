package httpd_test

import (
	"net/http"
	"testing"
)

// TestOtherHosts: a name that somebody else made lead here is answered with nothing but
// a word, whatever its page posts as if it were ours; names of settings, numbers and
// onions are.
func TestOtherHosts(t *testing.T) {
	s, _ := newServer(t, nil)
	for host, want := range map[string]int{
		"example.com": 404, "EXAMPLE.com:8443": 404, "example.com.": 404, "localhost:8080": 404,
		"127.0.0.1:8171": 404, "[::1]:80": 404,
		"abcdefghij.onion": 404, "evil.example": 421, "evil.example:8171": 421,
		"example.com.evil.example": 421, "": 421, "onion": 421,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			w := do(s, method, "/nothing", func(r *http.Request) {
				r.Host = host
				r.Header.Set("Origin", "http://"+host)
			})
			if w.Code != want {
				t.Errorf("%s %q: %d", method, host, w.Code)
			}
		}
	}
	if w := do(s, http.MethodGet, "/static/x/none.css", func(r *http.Request) {
		r.Host = "evil.example"
	}); w.Code != http.StatusNotFound {
		t.Errorf("the page that says so has no looks: %d", w.Code)
	}
	if w := do(s, http.MethodGet, "/healthz", func(r *http.Request) {
		r.Host = "container-7"
	}); w.Code != http.StatusOK {
		t.Errorf("who watches is answered %d", w.Code)
	}
}
