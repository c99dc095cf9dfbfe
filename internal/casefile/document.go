// Package casefile writes a case down for outside the system: a PDF to read and
// an archive to keep. It knows how a page and an archive look; what may go into
// them, and who may have them, is casework's.
//
// Start with Document.PDF and Archive. The same document gives the same bytes:
// neither says on which machine or at what moment it was written.
package casefile

import (
	"bytes"
	_ "embed" // the fonts
	"fmt"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
)

// Document is what a PDF says, in its reader's language already.
type Document struct {
	Title, Lang string
	Mark        string // stands on every page: who may see this
	Page        func(number, of int) string
	Blocks      []Block
}

// Kinds of blocks.
const (
	Text = iota // paragraphs and lists; a line that begins with «- » is one of a list
	Heading
	Subheading
	Fact // Term above Text
	Small
)

// Block is one part of a document, under the one before it.
type Block struct {
	Kind       int
	Term, Text string
}

// DejaVu Sans holds Latvian, Russian and Kazakh letters. A PDF carries only
// those that it uses. Licence: fonts/LICENSE.
var (
	//go:embed fonts/DejaVuSans.ttf
	regular []byte
	//go:embed fonts/DejaVuSans-Bold.ttf
	bold []byte
)

// written is the moment that every document claims: a true one would tell when
// somebody read the case.
var written = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	family = "dejavu"
	margin = 20.0 // mm
	line   = 5.2
	indent = 5.0
)

// PDF writes the document on A4. It is written twice: how many pages there are
// is known only after the first time.
func (d Document) PDF() ([]byte, error) {
	_, pages, err := d.write(0)
	if err != nil {
		return nil, err
	}
	out, _, err := d.write(pages)
	return out, err
}

func (d Document) write(of int) ([]byte, int, error) {
	p := fpdf.New("P", "mm", "A4", "")
	p.SetCatalogSort(true)
	p.SetCreationDate(written)
	p.SetModificationDate(written)
	p.SetProducer("Svilpe", true)
	p.SetTitle(plain(d.Title), true)
	p.SetLang(d.Lang)
	p.SetMargins(margin, 26, margin)
	p.SetAutoPageBreak(true, 22)
	p.AddUTF8FontFromBytes(family, "", regular)
	p.AddUTF8FontFromBytes(family, "B", bold)
	p.SetHeaderFunc(func() {
		p.SetFont(family, "B", 8.5)
		p.SetXY(margin, 12)
		p.CellFormat(0, line, plain(d.Mark), "", 0, "R", false, 0, "")
		p.SetXY(margin, 26)
	})
	p.SetFooterFunc(func() {
		p.SetFont(family, "", 8.5)
		p.SetXY(margin, -15)
		p.CellFormat(0, line, plain(d.Page(p.PageNo(), of)), "", 0, "C", false, 0, "")
	})
	p.AddPage()
	p.SetFont(family, "B", 16)
	p.MultiCell(0, 8, plain(d.Title), "", "L", false)
	p.Ln(3)
	for _, b := range d.Blocks {
		block(p, b)
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, 0, fmt.Errorf("casefile: %w", err)
	}
	return out.Bytes(), p.PageNo(), nil
}

func block(p *fpdf.Fpdf, b Block) {
	switch b.Kind {
	case Heading:
		p.Ln(4)
		keep(p, 24)
		p.SetFont(family, "B", 13)
		p.MultiCell(0, 7, plain(b.Text), "", "L", false)
		p.Ln(1)
	case Subheading:
		p.Ln(2)
		keep(p, 16)
		p.SetFont(family, "B", 10)
		p.MultiCell(0, line, plain(b.Text), "", "L", false)
	case Fact:
		p.SetFont(family, "B", 9.5)
		keep(p, 12)
		p.MultiCell(0, line, plain(b.Term), "", "L", false)
		paragraphs(p, b.Text, indent)
		p.Ln(1)
	case Small:
		p.SetFont(family, "", 8.5)
		p.MultiCell(0, 4.5, plain(b.Text), "", "L", false)
	default:
		paragraphs(p, b.Text, 0)
		p.Ln(1)
	}
}

// paragraphs writes text line by line; those of a list stand in.
func paragraphs(p *fpdf.Fpdf, text string, in float64) {
	p.SetFont(family, "", 10)
	for _, l := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(l) == "" {
			p.Ln(line / 2)
			continue
		}
		left := margin + in
		if item, ok := strings.CutPrefix(l, "- "); ok {
			l, left = "• "+item, left+indent
		}
		p.SetLeftMargin(left)
		p.SetX(left)
		p.MultiCell(0, line, plain(l), "", "L", false)
	}
	p.SetLeftMargin(margin)
	p.SetX(margin)
}

// keep begins a new page where less than this much, in mm, is left of this one.
func keep(p *fpdf.Fpdf, mm float64) {
	_, height := p.GetPageSize()
	if p.GetY()+mm > height-22 {
		p.AddPage()
	}
}

// plain leaves out what no page can show: control characters, and letters
// beyond the plane that the font covers, which become a sign of their own.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case r > 0xffff:
			return '\ufffd'
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
