package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"
)

// words are what is said of a setting that breaks a rule, by the rule's tag.
var words = map[string]string{
	"given":       "missing",
	"required_if": "missing",
	"min":         "missing",
	"gt":          "must be more than nothing",
	"ltefield":    "must be no more than the longest visit",
	"oneof":       "one of",
	"unique":      "each at most once",
	"https":       "not an https address",
	"origin":      "must be https://host, or http:// with an .onion or loopback host",
	"address":     "not host:port",
	"tls":         "must be https where tls.mode is not off",
}

var rules = newRules()

func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("koanf") })
	for tag, holds := range map[string]func(string) bool{
		"given": given, "https": https, "origin": origin, "address": address,
	} {
		err := v.RegisterValidation(tag, func(l validator.FieldLevel) bool { return holds(l.Field().String()) })
		if err != nil {
			panic(err) // a tag without a name
		}
	}
	v.RegisterStructValidation(func(l validator.StructLevel) {
		if c, ok := l.Current().Interface().(Config); ok && c.TLS.Mode != TLSOff && !c.Site.PublicSecure() {
			l.ReportError(c.Site.PublicURL, "site.public_url", "PublicURL", "tls", "")
		}
	}, Config{})
	return v
}

// Check tells every fault of a configuration, each by its key.
func (c Config) Check() error {
	err := rules.Struct(c)
	var broken validator.ValidationErrors
	if !errors.As(err, &broken) {
		return err
	}
	var faults []error
	for _, b := range broken {
		key := strings.TrimPrefix(b.Namespace(), "Config.")
		said := words[b.Tag()]
		if b.Tag() == "oneof" {
			said += " " + strings.ReplaceAll(b.Param(), " ", ", ")
		}
		faults = append(faults, fmt.Errorf("%s: %s", key, said))
	}
	return errors.Join(faults...)
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

func given(s string) bool { return strings.TrimSpace(s) != "" }

func https(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != ""
}

// origin is scheme and host only. Plain http would show every word on the way,
// so it is refused but for hosts that never leave the machine or Tor.
func origin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" ||
		u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (strings.HasSuffix(host, ".onion") || Loopback(host))
}

func address(s string) bool {
	_, _, err := net.SplitHostPort(s)
	return err == nil
}

// Loopback tells whether a host name or address never leaves the machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
