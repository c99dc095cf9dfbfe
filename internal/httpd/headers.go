package httpd

import (
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// contentPolicy lets a page load its own style sheet, pictures and the one module, post
// to itself and nothing else: no inline script, no frame, no address elsewhere
// (CSP Level 3).
const contentPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// features is every powerful feature switched off but copying (Permissions
// Policy).
var features = func() string {
	var off []string
	for _, name := range []string{
		"accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read",
		"display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
		"identity-credentials-get", "idle-detection", "interest-cohort", "keyboard-map", "local-fonts", "magnetometer",
		"microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock",
		"serial", "storage-access", "usb", "xr-spatial-tracking",
	} {
		off = append(off, name+"=()")
	}
	return strings.Join(append(off, "clipboard-write=(self)"), ", ") // to copy a case code
}()

// headers go with every answer. Referrer-Policy is same-origin, not
// no-referrer: under the latter browsers post «Origin: null», which
// refuseCrossOrigin would have to refuse where Sec-Fetch-Site is missing.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Permissions-Policy", features)
		h.Set("Cache-Control", "no-store")
		if s.opt.Secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// Attach prepares an answer that is a file to keep, under its own name: saved,
// never shown, and if shown all the same then without origin or script.
func Attach(c echo.Context, filename string) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": filename})
	switch {
	case strings.Contains(filename, "%"): // browsers decode it in a plain name, and save another one
		disposition = "attachment; filename*=utf-8''" + strings.ReplaceAll(url.QueryEscape(filename), "+", "%20")
	case disposition == "":
		disposition = "attachment"
	}
	h.Set(echo.HeaderContentDisposition, disposition)
}
