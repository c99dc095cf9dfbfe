package giveaway

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// What of a picture is looked at: single pieces of metadata of at most a JPEG
// segment's length, and so much of them together. What lies beyond is not.
const (
	maxPiece = 64 << 10
	maxAll   = 256 << 10
)

// Picture looks for an author and a place in the metadata of a JPEG or PNG
// file while the file is written to it, in pieces of any size. It keeps one
// piece of metadata at a time, takes no notice of other files and of damage, and
// Write never fails. The zero value is ready. It prints as [redacted].
type Picture struct {
	step func(*Picture, []byte) // nil at the end; then nothing more is looked at
	on   bool                   // begun
	need int                    // bytes for step
	skip int64                  // bytes to pass over before them
	buf  []byte
	kept int // bytes of metadata looked at

	author, place bool
}

// Format hides what is kept.
func (*Picture) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[redacted]")) }

// Found are the kinds found so far.
func (p *Picture) Found() []Kind {
	var out []Kind
	if p.author {
		out = append(out, FileAuthor)
	}
	if p.place {
		out = append(out, FilePlace)
	}
	return out
}

// Write looks at the next bytes of the file. It takes them all.
func (p *Picture) Write(b []byte) (int, error) {
	n := len(b)
	if !p.on {
		p.on = true
		p.want(2, start)
	}
	for p.step != nil {
		k := min(p.skip, int64(len(b)))
		p.skip -= k
		b = b[k:]
		take := min(p.need-len(p.buf), len(b))
		if p.skip > 0 || take == 0 && p.need > len(p.buf) {
			break
		}
		p.buf, b = append(p.buf, b[:take]...), b[take:]
		if len(p.buf) == p.need {
			data, step := p.buf, p.step
			p.buf, p.step = p.buf[:0], nil
			step(p, data)
		}
	}
	if p.step == nil {
		p.buf = nil
	}
	return n, nil
}

// want has step called with the next n bytes.
func (p *Picture) want(n int, step func(*Picture, []byte)) { p.need, p.step = n, step }

// piece has look called with a piece of metadata of so many bytes, as far as it
// is looked at, and goes on behind it.
func (p *Picture) piece(length int64, look func(*Picture, []byte), then func(*Picture)) {
	take := min(length, maxPiece, int64(maxAll-p.kept))
	p.kept += int(take)
	p.want(int(take), func(p *Picture, data []byte) {
		look(p, data)
		p.skip = length - take
		then(p)
	})
}

func start(p *Picture, b []byte) {
	switch string(b) {
	case "\xff\xd8":
		marker(p)
	case "\x89P":
		p.want(6, func(p *Picture, b []byte) {
			if string(b) == "NG\r\n\x1a\n" {
				chunk(p)
			}
		})
	}
}

// marker begins a JPEG segment (ITU-T T.81 B.1.1): the metadata stand before
// the picture's data, and nothing is looked at behind them.
func marker(p *Picture) {
	p.want(2, func(p *Picture, b []byte) {
		switch {
		case b[0] != 0xff, b[1] == 0xd9, b[1] == 0xda:
		case b[1] == 0xff: // fill: the second may begin the marker
			p.want(1, func(p *Picture, b []byte) { filled(p, b[0]) })
		default:
			segment(p, b[1])
		}
	})
}

func filled(p *Picture, kind byte) {
	switch kind {
	case 0xd9, 0xda:
	case 0xff:
		p.want(1, func(p *Picture, b []byte) { filled(p, b[0]) })
	default:
		segment(p, kind)
	}
}

func segment(p *Picture, kind byte) {
	if kind == 0x01 || 0xd0 <= kind && kind <= 0xd7 { // these have no length
		marker(p)
		return
	}
	p.want(2, func(p *Picture, b []byte) {
		length := int64(binary.BigEndian.Uint16(b)) - 2
		switch {
		case length < 0:
		case kind == 0xe1 || kind == 0xed:
			p.piece(length, application, marker)
		default:
			p.skip = length
			marker(p)
		}
	})
}

// application looks at APP1 and APP13.
func application(p *Picture, b []byte) {
	if rest, ok := bytes.CutPrefix(b, []byte("Exif\x00")); ok && len(rest) > 1 {
		p.exif(rest[1:])
	} else if rest, ok := bytes.CutPrefix(b, []byte("http://ns.adobe.com/xap/1.0/\x00")); ok {
		p.xmp(rest)
	} else if rest, ok := bytes.CutPrefix(b, []byte("Photoshop 3.0\x00")); ok {
		p.photoshop(rest)
	}
}

// chunk begins a PNG chunk (ISO/IEC 15948, 5.3): texts may stand behind the
// picture's data too.
func chunk(p *Picture) {
	p.want(8, func(p *Picture, b []byte) {
		length, kind := int64(binary.BigEndian.Uint32(b)), string(b[4:])
		looks := map[string]func(*Picture, []byte){
			"tEXt": pngText, "zTXt": pngPacked, "iTXt": pngWide, "eXIf": (*Picture).exif,
		}
		switch {
		case length > 1<<31-1, kind == "IEND", slices.ContainsFunc(b[4:], func(c byte) bool { return !letter(c) }):
		case looks[kind] != nil:
			p.piece(length, looks[kind], func(p *Picture) { p.skip += 4; chunk(p) })
		default:
			p.skip = length + 4
			chunk(p)
		}
	})
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
