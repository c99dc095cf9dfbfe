package httpd

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// logRequests writes a line of what failed on our side, at either door, and of
// nothing else: a line knows the second, the record knows the order, and a member's
// act in both would date what reporters did before and after it. Route patterns,
// not paths.
func (s *Server) logRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.opt.Clock()
		err := next(c)
		status, kind := c.Response().Status, endedWell
		if err != nil {
			status, kind = outcome(err)
		}
		if status < http.StatusInternalServerError {
			return err
		}
		if kind == endedBusy && !desk(c.Request().URL.Path) {
			return err // it passes by itself, and would tell when a reporter was writing
		}
		ms := s.opt.Clock().Sub(start).Round(10 * time.Millisecond).Milliseconds()
		attrs := []slog.Attr{
			slog.String("route", c.Path()), slog.Int("status", status), slog.Int64("ms", ms),
			slog.String("kind", string(kind)),
		}
		attrs = append(attrs, text(c.Request(), err)...)
		s.log.LogAttrs(c.Request().Context(), slog.LevelError, "request", attrs...)
		return err
	}
}

// text is an error's text for the log, at the members' door only: at the
// reporters' it may name a case, and the kind must do. The error of a connection
// carries the visitor's address, so its text stands nowhere.
func text(r *http.Request, err error) []slog.Attr {
	var op *net.OpError
	switch {
	case err == nil || !desk(r.URL.Path):
		return nil
	case errors.As(err, &op):
		return []slog.Attr{slog.String("err", "connection lost")}
	}
	return []slog.Attr{slog.String("err", err.Error())}
}
