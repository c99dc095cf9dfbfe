package member_test

import (
	"context"
	"testing"
	"time"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// Details whose time is over are announced, then gone: the day is said on the
// page about them, the case opens as before, and who reads no case learns nothing.
func TestErasedDetailsAreSaid(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	filed := d.file(func(r *ethics.Report) {
		r.Track = "whistleblower"
		r.Answers["work_relation"], r.Answers["if_not_recognised"] = []string{"employed"}, []string{"ethics"}
		r.Answers["confirm_true"], r.Answers["confirm_privacy"] = []string{"yes"}, []string{"yes"}
		r.Identity = map[string][]string{"identity_name": {"IDENTITY"}, "identity_contact": {"IDENTITY"}}
	})
	path := "/desk/cases/" + filed.Number
	d.signedIn("Anna").state(filed.Number)
	_, err := d.talk.Withdraw(ctx, d.visit(filed), derive.New(), "")
	must(t, err)
	d.turn(340 * 24 * time.Hour)
	anna := d.signedIn("Anna")
	anna.want(anna.get("/desk"), 200, "personas dati, kuru glabāšanas termiņš drīz beigsies")
	anna.want(anna.get("/desk/erasure"), 200, filed.Number, "izdzēš pati", "Nevienas lietas termiņš")
	anna.want(anna.get(path), 200, "Ziņotāja personas dati glabājas atsevišķi")
	d.turn(27 * 24 * time.Hour)
	must(t, d.work.EraseIdentities(ctx))
	anna = d.signedIn("Anna")
	anna.want(anna.get(path), 200, "Ziņotāja personas dati ir izdzēsti", "/identity")
	anna.want(anna.get(path+"/identity"), 200, "glabāšanas laiks beidzās", "Lieta paliek")
	anna.never("Kam ir daļa no atslēgas")
	anna.want(anna.get("/desk/erasure"), 200, "Nevienas lietas termiņš")
	other := d.file(nil).Number
	anna.state(other)
	anna.want(anna.get("/desk/cases/"+other+"/identity"), 303)
	anna.never("IDENTITY")
}
