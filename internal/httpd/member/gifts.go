package member

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/store"
)

type giftsView struct {
	httpd.Page
	Gifts  []giftRow
	Count  int
	Years  []httpd.Link // to narrow by, none where there is one year
	Pager  httpd.Pager
	Influx casework.Influx
}

// giftRow is one declaration; Why says why there is no more than its number.
type giftRow struct {
	Number, Day, Why string
	Facts            []fact
}

// Format hides the declarations.
func (giftsView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

const giftsPath = "/desk/gifts"

var yearForm = regexp.MustCompile(`^\d{4}$`)

// gifts is a page of the gift register, for those who keep it.
func (s *Site) gifts(c echo.Context, who *auth.Session) error {
	q := c.QueryParams()
	year := yearForm.FindString(q.Get("year"))
	place, back := readPlace(q, giftKeyForm)
	at := store.GiftKey{Back: back}
	if place != nil {
		at.Day, at.Number = place[1], place[2]
	}
	list, err := s.Casework.Gifts(c.Request().Context(), &who.Acting, year, at)
	if err != nil {
		return err
	}
	w := s.words(c)
	v := giftsView{
		Page: s.page(c, who, "gift.register"), Count: list.Total, Influx: list.Today,
		Years: giftYears(w, year, list.From, list.To),
	}
	to := func(key *store.GiftKey) string {
		if key == nil {
			return ""
		}
		return placed(giftsPath, url.Values{"year": {year}}, key.Back, key.Day+"."+key.Number)
	}
	v.Pager = httpd.Pager{
		From: list.Before + 1, To: list.Before + len(list.Rows), Total: list.Total,
		Previous: to(list.Newer), Next: to(list.Older),
	}
	for _, g := range list.Rows {
		row := giftRow{Number: g.Number, Day: g.Day}
		switch {
		case g.Untrusted:
			row.Why = w.T("gift.untrusted")
		case g.Elsewhere:
			row.Why = w.T("gift.elsewhere")
		default:
			row.Facts = []fact{
				{w.T("gift.by"), g.Who}, {w.T("gift.thing"), g.What}, {w.T("gift.worth"), g.Value},
				{w.T("gift.giver"), g.From},
				{w.T("gift.day"), w.Day(g.When)}, {w.T("gift.became"), w.T("gift.became_" + g.Done)},
			}
		}
		v.Gifts = append(v.Gifts, row)
	}
	return s.render(c, http.StatusOK, "gifts", v)
}

// giftYears are links to each year of the register, newest first, and to all.
func giftYears(w words, year, from, to string) []httpd.Link {
	first, _ := strconv.Atoi(from)
	last, _ := strconv.Atoi(to)
	if first >= last {
		return nil
	}
	out := []httpd.Link{{Href: giftsPath, Text: w.T("gift.all_years"), Current: year == ""}}
	for y := last; y >= first && last-y < mostYears; y-- {
		text := strconv.Itoa(y)
		out = append(out, httpd.Link{Href: giftsPath + "?year=" + text, Text: text, Current: year == text})
	}
	return out
}

// mostYears bounds the links; older declarations are behind the last page.
const mostYears = 20
