package httpd

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// The cookies, all there are.
const (
	CookieCase  = "case"  // a reporter's visit
	CookieDesk  = "desk"  // a member's visit
	CookieLang  = "lang"  // the language chosen
	CookieKnown = "known" // a browser that signed in fully before
)

// Cookies writes and reads them: HttpOnly, SameSite=Strict, for the whole site
// (RFC 6265bis). Secure ones have the __Host- prefix, so no neighbouring host
// can set them. Without Secure, on loopback and .onion listeners, they have
// neither: browsers differ in whether they take Secure cookies there.
type Cookies struct{ Secure bool }

func (k Cookies) name(name string) string {
	if k.Secure {
		return "__Host-" + name
	}
	return name
}

// Get is the cookie's value, or "" where there is none.
func (k Cookies) Get(c echo.Context, name string) string { return k.read(c.Request(), name) }

// Set keeps a value for the given time, or until the browser closes for zero.
func (k Cookies) Set(c echo.Context, name, value string, keep time.Duration) {
	k.write(c.Response(), name, value, int(keep/time.Second))
}

// Clear takes the cookie back.
func (k Cookies) Clear(c echo.Context, name string) { k.write(c.Response(), name, "", -1) }

func (k Cookies) read(r *http.Request, name string) string {
	cookie, err := r.Cookie(k.name(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (k Cookies) write(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: k.name(name), Value: value, Path: "/", MaxAge: maxAge,
		Secure: k.Secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}
