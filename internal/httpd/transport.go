package httpd

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	rollTime  = 60 * time.Second // for each rollBytes, in both directions
	rollBytes = 64 << 10
	slack     = 8 << 20 // of a body, beside the files of one report: text, part headers
)

// bound limits what a request may send and how long its reader or writer may
// keep us waiting. A body that no handler reads has rollTime to be drained.
func (s *Server) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		if r.ContentLength != 0 {
			_ = rc.SetReadDeadline(s.opt.Clock().Add(rollTime)) // a recorder in a test has none
			r.Body = http.MaxBytesReader(w, r.Body, s.opt.Config.Limits.ReportBytes()+slack)
		}
		next.ServeHTTP(&rollingWriter{ResponseWriter: w, rc: rc, clock: s.opt.Clock}, r)
	})
}

// rollingReader gives its source rollTime of waiting for each rollBytes. Only
// the time spent in Read counts: a handler that is slow to store what it read
// takes nothing from a slow sender.
type rollingReader struct {
	src   io.Reader
	rc    *http.ResponseController
	clock func() time.Time
	left  time.Duration
	got   int
}

func (s *Server) rolling(c echo.Context) *rollingReader {
	return &rollingReader{
		src: c.Request().Body, rc: http.NewResponseController(c.Response()), clock: s.opt.Clock, left: rollTime,
	}
}

func (r *rollingReader) Read(p []byte) (int, error) {
	start := r.clock()
	if err := r.rc.SetReadDeadline(start.Add(r.left)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	n, err := r.src.Read(p[:min(len(p), rollBytes)])
	r.left -= r.clock().Sub(start)
	if r.got += n; r.got >= rollBytes {
		r.got, r.left = 0, rollTime
	}
	return n, err
}

// done lifts the deadline once a body was read whole: net/http goes on reading
// the connection to notice a visitor who leaves, and must not take our
// deadline for that.
func (r *rollingReader) done() { _ = r.rc.SetReadDeadline(time.Time{}) }

// rollingWriter gives the visitor rollTime for each rollBytes of the answer.
type rollingWriter struct {
	http.ResponseWriter
	rc    *http.ResponseController
	clock func() time.Time
}

func (w *rollingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *rollingWriter) Write(p []byte) (int, error) {
	var done int
	for {
		_ = w.rc.SetWriteDeadline(w.clock().Add(rollTime))
		n, err := w.ResponseWriter.Write(p[done:min(len(p), done+rollBytes)])
		if done += n; err != nil || done == len(p) {
			return done, err
		}
	}
}
