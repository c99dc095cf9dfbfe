package giveaway

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"
)

// Tags of Exif 2.32 (CIPA DC-008), tables 4, 7 and 15.
const (
	tagArtist    = 0x013b
	tagCopyright = 0x8298
	tagXPAuthor  = 0x9c9d // Windows
	tagExifIFD   = 0x8769
	tagGPSIFD    = 0x8825
	tagOwner     = 0xa430
	tagSerial    = 0xa431
	tagLatitude  = 0x0002
	tagLongitude = 0x0004
)

// maxEntries bounds the entries of one directory that are looked at; a camera
// writes a few dozen.
const maxEntries = 512

// exif looks at a TIFF structure: its first directory, and the two that it
// points to. Others, and directories pointing in rings, are not followed.
func (p *Picture) exif(b []byte) {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(b) < 8:
		return
	case string(b[:2]) == "MM":
		order = binary.BigEndian
	case string(b[:2]) != "II":
		return
	}
	if order.Uint16(b[2:]) != 42 {
		return
	}
	var personal, gps uint32
	directory(b, order, order.Uint32(b[4:]), func(tag uint16, value []byte) {
		switch tag {
		case tagArtist, tagCopyright, tagXPAuthor:
			p.author = p.author || hasText(value)
		case tagExifIFD:
			personal = pointer(order, value)
		case tagGPSIFD:
			gps = pointer(order, value)
		}
	})
	directory(b, order, personal, func(tag uint16, value []byte) {
		if tag == tagOwner || tag == tagSerial {
			p.author = p.author || hasText(value)
		}
	})
	latitude, longitude, zero := false, false, true
	directory(b, order, gps, func(tag uint16, value []byte) {
		if tag == tagLatitude || tag == tagLongitude {
			known, none := degrees(order, value)
			latitude, longitude = latitude || known && tag == tagLatitude, longitude || known && tag == tagLongitude
			zero = zero && none
		}
	})
	p.place = p.place || latitude && longitude && !zero
}

// sizes of the TIFF types, by number.
var sizes = [...]uint64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8}

// directory calls see with the entries of a directory whose values lie inside b.
func directory(b []byte, order binary.ByteOrder, at uint32, see func(tag uint16, value []byte)) {
	if at == 0 || uint64(at)+2 > uint64(len(b)) {
		return
	}
	n := min(int(order.Uint16(b[at:])), maxEntries)
	for e := b[at+2:]; n > 0 && len(e) >= 12; n, e = n-1, e[12:] {
		kind, count := order.Uint16(e[2:]), order.Uint32(e[4:])
		if int(kind) >= len(sizes) || sizes[kind] == 0 {
			continue
		}
		length, value := sizes[kind]*uint64(count), e[8:12]
		if length > 4 {
			from := uint64(order.Uint32(e[8:]))
			if from+length > uint64(len(b)) {
				continue
			}
			value = b[from:]
		}
		see(order.Uint16(e), value[:length])
	}
}

func pointer(order binary.ByteOrder, value []byte) uint32 {
	if len(value) < 4 {
		return 0
	}
	return order.Uint32(value)
}

// degrees tells whether three fractions say an angle, and whether it is zero:
// some cameras write 0/0 or 0/1 where they know no place.
func degrees(order binary.ByteOrder, value []byte) (known, zero bool) {
	zero = true
	if len(value) < 24 || order.Uint32(value[4:]) == 0 {
		return false, true
	}
	for i := 0; i < 24; i += 8 {
		zero = zero && order.Uint32(value[i:]) == 0
	}
	return true, zero
}

// hasText tells whether a value has anything but blanks in it. UTF-16 counts too.
func hasText(value []byte) bool { return len(bytes.Trim(value, " \x00\t\r\n")) > 0 }

// xmp looks for an author and coordinates in an XMP packet (ISO 16684-1), by
// the names that all writers use.
func (p *Picture) xmp(b []byte) {
	for _, name := range []string{
		"dc:creator", "aux:OwnerName", "aux:SerialNumber", "exifEX:CameraOwnerName",
		"exifEX:BodySerialNumber", "tiff:Artist",
	} {
		p.author = p.author || property(b, name)
	}
	for _, name := range []string{"exif:GPSLatitude", "photoshop:City", "Iptc4xmpCore:Location"} {
		p.place = p.place || property(b, name)
	}
}

