package member_test

import (
	"net/url"
	"strings"
	"testing"

	"svilpe/internal/appoint"
)

// Before the button stands what changes, who must approve by name, what the
// reporter will read, and what cannot be undone; the button says the act.
func TestWeightyActsSayTheirWeight(t *testing.T) {
	d := open(t, []string{appoint.RoleMember})
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna, berta := d.signedIn("Anna"), d.signedIn("Berta")
	anna.state(number)
	berta.state(number)

	anna.want(anna.get(path+"/steps/acknowledge"), 200, "Saņemts → Sākotnējā izvērtēšana", "Ziņotājs lasīs",
		"Tas notiks uzreiz.", "Izdzēst to nevar",
		"<button>Apstiprināt saņemšanu</button>")
	anna.never("Apstiprina cits cilvēks")
	anna.want(anna.step(number, "acknowledge", url.Values{}), 303)

	anna.want(anna.get(path+"/steps/not_examine"), 200, "Apstiprina cits cilvēks", "Berta Liepa (",
		"nekas nemainās un ziņotājs neko neredz", "nevar ne mainīt, ne atsaukt",
		"<button>Iesniegt apstiprināšanai</button>")
	for _, never := range []string{"Anna Liepa (", "Emma Liepa ("} { // herself, and who cannot open the case
		if strings.Contains(anna.page, never) {
			t.Errorf("%q is named as approver", never)
		}
	}
	anna.want(anna.get(path), 200, "Ziņotājs šo ziņu lasīs vārds vārdā.", "uzreiz saņems šīs lietas atslēgu")
	anna.want(anna.step(number, "not_examine",
		url.Values{"reason": {"Nav faktu."}, "why": {"no_facts"}, "message": {"Nevaram izskatīt."}}), 303)

	// Both sides see whose turn it is.
	anna.want(anna.get("/desk/approvals"), 200, "Gaida citus", number, "Gaida kopš: 02.11.2026.",
		"Neviens priekšlikums negaida Jūsu lēmumu.")
	anna.want(anna.get(path), 200, "tāpēc lemj cits cilvēks: Berta Liepa (")
	berta.want(berta.get("/desk/approvals"), 200, "Gaida Jūsu apstiprinājumu", number, "Ierosināja: Anna Liepa",
		"Gaida kopš: 02.11.2026.", "Neviens Jūsu ierosinājums negaida citu lēmumu.")
	berta.want(berta.get(path), 200, "Stāvokļa skaidrojums ziņotājam", "Atsaukt to nevar.")
	berta.want(berta.get("/desk"), 200, "gaida Jūsu apstiprinājumu")
}

// A step that is somebody else's says whose turn it is.
func TestWhoseTurnItIs(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	berta := d.signedIn("Berta")
	berta.state(number)
	berta.want(berta.get("/desk/cases/"+number), 200, "Nākamais solis: Apstiprināt saņemšanu",
		"Lieta gaida: Anna Liepa (")
}
