package httpd

import "testing"

// A name that an upload would be refused for, in the field that names a kept file.
func TestKeptNames(t *testing.T) {
	for _, name := range []string{"invoice\u202efdp.exe", "..", "a\nb.pdf", "C:\\x\\y.pdf", "../../x", " "} {
		if f, err := readFileField("id", "10|application/pdf|"+name); err == nil {
			t.Errorf("%q is taken", f.Name)
		}
	}
}
