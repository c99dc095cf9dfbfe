package httpd_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/httpd"
)

// wire runs the real net/http server on an in-memory connection, inside a
// synctest bubble where minutes pass at once.
func wire(t *testing.T, s *httpd.Server) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	srv := s.HTTP("")
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(&oneConn{conn: theirs, closed: make(chan struct{})})
	}()
	t.Cleanup(func() {
		_ = ours.Close()
		_ = srv.Close()
		<-served
	})
	return ours
}

// oneConn is a listener that has one connection to give.
type oneConn struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// reading gives what ReadForm said of the one form sent.
func reading(t *testing.T) (*httpd.Server, chan error) {
	s, _ := newServer(t, nil)
	said := make(chan error, 1)
	s.Echo.POST("/form", func(c echo.Context) error {
		_, err := s.ReadForm(c, func(_ *httpd.Form, u httpd.Upload) error {
			_, err := io.Copy(io.Discard, u.Body)
			return err
		})
		said <- err
		return err
	})
	return s, said
}

func head(length int) string {
	return fmt.Sprintf("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		multipartType(), length)
}

// Tor is slow: a file may take an hour, if some of it comes every minute.
func TestSlowSenderIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, said := reading(t)
		conn := wire(t, s)
		body := part("draft", draft) + file("f", "a.pdf", strings.Repeat("x", 75*64<<10)) + end
		start := time.Now()
		write(t, conn, head(len(body)))
		for len(body) > 0 {
			n := min(len(body), 64<<10)
			write(t, conn, body[:n])
			body = body[n:]
			time.Sleep(50 * time.Second)
		}
		if err := <-said; err != nil {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if time.Since(start) < time.Hour {
			t.Error("the story was too short")
		}
	})
}

// Who sends a byte now and then, to hold a place, is let go after a minute.
func TestTricklingSenderIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, said := reading(t)
		conn := wire(t, s)
		go func() { _, _ = io.Copy(io.Discard, conn) }()
		start := time.Now()
		write(t, conn, head(1<<20)+part("draft", draft))
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			for {
				if _, err := conn.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(5 * time.Second)
			}
		}()
		if err := <-said; !errors.Is(err, httpd.ErrMalformed) {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took > 61*time.Second {
			t.Errorf("held for %v", took)
		}
		_ = conn.Close()
		<-gone
	})
}

// Time a handler takes to store what it read is not the sender's.
func TestSlowStoreTakesNothingFromTheSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newServer(t, nil)
		said := make(chan error, 1)
		s.Echo.POST("/form", func(c echo.Context) error {
			_, err := s.ReadForm(c, func(_ *httpd.Form, u httpd.Upload) error {
				time.Sleep(5 * time.Minute)
				_, err := io.Copy(io.Discard, u.Body)
				time.Sleep(5 * time.Minute)
				return err
			})
			said <- err
			return err
		})
		conn := wire(t, s)
		body := part("draft", draft) + file("f", "a.pdf", strings.Repeat("x", 100<<10)) + end
		go func() { _, _ = conn.Write([]byte(head(len(body)) + body)) }()
		if err := <-said; err != nil {
			t.Error(err)
		}
	})
}

// After a form was read, a long answer is not taken for a visitor who left.
func TestLongAnswerAfterAForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newServer(t, nil)
		said := make(chan error, 1)
		s.Echo.POST("/form", func(c echo.Context) error {
			if _, err := s.ReadForm(c, nil); err != nil {
				t.Error(err)
			}
			time.Sleep(10 * time.Minute)
			said <- context.Cause(c.Request().Context())
			return c.NoContent(http.StatusOK)
		})
		conn := wire(t, s)
		body := part("a", "b") + end
		go func() { _, _ = io.Copy(io.Discard, conn) }()
		write(t, conn, head(len(body))+body)
		if err := <-said; err != nil {
			t.Errorf("the request was given up: %v", err)
		}
	})
}

// Who asks for a page and does not take it is let go too.
func TestVisitorWhoDoesNotReadIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newServer(t, nil)
		said := make(chan error, 1)
		s.Echo.GET("/big", func(c echo.Context) error {
			_, err := c.Response().Write(make([]byte, 1<<20))
			said <- err
			return err
		})
		conn := wire(t, s)
		start := time.Now()
		write(t, conn, "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if err := <-said; err == nil {
			t.Error("the answer was taken by nobody")
		}
		if took := time.Since(start); took > 61*time.Second {
			t.Errorf("held for %v", took)
		}
	})
}

// A body nobody asked for does not hold its connection for ever.
func TestUnreadBodyIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newServer(t, nil)
		conn := wire(t, s)
		start := time.Now()
		write(t, conn, "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")
		_, _ = io.Copy(io.Discard, conn)
		if took := time.Since(start); took > 121*time.Second {
			t.Errorf("held for %v", took)
		}
	})
}

func TestHeaderMustCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newServer(t, nil)
		conn := wire(t, s)
		start := time.Now()
		write(t, conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
		_, _ = io.Copy(io.Discard, conn)
		if took := time.Since(start); took > 11*time.Second {
			t.Errorf("held for %v", took)
		}
	})
}

// The whole body is bounded, files and all.
func TestBodyIsBounded(t *testing.T) {
	s, _ := newServer(t, func(o *httpd.Options) { o.Config.Limits.ReportMB = 1 })
	s.Echo.POST("/form", func(c echo.Context) error {
		_, err := s.ReadForm(c, func(*httpd.Form, httpd.Upload) error { return nil })
		return err
	})
	body := part("draft", draft) + file("f", "a.pdf", strings.Repeat("x", 10<<20)) + end
	w := do(s, "POST", "/form", func(r *http.Request) {
		r.Header.Set("Content-Type", multipartType())
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), -1
	})
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", w.Code)
	}
}

func write(t *testing.T, w io.Writer, s string) {
	t.Helper()
	if _, err := io.WriteString(w, s); err != nil {
		t.Error(err)
	}
}
