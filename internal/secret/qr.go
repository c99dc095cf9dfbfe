package secret

import (
	"fmt"
	"html"
	"strings"

	"rsc.io/qr"
)

// quiet is the empty border of a QR code in modules (ISO/IEC 18004).
const quiet = 4

// QR draws text, such as the otpauth URL, as one inline SVG element: no data:
// URL, no style, no script, so the pages' content security policy stands. label
// is its text alternative, in the reader's language. The element holds the
// secret; it belongs in the page and nowhere else. A text of more than about two
// thousand bytes is an error.
func QR(text, label string) (string, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("secret: draw QR code: %w", err)
	}
	var b strings.Builder
	side := c.Size + 2*quiet
	fmt.Fprintf(&b,
		`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d" `+
			`height="%d" shape-rendering="crispEdges">`,
		html.EscapeString(label), side, side, side*4, side*4)
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`, side, side)
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			run := 0
			for x+run < c.Size && c.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}
