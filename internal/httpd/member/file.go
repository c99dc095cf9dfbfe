package member

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/secret"
)

// piece is how much of a file is opened before the answer begins: what cannot
// be trusted shows as a page, not as a broken download.
const piece = 64 << 10

// file gives one file to keep, as it was received: never shown, since nothing
// has cleaned it. Session and grant are asked again while it streams.
func (s *Site) file(c echo.Context, who *auth.Session) error {
	ctx := c.Request().Context()
	f, plain, err := s.Casework.File(ctx, &who.Acting, c.Param("number"), c.Param("id"), s.sessionLasts(c))
	if err != nil {
		return s.noFile(c, who, err)
	}
	body := bufio.NewReaderSize(plain, piece)
	if _, err := body.Peek(1); err != nil && !errors.Is(err, io.EOF) {
		return s.noFile(c, who, err)
	}
	httpd.Attach(c, f.Name)
	c.Response().Header().Set(echo.HeaderContentLength, strconv.FormatInt(f.Size, 10))
	c.Response().WriteHeader(http.StatusOK)
	_, err = io.Copy(c.Response(), body)
	return err // too late for a page: the length tells the browser that it was cut
}

// sessionLasts asks whether the session lasts and its member still handles cases.
func (s *Site) sessionLasts(c echo.Context) func() error {
	ctx := c.Request().Context()
	cookie, _ := secret.ReadCookie(s.Desk.Server.Cookies.Get(c, httpd.CookieDesk))
	return func() error {
		now, err := s.Auth.Session(ctx, cookie)
		if err == nil && !now.Has(handling...) {
			return ethics.ErrNotFound
		}
		return err
	}
}

// noFile tells a file that was changed from one that is not there. Before the
// no-conflict statement the case's page asks for it.
func (s *Site) noFile(c echo.Context, who *auth.Session, err error) error {
	if errors.Is(err, casework.ErrNotStated) {
		return seeOther(c, "/desk/cases/"+c.Param("number"))
	}
	if !errors.Is(err, ethics.ErrUntrusted) && !errors.Is(err, ethics.ErrFileIncorrect) {
		return err
	}
	w := s.words(c)
	note := &httpd.Notice{Kind: "danger", Title: w.T("desk.file.untrusted_title"), Text: w.T("desk.file.untrusted")}
	return s.showCase(c, who, c.Param("number"), http.StatusUnprocessableEntity, typed{}, note)
}
