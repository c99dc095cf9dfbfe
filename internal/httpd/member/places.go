package member

import (
	"net/url"
	"regexp"
)

// Places in the lists that strangers lengthen, as addresses name them.
var (
	giftKeyForm         = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})\.([0-9A-Z-]{1,20})$`)
	consultationKeyForm = regexp.MustCompile(`^([0-3])\.(\d{4}-\d{2}-\d{2})\.([0-9A-Z-]{1,20})$`)
)

// readPlace reads where a page begins or ends; anything else is the first page.
func readPlace(q url.Values, form *regexp.Regexp) (place []string, back bool) {
	if m := form.FindStringSubmatch(q.Get("after")); m != nil {
		return m, false
	}
	m := form.FindStringSubmatch(q.Get("before"))
	return m, m != nil
}

// placed is the address of a page at a place.
func placed(path string, q url.Values, back bool, place string) string {
	to := url.Values{}
	for name := range q {
		if x := q.Get(name); x != "" {
			to.Set(name, x)
		}
	}
	if back {
		to.Set("before", place)
	} else {
		to.Set("after", place)
	}
	return path + "?" + to.Encode()
}
