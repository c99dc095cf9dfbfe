// Package web carries what the pages are made of inside the program: HTML
// templates, the style sheet and pictures, and the texts in four languages.
//
// A page is one file templates/SITE/NAME.html. It names its mood and fills it:
//
//	{{template "reporter" .}}
//	{{define "main"}}<h1>{{.Title}}</h1>…{{end}}
//
// Moods and partials stand in templates/layout and are there for every page;
// what only one site's pages share stands in templates/SITE/parts.
package web

import (
	"embed"
	"io/fs"
)

//go:embed templates static locale
var files embed.FS

// Templates is the tree of HTML templates.
func Templates() fs.FS { return sub("templates") }

// Static is what is served below /static/.
func Static() fs.FS { return sub("static") }

// Locale holds the catalogues that locale.Load reads.
func Locale() fs.FS { return sub("locale") }

func sub(dir string) fs.FS {
	fsys, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // only for a name that is no path
	}
	return fsys
}
