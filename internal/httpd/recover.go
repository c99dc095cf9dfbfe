package httpd

import (
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
)

// recoverPanic answers 500 and logs the place, not the value: a value could be
// what a reporter wrote. An answer already begun is cut off.
func (s *Server) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watch := &watched{ResponseWriter: w}
		defer func() {
			switch v := recover(); {
			case v == nil:
			case v == http.ErrAbortHandler: //nolint:errorlint // net/http compares it so
				panic(v)
			default:
				s.log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("kind", "panic"),
					slog.String("at", panicPlace()))
				if watch.wrote {
					panic(http.ErrAbortHandler)
				}
				s.errorPage(watch, r, http.StatusInternalServerError, endedFailed)
			}
		}()
		next.ServeHTTP(watch, r)
	})
}

// watched remembers whether an answer has begun.
type watched struct {
	http.ResponseWriter
	wrote bool
}

func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *watched) WriteHeader(status int) {
	w.wrote = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(p []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(p)
}

// panicPlace is the innermost function of ours on the panicking stack.
func panicPlace() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "svilpe/") && !strings.Contains(f.Function, "recoverPanic") {
			return f.Function + ":" + strconv.Itoa(f.Line)
		}
		if !more {
			return "unknown"
		}
	}
}
