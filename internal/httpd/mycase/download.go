package mycase

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// download gives a file that the commission sent, as a file to keep. The visit
// is asked for again while it streams. One that breaks off is shorter than the
// length told, so the browser reports a failed download and never half a file.
func (s *Site) download(c echo.Context) error {
	visit, err := s.visit(c)
	if err != nil {
		return s.ended(c, err)
	}
	allowed := func() error {
		_, err := s.visit(c)
		return err
	}
	file, plain, err := s.Dialogue.File(c.Request().Context(), visit, c.Param("id"), allowed)
	var body *bufio.Reader
	if err == nil {
		// The first bytes come before the headers: what fails by then is a page.
		body = bufio.NewReaderSize(plain, 64<<10)
		_, err = body.Peek(1)
	}
	if errors.Is(err, ethics.ErrUntrusted) {
		return fmt.Errorf("%w: %w", ethics.ErrNotFound, err)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	httpd.Attach(c, file.Name)
	c.Response().Header().Set(echo.HeaderContentLength, strconv.FormatInt(file.Size, 10))
	_, err = io.Copy(c.Response(), body)
	return err
}
