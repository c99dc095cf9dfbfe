package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"svilpe/internal/config"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/httpd/admin"
	"svilpe/internal/httpd/help"
	"svilpe/internal/httpd/member"
	"svilpe/internal/httpd/mycase"
	"svilpe/internal/httpd/report"
	"svilpe/internal/locale"
	"svilpe/internal/store"
	"svilpe/web"
)

type serveCmd struct {
	settings
	ClockIsRight bool `help:"The clock is right, though the log's newest entry is over three days old. Give it once."`
	Probe        bool `help:"Ask a serving program whether it answers, and exit 0 or 1: for health checks."`
}

// Help says what serve needs.
func (serveCmd) Help() string {
	return `Serves reporters and members on listen.public, or members apart on listen.members. Without readable
keys, or with founders that do not verify, every page answers 503 and the log says why. Practice data
is refused. After a stop of more than three days nothing is written until somebody has looked at the
clock and started once with --clock-is-right. Plain words live in memory only: on Linux the program
switches its core dumps off itself, swap has to be off on the machine.`
}

// Run serves until it is told to stop.
func (c serveCmd) Run(p *program) error {
	cfg, err := c.load(nil)
	if err != nil {
		return err
	}
	if c.Probe {
		return probe(p.ctx, cfg)
	}
	log := p.logger(cfg)
	h, err := open(p.ctx, cfg, log, p.now)
	if _, none := os.Stat(filepath.Join(cfg.Paths.Data, store.File)); err != nil && errors.Is(none, fs.ErrNotExist) {
		return fmt.Errorf("%w: nothing is set up in %s yet: svilpe init does that", errUsage, cfg.Paths.Data)
	}
	if err != nil {
		// Fail closed, and say so on every page rather than refuse connections.
		log.LogAttrs(p.ctx, slog.LevelError, "the installation stays closed", slog.Any("err", err))
		return p.closed(cfg, log)
	}
	defer func() { _ = h.store.Close() }()
	if h.demo {
		return fmt.Errorf("%w: %s holds a practice instance; serve it with svilpe demo", errUsage, cfg.Paths.Data)
	}
	if c.ClockIsRight {
		h.store.ClockIsRight(ethics.DayOf(p.now()))
	}
	return p.serve(h, nil)
}

// serve runs the servers and the work beside them.
func (p *program) serve(h *services, practice func() []member.Practice) error {
	servers, err := h.servers(p.now, practice)
	if err != nil {
		return err
	}
	if !dumpsOff {
		h.log.LogAttrs(p.ctx, slog.LevelWarn,
			"this system does not let the program switch its core dumps off: switch them off for it")
	}
	// Little lives between two requests and each leaves much garbage, so the heap
	// may grow to five times what lives before it is collected: 20 to 30 MB while
	// reports pour in, given back within a minute (keep).
	debug.SetGCPercent(400)
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	h.begin(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { h.maintain(ctx) })
	err = p.listen(ctx, h.cfg, h.log, servers)
	cancel()
	beside.Wait()
	return err
}

// servers makes one server for both doors, or one for each.
func (h *services) servers(now func() time.Time, practice func() []member.Practice) (map[string]*httpd.Server, error) {
	c := h.cfg
	make := func(secure bool) (*httpd.Server, error) {
		return httpd.New(httpd.Options{
			Config: c, Catalogue: h.catalogue, Log: h.log, Clock: now, Secure: secure, Demo: h.demo, Gate: h.ready,
		})
	}
	public, err := make(c.Site.PublicSecure())
	if err != nil {
		return nil, err
	}
	out := map[string]*httpd.Server{c.Listen.Public: public}
	members := public
	if c.Listen.Members != "" && c.Listen.Members != c.Listen.Public {
		if members, err = make(c.Site.MembersSecure()); err != nil {
			return nil, err
		}
		out[c.Listen.Members] = members
	}
	h.reporters(public)
	h.members(members, practice)
	return out, nil
}

func (h *services) reporters(s *httpd.Server) {
	(&report.Site{Server: s, Intake: h.intake, Policy: h.policy}).Register()
	(&mycase.Site{Server: s, Dialogue: h.dialogue, Policy: h.policy, FilesOpen: h.intake.FilesOpen}).Register()
	help.Reporters(s, h.policy)
}

func (h *services) members(s *httpd.Server, practice func() []member.Practice) {
	desk := &httpd.Desk{Server: s, Auth: h.auth, Policy: h.policy, Verdict: h.verdict}
	(&member.Site{
		Desk: desk, Auth: h.auth, Casework: h.casework, Insight: h.insight, Registry: h.registry, Policy: h.policy,
		Now: h.now, Practice: practice,
	}).Register()
	(&report.Site{Server: s, Desk: desk, Intake: h.intake, Policy: h.policy}).RegisterDesk()
	(&admin.Site{Desk: desk, Registry: h.registry, Insight: h.insight, Policy: h.policy}).Register()
	help.Members(desk, h.policy)
}

// closed answers 503 on every page until it is told to stop.
func (p *program) closed(cfg config.Config, log *slog.Logger) error {
	catalogue, err := locale.Load(web.Locale())
	if err != nil {
		return err
	}
	s, err := httpd.New(httpd.Options{
		Config: cfg, Catalogue: catalogue, Log: log, Clock: p.now, Secure: cfg.Site.PublicSecure(),
		Gate: func(string) error { return ethics.ErrUnavailable },
	})
	if err != nil {
		return err
	}
	doors := map[string]*httpd.Server{cfg.Listen.Public: s}
	if cfg.Listen.Members != "" {
		doors[cfg.Listen.Members] = s
	}
	return p.listen(p.ctx, cfg, log, doors)
}

// listen serves until ctx ends, then lets answers under way finish.
func (p *program) listen(
	ctx context.Context, cfg config.Config, log *slog.Logger, servers map[string]*httpd.Server,
) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make(chan error, len(servers))
	for addr, s := range servers {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		log.LogAttrs(ctx, slog.LevelInfo, "listening", slog.String("addr", addr))
		srv := s.HTTP(addr)
		go func() {
			errs <- serveOn(srv, l, cfg.TLS, cfg.Site)
			cancel()
		}()
		defer func() { // all at once, after the first has ended or ctx has
			end, done := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
			defer done()
			_ = srv.Shutdown(end)
		}()
	}
	<-ctx.Done()
	select {
	case err := <-errs:
		if !errors.Is(err, http.ErrServerClosed) {
			return err
		}
	default:
	}
	return nil
}

func serveOn(srv *http.Server, l net.Listener, t config.TLS, site config.Site) error {
	switch t.Mode {
	case config.TLSFiles:
		return srv.ServeTLS(l, t.Cert, t.Key)
	case config.TLSACME:
		hosts := []string{host(site.PublicURL), host(site.Members())}
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, Email: t.Email, Cache: autocert.DirCache("acme"),
			HostPolicy: autocert.HostWhitelist(hosts...),
		}
		srv.TLSConfig = m.TLSConfig()
		return srv.ServeTLS(l, "", "")
	}
	return srv.Serve(l)
}

func host(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	name, _, _ := strings.Cut(rest, ":")
	return strings.TrimSuffix(name, "/")
}

// probe asks /healthz of the program that these settings describe.
func probe(ctx context.Context, cfg config.Config) error {
	addr := cfg.Listen.Public
	if h, port, err := net.SplitHostPort(addr); err == nil && (h == "" || h == "0.0.0.0" || h == "::") {
		addr = net.JoinHostPort("127.0.0.1", port)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/healthz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("healthz answered %d", res.StatusCode)
	}
	return nil
}
