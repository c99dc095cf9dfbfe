package giveaway

import (
	"errors"
	"slices"
	"strings"
)

// fileKinds are what is found in files, in the order they are told.
var fileKinds = []Kind{FileAuthor, FilePlace}

// ErrKinds is for a list of kinds that JoinFileKinds would not have written.
var ErrKinds = errors.New("giveaway: not a list of file kinds")

// JoinFileKinds writes a picture's kinds as «file_author+file_place».
func JoinFileKinds(kinds []Kind) string {
	var out []string
	for _, k := range kinds {
		out = append(out, string(k))
	}
	return strings.Join(out, "+")
}

// ParseFileKinds reads what JoinFileKinds wrote: at least one, each once, in
// the order of Picture.Found. Else ErrKinds.
func ParseFileKinds(s string) ([]Kind, error) {
	var out []Kind
	last := -1
	for part := range strings.SplitSeq(s, "+") {
		i := slices.Index(fileKinds, Kind(part))
		if i <= last {
			return nil, ErrKinds
		}
		last, out = i, append(out, fileKinds[i])
	}
	return out, nil
}
