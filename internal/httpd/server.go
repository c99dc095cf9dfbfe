// Package httpd is what the four sites share: the server and its limits,
// headers, cookies, languages, streamed forms, pages and error pages. Start
// with New, register handlers on Server.Echo, serve Server.Handler.
//
// It promises that no answer leaves half written, that what a request carries
// is bounded in size and in time, that 404 says the same for unknown and not
// permitted, and that nothing about a visitor (address, user agent, referrer,
// values, path parameters) reaches a log. echo.Context is known here and on
// the floor above, nowhere below.
package httpd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"svilpe/internal/config"
	"svilpe/internal/locale"
	"svilpe/web"
)

// Options are what one listener's server is made of. One program may run two:
// the reporters' door and, on an address of its own, the members'.
type Options struct {
	Config    config.Config
	Catalogue *locale.Catalogue
	Log       *slog.Logger
	// Clock is the wall clock, time.Now. Deadlines on connections are absolute,
	// so it must not be a clock that a test has turned.
	Clock func() time.Time
	// Secure says that visitors reach this listener over TLS, here or at a
	// proxy: config.Site.PublicSecure or MembersSecure. Never read from requests.
	Secure bool
	// Demo puts the TRAINING banner on every page and shows the style guide.
	Demo bool
	// Gate, when given, is asked before every page but /static/ and /healthz; an
	// error is answered instead of the page. It keeps an installation closed
	// before its founding or without its keys.
	Gate func(path string) error
	// Templates and Static replace those of package web; tests use them.
	Templates, Static fs.FS
}

// Server is one listener's server. Echo takes the sites' routes.
type Server struct {
	Echo    *echo.Echo
	Cookies Cookies

	opt     Options
	log     *slog.Logger
	assets  assets
	views   *views
	repeats *repeats
}

// New parses every page in every language. Its error tells which template is
// faulty or which text is missing, so that no visitor finds out.
func New(o Options) (*Server, error) {
	if o.Catalogue == nil || o.Log == nil || o.Clock == nil {
		return nil, errors.New("httpd: catalogue, log and clock are needed")
	}
	if o.Templates == nil {
		o.Templates = web.Templates()
	}
	if o.Static == nil {
		o.Static = web.Static()
	}
	s := &Server{Echo: echo.New(), Cookies: Cookies{Secure: o.Secure}, opt: o, log: o.Log, repeats: newRepeats()}
	var err error
	if s.assets, err = loadAssets(o.Static); err != nil {
		return nil, fmt.Errorf("httpd: %w", err)
	}
	if s.views, err = parseViews(o.Templates, o.Catalogue, s.assets); err != nil {
		return nil, fmt.Errorf("httpd: %w", err)
	}
	s.Echo.HideBanner, s.Echo.HidePort = true, true
	s.Echo.Logger.SetOutput(io.Discard)
	s.Echo.HTTPErrorHandler = s.handleError
	s.Echo.Use(s.logRequests, s.gate, s.once)
	s.Echo.GET("/static/:hash/:name", s.static)
	s.Echo.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	return s, nil
}

// Config is the configuration the server was made with, for the sites' limits.
func (s *Server) Config() config.Config { return s.opt.Config }

// Demo tells whether this is a practice instance.
func (s *Server) Demo() bool { return s.opt.Demo }

// Handler is everything around the routes, outermost first: bounds, headers,
// language, panics, HEAD as GET, forms from elsewhere refused.
func (s *Server) Handler() http.Handler {
	var h http.Handler = s.Echo
	h = s.refuseCrossOrigin(h)
	h = s.refuseOtherHosts(h)
	h = headAsGet(h)
	h = s.recoverPanic(h)
	h = s.chooseLanguage(h)
	h = s.headers(h)
	return s.bound(h)
}

// HTTP is a net/http server for Handler at an address. It has no total read or
// write time, for Tor is slow and files are large: both roll instead (bound).
// Its own log is off, for its lines carry visitors' addresses.
func (s *Server) HTTP(addr string) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}

// headAsGet answers HEAD with the headers of GET. The server below still knows
// that it was HEAD and sends no body; the body written is dropped here too.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := *r
			get.Method = http.MethodGet
			next.ServeHTTP(bodiless{w}, &get)
			return
		}
		next.ServeHTTP(w, r)
	})
}

type bodiless struct{ http.ResponseWriter }

func (bodiless) Write(p []byte) (int, error)   { return len(p), nil }
func (b bodiless) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// refuseCrossOrigin lets no other site's page post here (net/http's
// CrossOriginProtection: Sec-Fetch-Site, else Origin against Host).
func (s *Server) refuseCrossOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.errorPage(w, r, http.StatusForbidden, endedCrossSite)
	}))
	return guard.Handler(next)
}

// refuseOtherHosts answers at the addresses that settings name: a name that somebody
// else made lead here could post, from a page of theirs, as if it were ours. Numbers,
// localhost and .onion names lead where they say.
func (s *Server) refuseOtherHosts(next http.Handler) http.Handler {
	named := map[string]bool{"localhost": true}
	for _, address := range []string{s.opt.Config.Site.PublicURL, s.opt.Config.Site.Members()} {
		if u, err := url.Parse(address); err == nil {
			named[strings.ToLower(u.Hostname())] = true
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := url.URL{Host: r.Host}
		host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
		ours := named[host] || net.ParseIP(host) != nil || strings.HasSuffix(host, ".onion")
		if !ours && !alwaysServed(r.URL.Path) {
			s.errorPage(w, r, http.StatusMisdirectedRequest, endedOtherHost)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// alwaysServed tells whether a path says nothing of anybody, and is answered whatever stands
// against a page: how error pages look, and that the program runs.
func alwaysServed(path string) bool { return path == "/healthz" || strings.HasPrefix(path, "/static/") }

func (s *Server) gate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Request().URL.Path
		if s.opt.Gate != nil && !alwaysServed(path) {
			if err := s.opt.Gate(path); err != nil {
				if path == leavePath { // whatever has happened here, who leaves is let go
					return s.Leave(c)
				}
				return err
			}
		}
		return next(c)
	}
}

// desk tells by the path whose door a request came to: pages below /desk speak
// in the members' voice, and what fails there is logged with its words.
func desk(path string) bool { return path == "/desk" || strings.HasPrefix(path, "/desk/") }
