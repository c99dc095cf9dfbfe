package report_test

import "testing"

// The style guide is for who builds the pages: a real instance does not have it.
func TestStyleGuideIsForPractice(t *testing.T) {
	d := open(t, 1)
	if got := d.browser().get("/about/components").status; got != 404 {
		t.Errorf("a real instance answers %d", got)
	}
}
