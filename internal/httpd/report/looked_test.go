package report

import (
	"testing"

	"svilpe/internal/policy"
)

// Free text about the matter is looked through; who is asked for a name is not
// told that it is one.
func TestLooked(t *testing.T) {
	for f, want := range map[[2]string]bool{
		{"text", "case"}: true, {"textarea", ""}: true, {"text", "vault"}: false, {"textarea", "vault"}: false,
		{"radio", "case"}: false,
	} {
		if got := isFreeText(policy.Field{Type: f[0], Store: f[1]}); got != want {
			t.Errorf("%v: %v", f, got)
		}
	}
}