// property tells whether a property has a value, as attribute or as element.
func property(b []byte, name string) bool {
	_, rest, found := bytes.Cut(b, []byte(name))
	if !found || len(rest) == 0 {
		return false
	}
	if trimmed := bytes.TrimLeft(rest, " \t\r\n"); len(trimmed) > 2 && trimmed[0] == '=' {
		value := bytes.TrimLeft(trimmed[1:], " \t\r\n")
		if len(value) < 2 {
			return false
		}
		value, _, _ = bytes.Cut(value[1:], value[:1])
		return hasText(value)
	}
	if strings.IndexByte("> \t\r\n/", rest[0]) < 0 {
		return false // a longer name
	}
	// The element's texts, up to its end tag.
	rest, _, _ = bytes.Cut(rest, []byte("</"+name))
	for {
		tag, more, closed := bytes.Cut(rest, []byte(">"))
		if !closed || bytes.HasSuffix(tag, []byte("/")) && len(tag) == 1 {
			return false
		}
		text, next, open := bytes.Cut(more, []byte("<"))
		if hasText(text) {
			return true
		}
		if !open {
			return false
		}
		rest = next
	}
}

// photoshop looks for the IPTC block among Photoshop's image resources.
func (p *Picture) photoshop(b []byte) {
	for len(b) >= 12 && string(b[:4]) == "8BIM" {
		id := binary.BigEndian.Uint16(b[4:])
		name := int(b[6]) + 1
		name += name & 1
		if len(b) < 6+name+4 {
			return
		}
		length := uint64(binary.BigEndian.Uint32(b[6+name:]))
		b = b[6+name+4:]
		if length > uint64(len(b)) {
			return
		}
		if id == 0x0404 {
			p.iptc(b[:length])
		}
		b = b[min(length+length&1, uint64(len(b))):]
	}
}

// iptc looks at the data sets of record 2 (IPTC IIM 4.2): by-line and writer,
// city and sublocation.
func (p *Picture) iptc(b []byte) {
	for len(b) >= 5 && b[0] == 0x1c {
		length := int(binary.BigEndian.Uint16(b[3:]))
		if 5+length > len(b) {
			return
		}
		value := b[5 : 5+length]
		if b[1] == 2 {
			p.author = p.author || (b[2] == 80 || b[2] == 122) && hasText(value)
			p.place = p.place || (b[2] == 90 || b[2] == 92) && hasText(value)
		}
		b = b[5+length:]
	}
}

// pngText looks at a text: key, NUL, value.
func pngText(p *Picture, b []byte) {
	key, value, _ := bytes.Cut(b, []byte{0})
	p.keyed(string(key), value)
}

// pngPacked looks at a compressed text: key, NUL, method, value.
func pngPacked(p *Picture, b []byte) {
	key, value, _ := bytes.Cut(b, []byte{0})
	if len(value) > 1 && value[0] == 0 {
		p.keyed(string(key), inflate(value[1:]))
	}
}

// pngWide looks at a text of UTF-8: key, NUL, packed, method, language, NUL,
// translated key, NUL, value.
func pngWide(p *Picture, b []byte) {
	key, rest, _ := bytes.Cut(b, []byte{0})
	if len(rest) < 2 {
		return
	}
	packed := rest[0] == 1
	_, rest, _ = bytes.Cut(rest[2:], []byte{0})
	_, value, _ := bytes.Cut(rest, []byte{0})
	if packed {
		value = inflate(value)
	}
	p.keyed(string(key), value)
}

func (p *Picture) keyed(key string, value []byte) {
	switch strings.ToLower(key) {
	case "author", "creator", "artist", "copyright":
		p.author = p.author || hasText(value)
	case "xml:com.adobe.xmp":
		p.xmp(value)
	}
}

// inflate gives what can be unpacked, at most maxPiece bytes of it.
func inflate(b []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(z, maxPiece)) // what a cut or broken text still says counts
	return out
}
