package httpd

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Errors of forms. They name what is wrong with the sending, never a value.
var (
	ErrMalformed   = errors.New("malformed form")
	ErrTooLarge    = errors.New("form too large")
	ErrUnsupported = errors.New("not a form's media type")
)

// kindUntrusted is what is stored and does not agree with what was signed. It
// has words of its own: its 503 does not pass by itself.
const kindUntrusted = "untrusted"

// kindBusy is what passes by itself in a moment.
const kindBusy = "busy"

// outcomes is the one table from errors to what a visitor is told. What is not
// in it is 500.
var outcomes = []struct {
	err    error
	status int
	kind   string
}{
	{context.Canceled, http.StatusBadRequest, "gone"}, // the visitor left, nobody reads the answer
	// Before «not found»: that an author is unknown is one reason for it.
	{ethics.ErrUntrusted, http.StatusServiceUnavailable, kindUntrusted},
	{audit.ErrTampered, http.StatusServiceUnavailable, kindUntrusted},
	{ErrMalformed, http.StatusBadRequest, "malformed"},
	{ethics.ErrSessionEnded, http.StatusUnauthorized, "session_ended"},
	{ethics.ErrNotFound, http.StatusNotFound, "not_found"},
	{ErrTooLarge, http.StatusRequestEntityTooLarge, "too_large"},
	{ethics.ErrTooLarge, http.StatusRequestEntityTooLarge, "too_large"},
	{ErrUnsupported, http.StatusUnsupportedMediaType, "media_type"},
	{ethics.ErrBusy, http.StatusServiceUnavailable, kindBusy},
	{ethics.ErrQuota, http.StatusServiceUnavailable, "quota"}, // where no form answers it
	{ethics.ErrDay, http.StatusServiceUnavailable, kindBusy},  // midnight passed in this very moment
	{ethics.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
	{ethics.ErrNotReady, http.StatusServiceUnavailable, "not_ready"},
}

// outcome gives status and kind of an error, for page and log.
func outcome(err error) (int, string) {
	for _, o := range outcomes {
		if errors.Is(err, o.err) {
			return o.status, o.kind
		}
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		switch he.Code {
		case http.StatusNotFound:
			return he.Code, "not_found"
		case http.StatusMethodNotAllowed:
			return he.Code, "method"
		}
	}
	return http.StatusInternalServerError, "failed"
}

func (s *Server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return // the log has it; the visitor got what was already sent
	}
	status, kind := outcome(err)
	if status == http.StatusMethodNotAllowed {
		allowHead(c.Response().Header())
	}
	s.errorPage(c.Response(), c.Request(), status, kind)
}

// allowHead adds HEAD, answered like GET, to the list Echo made.
func allowHead(h http.Header) {
	allow := h.Get(echo.HeaderAllow)
	if strings.Contains(allow, http.MethodGet) && !strings.Contains(allow, http.MethodHead) {
		h.Set(echo.HeaderAllow, allow+", "+http.MethodHead)
	}
}

// errorView is the same for every address of a door: nothing of the request
// but its language and its door is in it.
type errorView struct {
	Page
	Desk bool
	Text string
}

// errorPage answers in calm words. It must not fail: where even its template
// does, a plain line is sent.
func (s *Server) errorPage(w http.ResponseWriter, r *http.Request, status int, kind string) {
	p := s.opt.Catalogue.Printer(s.lang(r))
	key := "error." + strconv.Itoa(status)
	if kind == kindUntrusted {
		key = "error.untrusted"
	}
	view := errorView{Page: s.page(r, p.T(key+".title")), Desk: desk(r.URL.Path), Text: p.T(key + ".text")}
	if err := s.render(w, r, status, "error/error", view); err != nil {
		s.log.LogAttrs(r.Context(), slog.LevelError, "error page", append(text(r, err), slog.Int("status", status))...)
		w.Header().Set(echo.HeaderContentType, echo.MIMETextPlainCharsetUTF8)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(p.T(key+".title") + "\n" + p.T(key+".text") + "\n"))
	}
}
