package member_test

import (
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// spoil changes rows behind the program's back.
func (d *desk) spoil(query string, args ...any) {
	d.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(d.dir, "svilpe.db")+"?_busy_timeout=5000")
	must(d.t, err)
	defer func() { _ = db.Close() }()
	res, err := db.Exec(query, args...)
	must(d.t, err)
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		d.t.Fatalf("nothing was spoilt: %v", err)
	}
}

// A row says what its operator writes into it. What is no kind of envelope, or none of
// a thread, stands there with a word of the catalogue, and none of the row's.
func TestAnEnvelopeOfNoKind(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	for _, kind := range []string{"SPEAKTHIS", "redaction", "identified", "revealed"} {
		d.spoil(`update envelope set kind = $1 where sequence = 1`, kind)
		anna.want(anna.get(path), 200, "Šim ierakstam nevar uzticēties")
		anna.never("<strong>" + kind)
	}
}

// What was changed behind the program's back is named and never shown; what
// was not is still there.
func TestSpoiltRowsAreNeverShown(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna := d.signedIn("Anna")
	anna.state(number)
	for _, text := range []string{"PIRMĀ", "OTRĀ"} {
		anna.get(path)
		anna.want(anna.post(path+"/notes", url.Values{"draft": {anna.draft(path + "/notes")}, "note": {text}}), 303)
	}
	anna.get(path)
	anna.want(anna.upload(path+"/messages", anna.draft(path+"/messages"), url.Values{"text": {"Ar failu"}},
		map[string]string{"a.txt": "saturs"}), 303)
	anna.want(anna.get(path), 200, "PIRMĀ", "OTRĀ", "a.txt")
	at := strings.Index(anna.page, path+"/files/")
	href := anna.page[at : at+strings.Index(anna.page[at:], `"`)]

	d.spoil(`update chunk set data = zeroblob(length(data)) where file_id <> ''`)
	anna.want(anna.get(href), 422, "Šim failam nevar uzticēties")
	d.spoil(
		`update envelope set sealed = (select sealed from envelope where kind = 'note' order by sequence desc limit 1)
		where kind = 'note' and sequence = (select min(sequence) from envelope where kind = 'note')`)
	anna.want(anna.get(path), 200, "Šim ierakstam nevar uzticēties", "OTRĀ", "radinieks")
	anna.never("PIRMĀ")
	if n := strings.Count(anna.page, "OTRĀ"); n != 1 {
		t.Errorf("the copied note is shown %d times", n)
	}
	d.spoil(`delete from envelope where kind = 'receipt'`)
	anna.want(anna.get(path), 200, "Trūkst 1 ieraksta", "radinieks")
	// Without the report its exclusions are unknown: nobody is offered.
	d.spoil(`update envelope set day = '2020-01-01' where kind = 'report'`)
	anna.want(anna.get(path), 200, "Šim ierakstam nevar uzticēties")
	anna.never("radinieks", `action="`+path+`/assign`)
	d.spoil(`update cases set category = 'x'`)
	anna.want(anna.get(path), http.StatusServiceUnavailable, "Šai lietai nevar uzticēties")
	anna.never("OTRĀ", "Ar failu")
}
