package record

import "testing"

// TestNoTwoRowsOfAKindHaveOneID: what headers call a row is told from every other row
// of its kind, whatever stands in an id; else a text could be planted under the day,
// the roster or the keys of another one.
func TestNoTwoRowsOfAKindHaveOneID(t *testing.T) {
	for label, want := range map[string]string{
		"envelope:a/b":    "envelope:a/b",
		"envelope:b":      "envelope:b",
		"grant:c/m/a/b":   "grant:a/b",
		"renewal:c/m/b":   "grant:b",
		"epoch:c/1":       "epoch:1",
		"status:c/1":      "status:status/1",
		"vault:a/v":       "vault:a/v",
		"vault_share:v/m": "vault_share:v",
		"said:a/b":        "said:a/b",
	} {
		if got := headerKey(label); got != want {
			t.Errorf("%s is %s", label, got)
		}
	}
}
