package main

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"time"

	"svilpe/internal/config"
	"svilpe/internal/httpd/member"
	"svilpe/internal/registry"
	"svilpe/web"
)

// noPage are the routes with GET that answer with something else than a page.
var noPage = []string{
	"GET /static/:hash/:name", "GET /healthz", "GET /log/checkpoint", "GET /log/key", "GET /case/files/:id",
	"GET /desk/cases/:number/files/:id", "GET /leave", "GET /desk/lessons/text", "GET /desk/log/verdict",
}

// routesOf are all routes of the program, of a practice instance or not, through
// both of its doors.
func routesOf(t *testing.T, practice bool) ([]string, []http.Handler) {
	t.Helper()
	ctx, dir, cfg := context.Background(), t.TempDir(), config.Default()
	cfg.Paths.Data, cfg.Paths.Keys = filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	cfg.Listen.Members = "127.0.0.1:1"
	_, err := registry.Init(ctx, cfg.Paths.Data, cfg.Paths.Keys, "Vējupes novada pašvaldība",
		practice, days(7), time.Now())
	must(t, err)
	h, err := open(ctx, cfg, slog.New(slog.NewJSONHandler(io.Discard, nil)), time.Now)
	must(t, err)
	t.Cleanup(func() { must(t, h.store.Close()) })
	servers, err := h.servers(time.Now, func() []member.Practice { return nil })
	must(t, err)
	if len(servers) != 2 {
		t.Fatalf("%d doors", len(servers))
	}
	var routes []string
	var doors []http.Handler
	for _, s := range servers {
		doors = append(doors, s.Handler())
		for _, r := range s.Echo.Routes() {
			routes = append(routes, r.Method+" "+r.Path)
		}
	}
	return routes, doors
}

// withoutFace are the routes with a page and the templates that no face shows.
func withoutFace(routes, files []string) []string {
	var out []string
	for _, r := range routes {
		if strings.HasPrefix(r, http.MethodGet+" ") && !slices.Contains(noPage, r) &&
			!slices.ContainsFunc(faces, func(f face) bool { return f.route == r }) {
			out = append(out, r)
		}
	}
	for _, file := range files {
		if !slices.ContainsFunc(faces, func(f face) bool { return f.file == file }) {
			out = append(out, file)
		}
	}
	return out
}

// TestEveryPageHasAFace: a page that nobody looks at fails. So do faces of routes
// and templates that are gone, and a route that is let out and has a page.
func TestEveryPageHasAFace(t *testing.T) {
	var files []string
	must(t, fs.WalkDir(web.Templates(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(name, "layout/") && !strings.Contains(name, "/parts/") {
			files = append(files, strings.TrimSuffix(name, ".html"))
		}
		return err
	}))
	var routes []string
	for _, practice := range []bool{true, false} {
		more, doors := routesOf(t, practice)
		routes = append(routes, more...)
		for _, r := range noPage {
			for _, door := range doors {
				w := httptest.NewRecorder()
				door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, strings.TrimPrefix(r, "GET "), http.NoBody))
				if w.Code == http.StatusOK && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					t.Errorf("%s answers with a page", r)
				}
			}
		}
	}
	slices.Sort(routes)
	routes = slices.Compact(routes)
	for _, missing := range withoutFace(routes, files) {
		t.Errorf("%s is in no face: add one to faces_test.go", missing)
	}
	names := map[string]bool{}
	for _, f := range faces {
		if names[f.name] {
			t.Errorf("two faces are named %s", f.name)
		}
		names[f.name] = true
		if f.route != "" && !slices.Contains(routes, f.route) {
			t.Errorf("%s: there is no route %s", f.name, f.route)
		}
		if !slices.Contains(files, f.file) {
			t.Errorf("%s: there is no template %s", f.name, f.file)
		}
	}
	for _, invented := range []string{"GET /new-page", "GET /desk/new-page/:id"} {
		if !slices.Equal(withoutFace(append(routes, invented), files), []string{invented}) {
			t.Errorf("%s would not be missed", invented)
		}
	}
	if !slices.Equal(withoutFace(routes, append(files, "member/new")), []string{"member/new"}) {
		t.Error("a new template would not be missed")
	}
}

// pieces are what a template writes whatever it is given: its own text outside
// of every condition.
func pieces(file string) []string {
	raw, err := fs.ReadFile(web.Templates(), file+".html")
	if err != nil {
		return []string{err.Error()}
	}
	tree := parse.New(file)
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(string(raw), "", "", set); err != nil || set["main"] == nil {
		return []string{"no main in " + file}
	}
	var out []string
	for _, n := range set["main"].Root.Nodes {
		if text, ok := n.(*parse.TextNode); ok {
			for _, line := range strings.Split(string(text.Text), "\n") {
				if len(line) > 3 {
					out = append(out, line)
				}
			}
		}
	}
	return out
}
