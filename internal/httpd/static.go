package httpd

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"

	"github.com/labstack/echo/v4"

	"svilpe/internal/ethics"
)

// asset is one file served for ever under its content's hash.
type asset struct {
	url, hash, kind string
	data            []byte
}

type assets map[string]asset

var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8", ".js": "text/javascript; charset=utf-8",
}

// A style sheet and a module are sent without what they say to their authors
// only: comments, and space; of a module the comments that have a line of their
// own, and what a line begins with. The sheet is to stay under 20 kB.
var (
	comments = regexp.MustCompile(`(?s)/\*.*?\*/`)
	spaces   = regexp.MustCompile(`\s*([{};,])\s*`)
	remarks  = regexp.MustCompile(`(?m)^[ \t]*(//.*)?\n?`)
)

func loadAssets(fsys fs.FS) (assets, error) {
	all := assets{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		kind, ok := kinds[path.Ext(name)]
		if !ok {
			return fmt.Errorf("static file %s: no content type", name)
		}
		switch kind {
		case kinds[".css"]:
			data = spaces.ReplaceAll(comments.ReplaceAll(data, nil), []byte("$1"))
		case kinds[".js"]:
			data = remarks.ReplaceAll(data, nil)
		}
		sum := sha256.Sum256(data)
		hash := hex.EncodeToString(sum[:8])
		all[name] = asset{url: "/static/" + hash + "/" + name, hash: hash, kind: kind, data: data}
		return nil
	})
	return all, err
}

// url is the template function asset. An unknown name is a template's mistake.
func (a assets) url(name string) (string, error) {
	file, ok := a[name]
	if !ok {
		return "", fmt.Errorf("no static file %s", name)
	}
	return file.url, nil
}

func (s *Server) static(c echo.Context) error {
	file, ok := s.assets[c.Param("name")]
	if !ok || file.hash != c.Param("hash") {
		return ethics.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, file.kind, file.data)
}
