package member_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// withQuestions makes a report a whistleblower's.
func withQuestions(r *ethics.Report) {
	r.Track = "whistleblower"
	r.Answers["work_relation"], r.Answers["if_not_recognised"] = []string{"employed"}, []string{"ethics"}
	r.Answers["confirm_true"], r.Answers["confirm_privacy"] = []string{"yes"}, []string{"yes"}
	r.Identity = map[string][]string{"identity_name": {"IDENTITY"}, "identity_contact": {"IDENTITY"}}
}

// A verdict that the checklist contradicts is refused beside the answer, and
// everything typed stays.
func TestVerdictFollowsTheChecklist(t *testing.T) {
	d := open(t)
	number := d.file(withQuestions).Number
	anna := d.signedIn("Anna")
	anna.state(number)
	anna.want(anna.step(number, "acknowledge", url.Values{"message": {"Sveiki!"}}), 303)
	form := func(notExcluded string) url.Values {
		v := url.Values{
			"reason": {"Izvērtēju pazīmes."}, "message": {"Lēmums ir pieņemts."}, "not_excluded": {notExcluded},
		}
		for _, id := range []string{"natural_person", "work_related", "public_interest", "believed_true"} {
			v.Set(id, "yes")
		}
		return v
	}
	anna.want(anna.step(number, "recognise", form("no")), 422, `id="not_excluded-error"`,
		"nevar atzīt par trauksmes cēlēja ziņojumu", "Izvērtēju pazīmes.", "Lēmums ir pieņemts.")
	anna.want(anna.step(number, "refuse_recognition", form("yes")), 422, `id="natural_person-error"`,
		"atzīšanu nevar atteikt", "Izvērtēju pazīmes.")
	anna.want(anna.step(number, "refuse_recognition", form("no")), 303)
}

// Details whose time is over are announced, then gone: the day is said on the
// page about them, the case opens as before, and who reads no case learns nothing.
func TestErasedDetailsAreSaid(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	filed := d.file(withQuestions)
	path := "/desk/cases/" + filed.Number
	d.signedIn("Anna").state(filed.Number)
	_, err := d.consultation.Withdraw(ctx, d.visit(filed), derive.New(), "")
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
