package httpd

import (
	"fmt"
	"slices"
	"strings"

	"svilpe/internal/giveaway"
)

// fieldFound carries what was found in all files of a form: «id:kinds id:kinds».
// It is one field, so that fifty photographs stay within a form's parts.
const fieldFound = "found"

// addFound remembers what was found in a file, if anything was.
func (a *Attached) addFound(id string, kinds []giveaway.Kind) {
	if len(kinds) == 0 {
		return
	}
	if a.Found == nil {
		a.Found = map[string][]giveaway.Kind{}
	}
	a.Found[id] = kinds
}

// foundField is the field as the page carries it: none where nothing was found.
func (a *Attached) foundField() []Hidden {
	var each []string
	for _, f := range a.Files {
		if kinds := a.Found[f.ID]; len(kinds) > 0 {
			each = append(each, f.ID+":"+giveaway.JoinFileKinds(kinds))
		}
	}
	if each == nil {
		return nil
	}
	return []Hidden{{fieldFound, strings.Join(each, " ")}}
}

// readFound reads the field back; ErrMalformed for what no page of ours says.
// It may speak of a file that is dropped now, but of none that the page does
// not list.
func (a *Attached) readFound(form *Form) (map[string][]giveaway.Kind, error) {
	values := form.All(fieldFound)
	if !a.FindGiveaways || len(values) == 0 {
		return nil, nil //nolint:nilnil // nothing was found, which is a map without entries
	}
	found := map[string][]giveaway.Kind{}
	for each := range strings.SplitSeq(values[0], " ") {
		id, list, _ := strings.Cut(each, ":")
		kinds, err := giveaway.ParseFileKinds(list)
		if err != nil || len(values) > 1 || found[id] != nil || !slices.Contains(form.Names(), "file."+id) {
			return nil, fmt.Errorf("%w: what was found in a file", ErrMalformed)
		}
		found[id] = kinds
	}
	return found, nil
}
