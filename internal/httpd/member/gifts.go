package member

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
)

type giftsView struct {
	httpd.Page
	Gifts []giftRow
}

// giftRow is one declaration; Why says why there is no more than its number.
type giftRow struct {
	Number, Day, Why string
	Facts            []fact
}

// Format hides the declarations.
func (giftsView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// gifts is the gift register, for those who keep it.
func (s *Site) gifts(c echo.Context, who *auth.Session) error {
	list, err := s.Casework.Gifts(c.Request().Context(), &who.Acting)
	if err != nil {
		return err
	}
	w := s.words(c)
	v := giftsView{Page: s.page(c, who, "gift.register")}
	for _, g := range list {
		row := giftRow{Number: g.Number, Day: g.Day}
		switch {
		case g.Untrusted:
			row.Why = w.T("gift.untrusted")
		case g.Elsewhere:
			row.Why = w.T("gift.elsewhere")
		default:
			row.Facts = []fact{
				{w.T("gift.by"), g.Who}, {w.T("gift.thing"), g.What}, {w.T("gift.worth"), g.Value}, {w.T("gift.giver"), g.From},
				{w.T("gift.day"), w.Day(g.When)}, {w.T("gift.became"), w.T("gift.became_" + g.Done)},
			}
		}
		v.Gifts = append(v.Gifts, row)
	}
	return s.render(c, http.StatusOK, "gifts", v)
}
