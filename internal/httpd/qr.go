package httpd

import (
	"html/template"

	"svilpe/internal/secret"
)

// QR draws text as an inline SVG element for a page; label is its text
// alternative, in the reader's language. See secret.QR for what it can hold.
func QR(text, label string) (template.HTML, error) {
	svg, err := secret.QR(text, label)
	return template.HTML(svg), err //nolint:gosec // drawn by secret.QR, which escapes its one text
}
