package httpd_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/httpd"
)

// counted answers forms with how often its handler was asked, slowly.
type counted struct {
	http.Handler
	asked atomic.Int64
}

func countedServer(t *testing.T, answer func(c echo.Context, n int64) error) *counted {
	s, _ := newServer(t, nil)
	out := &counted{}
	s.Echo.POST("/form", func(c echo.Context) error {
		form, err := s.ReadForm(c, nil)
		if err != nil {
			return err
		}
		switch form.Get("text") {
		case "":
			return httpd.ErrMalformed
		case "made again":
			httpd.MadeAgain(c)
		}
		n := out.asked.Add(1)
		time.Sleep(time.Second)
		return answer(c, n)
	})
	out.Handler = s.Handler()
	return out
}

func (h *counted) post(body, cookie, kind string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/form", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const form = "application/x-www-form-urlencoded"

func code(c echo.Context, n int64) error {
	c.Response().Header().Set("X-Once", "yes")
	return c.String(http.StatusOK, fmt.Sprintf("code %d", n))
}

// TestTheSameFormAtOnce: a double click is one act and one answer, and so it is for the
// next seconds; another browser, other words and a page opened anew are not that form.
func TestTheSameFormAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := countedServer(t, code)
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				if w := h.post("draft=a&text=x", "desk=1", form); w.Code != http.StatusOK ||
					w.Body.String() != "code 1" || w.Header().Get("X-Once") != "yes" {
					t.Errorf("%d %s", w.Code, w.Body)
				}
			})
		}
		wg.Wait()
		for n, x := range []struct{ body, cookie, kind, want string }{
			{"draft=a&text=x", "desk=1", form + "; charset=utf-8", "code 1"}, // a moment later
			{"draft=a&text=x", "desk=2", form, "code 2"},
			{"draft=a&text=y", "desk=1", form, "code 3"},
			{"draft=b&text=x", "desk=1", form, "code 4"},
			{"text=x", "desk=1", form, "code 5"},
			{"text=x", "desk=1", form, "code 6"}, // of no page: meant anew
			{"draft=c&text=made+again", "desk=1", form, "code 7"},
			{"draft=c&text=made+again", "desk=1", form, "code 8"},
		} {
			if got := h.post(x.body, x.cookie, x.kind).Body.String(); got != x.want {
				t.Errorf("%d: %q", n, got)
			}
		}
		time.Sleep(6 * time.Second)
		if got := h.post("draft=a&text=x", "desk=1", form).Body.String(); got != "code 9" {
			t.Errorf("long after: %q", got)
		}
		time.Sleep(6 * time.Second)
	})
}

// TestAFailureIsNotRepeated: who waits for an answer that is none asks again, one after
// the other; neither an error nor a refusal is kept, and a panic leaves nobody waiting.
func TestAFailureIsNotRepeated(t *testing.T) {
	for name, fails := range map[string]func(echo.Context) error{
		"an error":  func(echo.Context) error { return errors.New("busy") },
		"a refusal": func(c echo.Context) error { return c.String(http.StatusUnprocessableEntity, "no") },
		"a panic":   func(echo.Context) error { panic("x") },
	} {
		synctest.Test(t, func(t *testing.T) {
			h := countedServer(t, func(c echo.Context, n int64) error {
				if n < 3 {
					return fails(c)
				}
				return code(c, n)
			})
			said := map[string]int{}
			var mu sync.Mutex
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					w := h.post("draft=a&text=x", "", form)
					mu.Lock()
					defer mu.Unlock()
					if w.Code == http.StatusOK {
						said[w.Body.String()]++
					}
				})
			}
			wg.Wait()
			if said["code 3"] != 6 || len(said) != 1 {
				t.Errorf("%s: %v", name, said)
			}
			time.Sleep(6 * time.Second)
		})
	}
}

// TestWhatIsReadAheadIsReadAgain: a form that is too long, or cut, is refused as before.
func TestWhatIsReadAheadIsReadAgain(t *testing.T) {
	h := countedServer(t, code)
	for body, want := range map[string]int{
		"draft=a&text=" + strings.Repeat("x", 1<<20): http.StatusRequestEntityTooLarge,
		"draft=a&text=" + strings.Repeat("x", 4<<20): http.StatusRequestEntityTooLarge,
		"draft=a": http.StatusBadRequest,
		"draft=%": http.StatusBadRequest,
	} {
		if w := h.post(body, "", form); w.Code != want {
			t.Errorf("%d bytes: %d", len(body), w.Code)
		}
	}
}
