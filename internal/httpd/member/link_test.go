package member_test

import (
	"net/url"
	"testing"

	"svilpe/internal/derive"
)

// Two cases lead to each other on their pages; a number that opens nothing is
// refused beside its field, with what was typed.
func TestLinkedCasesLeadToEachOther(t *testing.T) {
	d := open(t)
	one, other := d.file(nil).Number, d.file(nil).Number
	anna := d.signedIn("Anna")
	anna.state(one)
	anna.state(other)
	say := url.Values{"draft": {derive.New().Text()}, "linked_case": {"2026-00000"}, "reason": {"Par to pašu rēķinu."}}
	anna.want(anna.post("/desk/cases/"+one+"/steps/link_case", say), 422, "numuru, ko varat atvērt",
		"Par to pašu rēķinu.")
	say.Set("linked_case", other)
	anna.want(anna.post("/desk/cases/"+one+"/steps/link_case", say), 303)
	anna.want(anna.get("/desk/cases/"+one), 200, `href="/desk/cases/`+other+`"`, "Saistītā lieta")
	anna.want(anna.get("/desk/cases/"+other), 200, `href="/desk/cases/`+one+`"`)
}
