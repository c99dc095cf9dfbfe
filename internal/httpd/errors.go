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

// outcomeKind is how a request ended, for the log, and where a page has words of its
// own for that.
type outcomeKind string

// Kinds of outcomes: all that there are.
const (
	endedWell        outcomeKind = "ok"
	endedGone        outcomeKind = "gone" // the visitor left, nobody reads the answer
	endedMalformed   outcomeKind = "malformed"
	endedSession     outcomeKind = "session_ended"
	endedCrossSite   outcomeKind = "cross_site"
	endedOtherHost   outcomeKind = "other_host"
	endedNotFound    outcomeKind = "not_found"
	endedMethod      outcomeKind = "method"
	endedTooLarge    outcomeKind = "too_large"
	endedMediaType   outcomeKind = "media_type"
	endedFailed      outcomeKind = "failed" // whatever has no kind
	endedBusy        outcomeKind = "busy"   // passes by itself in a moment
	endedQuota       outcomeKind = "quota"
	endedUnavailable outcomeKind = "unavailable"
	endedNotReady    outcomeKind = "not_ready"
	// What is stored does not agree with what was signed. It has words of its own: its
	// 503 does not pass by itself.
	endedUntrusted outcomeKind = "untrusted"
)

// outcomes is the one table from errors to what a visitor is told. What is not
// in it is 500.
var outcomes = []struct {
	err    error
	status int
	kind   outcomeKind
}{
	{context.Canceled, http.StatusBadRequest, endedGone},
	// Before «not found»: that an author is unknown is one reason for it.
	{ethics.ErrUntrusted, http.StatusServiceUnavailable, endedUntrusted},
	{audit.ErrTampered, http.StatusServiceUnavailable, endedUntrusted},
	{ErrMalformed, http.StatusBadRequest, endedMalformed},
	{ethics.ErrSessionEnded, http.StatusUnauthorized, endedSession},
	{ethics.ErrNotFound, http.StatusNotFound, endedNotFound},
	{ErrTooLarge, http.StatusRequestEntityTooLarge, endedTooLarge},
	{ethics.ErrTooLarge, http.StatusRequestEntityTooLarge, endedTooLarge},
	{ErrUnsupported, http.StatusUnsupportedMediaType, endedMediaType},
	{ethics.ErrBusy, http.StatusServiceUnavailable, endedBusy},
	{ethics.ErrQuota, http.StatusServiceUnavailable, endedQuota}, // where no form answers it
	{ethics.ErrDay, http.StatusServiceUnavailable, endedBusy},    // midnight passed in this very moment
	{ethics.ErrUnavailable, http.StatusServiceUnavailable, endedUnavailable},
	{ethics.ErrNotReady, http.StatusServiceUnavailable, endedNotReady},
}

// outcome gives status and kind of an error, for page and log.
func outcome(err error) (int, outcomeKind) {
	for _, o := range outcomes {
		if errors.Is(err, o.err) {
			return o.status, o.kind
		}
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		switch he.Code {
		case http.StatusNotFound:
			return he.Code, endedNotFound
		case http.StatusMethodNotAllowed:
			return he.Code, endedMethod
		}
	}
	return http.StatusInternalServerError, endedFailed
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
func (s *Server) errorPage(w http.ResponseWriter, r *http.Request, status int, kind outcomeKind) {
	p := s.opt.Catalogue.Printer(s.lang(r))
	key := "error." + strconv.Itoa(status)
	if kind == endedUntrusted {
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
