package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Check tells every fault of a configuration, each by its key.
func (c Config) Check() error {
	return errors.Join(
		c.Site.check(), c.Listen.check(), c.TLS.check(c.Site),
		positive("limits.file_mb", c.Limits.FileMB), positive("limits.report_mb", c.Limits.ReportMB),
		positive("limits.files", c.Limits.Files), positive("limits.text_chars", c.Limits.TextChars),
		positive("limits.drafts_gb", c.Limits.DraftsGB), positive("limits.new_a_day", c.Limits.NewADay),
		positive("login.tries", c.Login.Tries),
		positive("login.known_days", c.Login.KnownDays), positive("login.invitation_days", c.Login.InvitationDays),
		positive("login.longest_wait", c.Login.LongestWait),
		ordered("session.reporter_idle", c.Session.ReporterIdle, c.Session.ReporterMax),
		ordered("session.member_idle", c.Session.MemberIdle, c.Session.MemberMax),
		given("paths.data", c.Paths.Data), given("paths.keys", c.Paths.Keys),
		oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error"),
	)
}

// PublicSecure tells whether the reporters' door is reached over TLS: cookies
// are then Secure with the __Host- prefix and HSTS is sent.
func (s Site) PublicSecure() bool { return strings.HasPrefix(s.PublicURL, "https://") }

// MembersSecure is the same for the members' door.
func (s Site) MembersSecure() bool { return strings.HasPrefix(s.Members(), "https://") }

// Members is MembersURL, or the public URL where there is none.
func (s Site) Members() string {
	if s.MembersURL != "" {
		return s.MembersURL
	}
	return s.PublicURL
}

func (s Site) check() error {
	var faults []error
	faults = append(faults, given("site.name", s.Name), origin("site.public_url", s.PublicURL))
	if s.MembersURL != "" {
		faults = append(faults, origin("site.members_url", s.MembersURL))
	}
	if u, err := url.Parse(s.LeaveURL); err != nil || u.Scheme != "https" || u.Host == "" {
		faults = append(faults, errors.New("site.leave_url: not an https address"))
	}
	if len(s.Languages) == 0 {
		faults = append(faults, errors.New("site.languages: none"))
	}
	for i, lang := range s.Languages {
		if !slices.Contains(Default().Site.Languages, lang) || slices.Contains(s.Languages[:i], lang) {
			faults = append(faults, errors.New("site.languages: each of lv, en, ru, kk at most once"))
			break
		}
	}
	return errors.Join(faults...)
}

// origin is scheme and host only. Plain http would show every word on the way,
// so it is refused but for hosts that never leave the machine or Tor.
func origin(key, s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s: not an address of the form https://host", key)
	}
	switch host := u.Hostname(); {
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (strings.HasSuffix(host, ".onion") || Loopback(host)):
		return nil
	}
	return fmt.Errorf("%s: must be https, or http on an .onion or loopback host", key)
}

// Loopback tells whether a host name or address never leaves the machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func (l Listen) check() error {
	var faults []error
	for key, addr := range map[string]string{"listen.public": l.Public, "listen.members": l.Members} {
		if addr == "" && key != "listen.public" {
			continue
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			faults = append(faults, fmt.Errorf("%s: not host:port", key))
		}
	}
	return errors.Join(faults...)
}

func (t TLS) check(s Site) error {
	faults := []error{oneOf("tls.mode", t.Mode, TLSOff, TLSFiles, TLSACME)}
	if t.Mode == TLSFiles {
		faults = append(faults, given("tls.cert", t.Cert), given("tls.key", t.Key))
	}
	if t.Mode == TLSACME {
		faults = append(faults, given("tls.email", t.Email))
	}
	if t.Mode != TLSOff && !s.PublicSecure() {
		faults = append(faults, errors.New("site.public_url: must be https where tls.mode is not off"))
	}
	return errors.Join(faults...)
}

func positive[T int | time.Duration](key string, v T) error {
	if v <= 0 {
		return fmt.Errorf("%s: must be more than nothing", key)
	}
	return nil
}

func ordered(key string, idle, longest time.Duration) error {
	if idle <= 0 || longest < idle {
		return fmt.Errorf("%s: must be more than nothing and no more than the longest visit", key)
	}
	return nil
}

func given(key, v string) error {
	if strings.TrimSpace(v) == "" {
		return fmt.Errorf("%s: missing", key)
	}
	return nil
}

func oneOf(key, v string, allowed ...string) error {
	if !slices.Contains(allowed, v) {
		return fmt.Errorf("%s: one of %s", key, strings.Join(allowed, ", "))
	}
	return nil
}
