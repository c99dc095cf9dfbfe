package httpd

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/locale"
)

// Page is what every view embeds: what header, footer and navigation need.
//
//	type view struct {
//		httpd.Page
//		Cases []row
//	}
type Page struct {
	Lang     string // of the answer
	Title    string // in the reader's language, for <title> and <h1>
	SiteName string
	Home     string // start page of this door
	Demo     bool   // TRAINING banner

	Languages []Language // offered
	// LangPath is the address that header links add ?lang= to. Empty leaves the
	// links out: on form pages, whose own buttons keep what was typed (partial
	// lang-buttons), and where the address is nobody's business.
	LangPath string

	Nav     []Link   // desk only
	Member  string   // desk only: who is signed in
	Warning *Warning // desk only: what must be known of the record first

	// Session is after how many seconds without a request the visit ends, 0 where
	// none runs; StayAt an address whose HEAD counts as a request. For the comfort
	// script alone.
	Session int
	StayAt  string
}

// Language is one of the language switch.
type Language struct{ Code, Name string }

// Link is one entry of the desk's navigation.
type Link struct {
	Href, Text string
	Current    bool // this page
	Within     bool // this page stands below it
	Count      int  // shown beside the text unless zero
}

// Page starts a view's page with the title of a catalogue key. The language
// links lead to the route asked for, if it has no parameter.
func (s *Server) Page(c echo.Context, titleKey string, args ...any) Page {
	p := s.page(c.Request(), s.Printer(c).T(titleKey, args...))
	if len(c.ParamNames()) == 0 && c.Request().Method == http.MethodGet {
		p.LangPath = c.Path()
	}
	return p
}

func (s *Server) page(r *http.Request, title string) Page {
	p := Page{Lang: s.lang(r), Title: title, SiteName: s.opt.Config.Site.Name, Home: "/", Demo: s.opt.Demo}
	if desk(r.URL.Path) {
		p.Home = "/desk"
	}
	for _, lang := range s.offered() {
		p.Languages = append(p.Languages, Language{Code: lang, Name: locale.Name(lang)})
	}
	return p
}
