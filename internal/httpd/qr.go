package httpd

import (
	"html/template"

	"svilpe/internal/config"
	"svilpe/internal/secret"
)

// QR draws text as an inline SVG element for a page; label is its text
// alternative, in the reader's language. See secret.QR for what it can hold.
func QR(text, label string) (template.HTML, error) {
	svg, err := secret.QR(text, label)
	return template.HTML(svg), err //nolint:gosec // drawn by secret.QR, which escapes its one text
}

// Address is where reporters come; empty where the setting was left as it
// comes, for that address leads to the reader's own machine. The code is never
// part of it: what a camera reads, a telephone keeps.
func Address(site config.Site) string {
	if site.PublicURL == config.Default().Site.PublicURL {
		return ""
	}
	return site.PublicURL
}
