package config

import (
	"reflect"
	"strings"
	"testing"
)

// TestEveryRuleHasWords: a setting that breaks a rule is told which; and every setting
// has a rule.
func TestEveryRuleHasWords(t *testing.T) {
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		for n := range of.NumField() {
			f := of.Field(n)
			if f.Type.Kind() == reflect.Struct {
				walk(f.Type)
				continue
			}
			tag := f.Tag.Get("validate")
			if tag == "" {
				t.Errorf("%s.%s has no rule", of.Name(), f.Name)
			}
			for rule := range strings.SplitSeq(tag, ",") {
				rule, _, _ = strings.Cut(rule, "=")
				if rule != "omitempty" && rule != "dive" && words[rule] == "" {
					t.Errorf("%s has no words", rule)
				}
			}
		}
	}
	walk(reflect.TypeFor[Config]())
	c := Default()
	c.TLS = TLS{Mode: TLSACME, Email: "it@example.lv"}
	c.Site.Languages = []string{"lv", "de"}
	err := c.Check()
	if want := "site.languages[1]: one of lv, en, ru, kk\nsite.public_url: must be https where tls.mode is not " +
		"off"; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}
