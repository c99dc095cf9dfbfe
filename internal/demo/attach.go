package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"path"
	"strings"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// receiver takes a file of a draft: intake, dialogue and casework do.
type receiver interface {
	ReceiveFile(ctx context.Context, draft derive.Secret, name, kind string, r io.Reader,
		left int64) (ethics.File, error)
}

// largest bounds one practice file, in bytes.
const largest = 64 << 10

// attach hands files in, as a browser would.
func attach(ctx context.Context, to receiver, draft derive.Secret, files []attachment) ([]ethics.File, error) {
	var out []ethics.File
	for _, f := range files {
		content, kind, err := f.content()
		if err != nil {
			return nil, err
		}
		got, err := to.ReceiveFile(ctx, draft, f.Name, kind, bytes.NewReader(content), largest)
		if err != nil {
			return nil, fmt.Errorf("file: %w", err)
		}
		out = append(out, got)
	}
	return out, nil
}

// content is the file's bytes and the type a browser would claim.
func (f attachment) content() ([]byte, string, error) {
	switch path.Ext(f.Name) {
	case ".txt":
		return []byte(f.Text), "text/plain", nil
	case ".csv":
		// Spreadsheets read UTF-8 only behind a byte order mark.
		return []byte("\ufeff" + strings.ReplaceAll(f.Text, "\n", "\r\n")), "text/csv", nil
	case ".png":
		b, err := picture(f.Name)
		return b, "image/png", err
	}
	return nil, "", fmt.Errorf("file type %q: %w", path.Ext(f.Name), ethics.ErrRefused)
}

// picture draws a sheet of paper with lines of writing nobody can read, another
// one for each name.
func picture(name string) ([]byte, error) {
	const width, height = 240, 320
	paper := color.Gray{Y: 0xf4}
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = paper.Y
	}
	seed := 7
	for _, r := range name {
		seed = seed*31 + int(r)
	}
	for y := 30; y < height-30; y += 14 {
		seed = (seed*1103515245 + 12345) & 0x7fffffff
		for x := 24; x < width-24-seed%90; x++ {
			if (x*seed/7)%11 > 2 { // gaps between words
				img.SetGray(x, y, color.Gray{Y: 0x38})
				img.SetGray(x, y+1, color.Gray{Y: 0x60})
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
