// Package config is every setting of an installation, documented on its field with
// the rule that it keeps, and checked once at start. Start with Default and Load.
//
// A setting comes from the first that names it: command-line flag, environment
// (SVILPE_LIMITS__FILE_MB is limits.file_mb), svilpe.toml, default. A key that
// nobody knows is an error, for a misspelt limit is a limit that does not hold.
package config

import "time"

// Config is the whole of it. It does not change while the program runs.
type Config struct {
	// Site is what visitors see and where.
	Site Site `koanf:"site"`
	// Listen are the addresses the program answers at.
	Listen Listen `koanf:"listen"`
	// TLS says who closes the connection: this program or a proxy before it.
	TLS TLS `koanf:"tls"`
	// Paths are the two folders the program writes.
	Paths Paths `koanf:"paths"`
	// Limits bound what one report and all unfinished ones may take.
	Limits Limits `koanf:"limits"`
	// Session is how long a visit lasts.
	Session Session `koanf:"session"`
	// Login slows down guessing.
	Login Login `koanf:"login"`
	// Log is what the program says of itself.
	Log Log `koanf:"log"`
}

// Site is what visitors see and where.
type Site struct {
	// Name is the institution's name for this channel, in every page's header.
	Name string `koanf:"name" validate:"given"`
	// PublicURL is where reporters come, without a path. https, or http for an
	// .onion or loopback host only: the cookies' Secure mark follows from it.
	PublicURL string `koanf:"public_url" validate:"origin"`
	// MembersURL is where members come; empty means the public URL.
	MembersURL string `koanf:"members_url" validate:"omitempty,origin"`
	// LeaveURL is the neutral page «leave quickly» goes to.
	LeaveURL string `koanf:"leave_url" validate:"https"`
	// Languages offered, of lv, en, ru, kk; the first is for browsers that ask
	// for none of them.
	Languages []string `koanf:"languages" validate:"min=1,unique,dive,oneof=lv en ru kk"`
}

// Listen are host:port addresses; an empty host listens everywhere.
type Listen struct {
	// Public is the reporters' door, and the members' too when Members is empty.
	Public string `koanf:"public" validate:"address"`
	// Members, when given, is the members' door on an address of its own, so
	// that it can stay inside the institution's network (customary: :8081).
	Members string `koanf:"members" validate:"omitempty,address"`
}

// TLS modes.
const (
	TLSOff   = "off"   // a proxy or an onion service before the program, or loopback
	TLSFiles = "files" // certificate and key from files
	TLSACME  = "acme"  // certificates by ACME (RFC 8555), Let's Encrypt
)

// TLS says who closes the connection.
type TLS struct {
	// Mode is off, files or acme.
	Mode string `koanf:"mode" validate:"oneof=off files acme"`
	// Cert is the PEM file of the certificate chain, for files.
	Cert string `koanf:"cert" validate:"required_if=Mode files"`
	// Key is the PEM file of the private key, for files.
	Key string `koanf:"key" validate:"required_if=Mode files"`
	// Email is whom the certificate authority warns, for acme.
	Email string `koanf:"email" validate:"required_if=Mode acme"`
}

// Paths are the two folders the program writes.
type Paths struct {
	// Data holds the database.
	Data string `koanf:"data" validate:"given"`
	// Keys holds log.key, system.key, pepper and founders; mode 0700. A
	// copy of Data without Keys opens nothing.
	Keys string `koanf:"keys" validate:"given"`
}

// Limits bound what one report and all unfinished ones may take. A megabyte is
// 1024 × 1024 bytes, a gigabyte 1024 of those.
type Limits struct {
	// FileMB is the largest file, in megabytes.
	FileMB int `koanf:"file_mb" validate:"gt=0"`
	// ReportMB is all files of one report or message together, in megabytes.
	ReportMB int `koanf:"report_mb" validate:"gt=0"`
	// Files is how many files one report or message may have.
	Files int `koanf:"files" validate:"gt=0"`
	// TextChars is the longest long field, in characters. Longer is a field
	// error, the text stays in the form.
	TextChars int `koanf:"text_chars" validate:"gt=0"`
	// DraftsGB is what all unfiled files together may take, in gigabytes; never
	// more than a tenth of the free disk. Beyond it no files, still reports.
	DraftsGB int `koanf:"drafts_gb" validate:"gt=0"`
	// NewADay is how many gift declarations, and how many consultations, one
	// institution takes in a day from people without an account. Beyond it they are
	// asked to come tomorrow. Reports, and consultations that exist, never count.
	NewADay int `koanf:"new_a_day" validate:"gt=0"`
}

// FileBytes is FileMB in bytes.
func (l Limits) FileBytes() int64 { return int64(l.FileMB) << 20 }

// ReportBytes is ReportMB in bytes.
func (l Limits) ReportBytes() int64 { return int64(l.ReportMB) << 20 }

// DraftsBytes is DraftsGB in bytes.
func (l Limits) DraftsBytes() int64 { return int64(l.DraftsGB) << 30 }

// Session is how long a visit lasts.
type Session struct {
	// ReporterIdle ends a reporter's visit after this time without a request.
	ReporterIdle time.Duration `koanf:"reporter_idle" validate:"gt=0,ltefield=ReporterMax"`
	// ReporterMax ends it whatever happens.
	ReporterMax time.Duration `koanf:"reporter_max" validate:"gt=0"`
	// MemberIdle ends a member's visit after this time without a request.
	MemberIdle time.Duration `koanf:"member_idle" validate:"gt=0,ltefield=MemberMax"`
	// MemberMax ends it whatever happens.
	MemberMax time.Duration `koanf:"member_max" validate:"gt=0"`
}

// Login slows down guessing.
type Login struct {
	// Tries is how many wrong sign-ins a name has before it must wait.
	Tries int `koanf:"tries" validate:"gt=0"`
	// LongestWait bounds the wait, which starts at a minute and doubles.
	LongestWait time.Duration `koanf:"longest_wait" validate:"gt=0"`
	// KnownDays is how long a browser is remembered after a full sign-in.
	KnownDays int `koanf:"known_days" validate:"gt=0"`
	// InvitationDays is how long an enrolment code is good for.
	InvitationDays int `koanf:"invitation_days" validate:"gt=0"`
}

// Log is what the program says of itself.
type Log struct {
	// Level is debug, info, warn or error. The reporters' door says errors
	// only, whatever stands here.
	Level string `koanf:"level" validate:"oneof=debug info warn error"`
}

// Default is an installation that works on one machine, for one visitor there.
func Default() Config {
	return Config{
		Site: Site{
			Name: "Svilpe", PublicURL: "http://localhost:8080",
			LeaveURL: "https://www.lsm.lv/", Languages: []string{"lv", "en", "ru", "kk"},
		},
		Listen: Listen{Public: "127.0.0.1:8080"},
		TLS:    TLS{Mode: TLSOff},
		Paths:  Paths{Data: "data", Keys: "keys"},
		Limits: Limits{FileMB: 100, ReportMB: 250, Files: 50, TextChars: 20000, DraftsGB: 4, NewADay: 100},
		Session: Session{
			ReporterIdle: 15 * time.Minute, ReporterMax: 2 * time.Hour, MemberIdle: 30 * time.Minute,
			MemberMax: 10 * time.Hour,
		},
		Login: Login{Tries: 5, LongestWait: 15 * time.Minute, KnownDays: 180, InvitationDays: 7},
		Log:   Log{Level: "info"},
	}
}
