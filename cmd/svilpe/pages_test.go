package main

import (
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"testing"

	"svilpe/internal/locale"
)

// TestPages draws every face into the folder that PAGES_DIR names, on a phone
// and on a desk, light and dark, in Latvian or, with LANGS=all, in every language,
// and writes a sheet of them all. make pages does that. TestFaces demands that
// the faces are right; here they are for people to look at.
func TestPages(t *testing.T) {
	dir := os.Getenv("PAGES_DIR")
	langs := locale.Languages[:1]
	if os.Getenv("LANGS") == "all" {
		langs = locale.Languages
	}
	var looks []look
	for _, lang := range langs {
		for _, theme := range []string{"light", "dark"} {
			looks = append(looks, look{lang, theme, 390}, look{lang, theme, 1280})
		}
	}
	if dir == "" {
		return
	}
	g, browser := newGallery(t), chromium(t)
	t.Run("look", func(t *testing.T) {
		for _, l := range looks {
			t.Run(l.String(), func(t *testing.T) {
				t.Parallel()
				w := &watcher{visitor: visit(t, browser, "", false), g: g, look: l}
				w.prepare()
				must(t, os.MkdirAll(filepath.Join(dir, "html"), 0o755))
				for _, f := range faces {
					t.Run(f.name, func(t *testing.T) {
						v := w.goes(t, f)
						v.shot(f.name + "-" + l.String())
						must(t,
							os.WriteFile(filepath.Join(dir, "html", f.name+"-"+l.lang+".html"),
								[]byte(w.source()), 0o644))
					})
				}
			})
		}
	})
	sheet, err := os.Create(filepath.Join(dir, "index.html"))
	must(t, err)
	must(t, contactSheet.Execute(sheet, map[string]any{"Faces": faces, "Looks": looks}))
	must(t, sheet.Close())
}

// face is given to a template by its names.
func (f face) Name() string  { return f.name }
func (f face) Who() string   { return f.who }
func (f face) Route() string { return f.route }

// Thumb is how wide a picture stands in the sheet.
func (l look) Thumb() string { return fmt.Sprint(l.width / 4) }

var contactSheet = template.Must(template.New("sheet").Parse(`<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Svilpe: every page</title>
<style>body{font:14px system-ui;margin:24px;background:#888;color:#000}
h2{font-size:16px;margin:32px 0 8px}img{vertical-align:top;margin:0 8px 8px 0}</style>
<h1>Every page and state</h1>
{{$looks := .Looks}}{{range .Faces}}{{$f := .}}<h2 id="{{.Name}}">{{.Name}} · {{.Who}} · {{.Route}}</h2>
{{range $looks}}<a href="{{$f.Name}}-{{.}}.png"><img src="{{$f.Name}}-{{.}}.png" width="{{.Thumb}}"
loading="lazy" alt="{{$f.Name}} {{.}}"></a>{{end}}
{{end}}`))
