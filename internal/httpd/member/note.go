package member

import (
	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

// addNote keeps an internal note: the reporter never sees it.
func (s *Site) addNote(c echo.Context, who *auth.Session) error {
	names := map[string]string{"text": "note", "event": "note_event"}
	return s.act(c, who, formNote, "", constWord("note"), names, func(
		f *httpd.Form, draft derive.Secret,
	) (casework.Taken, error) {
		return s.Casework.Note(c.Request().Context(), &who.Acting, c.Param("number"), draft, f.Get("note"),
			ethics.EventKind(f.Get("note_event")))
	})
}
