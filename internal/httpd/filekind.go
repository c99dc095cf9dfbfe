package httpd

import (
	"path"
	"strings"
)

// fileEnds are files by the end of their name: what a person's computer goes by.
var fileEnds = map[string][]string{
	"files.kind.pdf":     {"pdf"},
	"files.kind.signed":  {"edoc", "asice", "sce", "asics", "bdoc", "p7m", "p7s"},
	"files.kind.word":    {"doc", "docx", "odt", "rtf", "pages"},
	"files.kind.sheet":   {"xls", "xlsx", "ods", "csv", "numbers"},
	"files.kind.slides":  {"ppt", "pptx", "odp", "key"},
	"files.kind.picture": {"jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "tif", "tiff", "bmp", "svg", "avif"},
	"files.kind.text":    {"txt", "md", "log"},
	"files.kind.mail":    {"eml", "msg"},
	"files.kind.archive": {"zip", "7z", "rar", "tar", "gz", "tgz"},
	"files.kind.sound":   {"mp3", "wav", "m4a", "ogg", "oga", "opus", "aac", "flac", "amr"},
	"files.kind.video":   {"mp4", "mov", "avi", "mkv", "webm", "3gp", "m4v", "mpg", "mpeg"},
}

var kindByEnd = func() map[string]string {
	out := map[string]string{}
	for key, ends := range fileEnds {
		for _, end := range ends {
			out[end] = key
		}
	}
	return out
}()

// kindByType is for names that say nothing, by the type that the sender claimed.
var kindByType = map[string]string{
	"image": "files.kind.picture", "audio": "files.kind.sound", "video": "files.kind.video", "text": "files.kind.text",
}

// fileKind is the catalogue key of what a file claims to be, by its name or else
// by its media type. Nothing has looked inside.
func fileKind(name, media string) string {
	if key, ok := kindByEnd[strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))]; ok {
		return key
	}
	if media == "application/pdf" {
		return "files.kind.pdf"
	}
	group, _, _ := strings.Cut(media, "/")
	if key, ok := kindByType[group]; ok {
		return key
	}
	return "files.kind.other"
}
