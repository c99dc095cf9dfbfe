package member_test

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"filippo.io/age"

	"svilpe/internal/casework"
	"svilpe/internal/derive"
)

// The case file is downloaded by who was allowed: as a PDF, and as an archive
// that its recipient opens; the page tells the hash of both.
func TestTheCaseFileIsDownloaded(t *testing.T) {
	d := open(t)
	number := d.file(nil).Number
	path := "/desk/cases/" + number
	anna, berta := d.signedIn("Anna"), d.signedIn("Berta")
	anna.state(number)
	berta.state(number)
	anna.want(anna.get(path+"/export"), 200, number+" · ", "Ierobežotas pieejamības informācija",
		"Nekas vēl nav lejupielādēts")
	pdf := url.Values{"draft": {derive.New().Text()}, "what": {"pdf"}}
	anna.want(anna.post(path+"/export", pdf), 422, "Materiālus var lejupielādēt tas")
	anna.never("%PDF")

	ctx := context.Background()
	_, err := d.work.Take(ctx, &d.acting("Anna").Acting, number, derive.New(),
		casework.Act{Step: "export_case_file", Reason: "Prasa tiesa."})
	must(t, err)
	o, err := d.work.Open(ctx, &d.acting("Berta").Acting, number)
	must(t, err)
	_, err = d.work.Decide(ctx, &d.acting("Berta").Acting, number, o.Open.ID, derive.New(), true, "")
	must(t, err)
	berta.want(berta.post(path+"/export", pdf), 422, "Materiālus var lejupielādēt tas")

	anna.want(anna.get(path+"/export"), 200, "Lejupielādēt PDF", "Lejupielādēt arhīvu")
	anna.want(anna.post(path+"/export", pdf), 200, "%PDF")
	printed := sha256.Sum256([]byte(anna.page))
	archive := url.Values{"draft": {derive.New().Text()}, "what": {"archive"}, "recipient": {"age1"}}
	anna.want(anna.post(path+"/export", archive), 422, "Ierakstiet age publisko atslēgu")
	id, err := age.GenerateHybridIdentity()
	must(t, err)
	archive.Set("recipient", id.Recipient().String())
	anna.want(anna.post(path+"/export", archive), 200, "age-encryption.org")
	sealed := sha256.Sum256([]byte(anna.page))
	r, err := age.Decrypt(strings.NewReader(anna.page), id)
	must(t, err)
	all, names := tar.NewReader(r), ""
	for {
		h, err := all.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		body, err := io.ReadAll(all)
		must(t, err)
		names += h.Name + " "
		if h.Name == "case.json" && !strings.Contains(string(body), "Prasa tiesa.") {
			t.Error("the record lacks the reason")
		}
	}
	if names != "case.json case.pdf " {
		t.Error(names)
	}
	anna.want(anna.get(path+"/export"), 200, hex.EncodeToString(printed[:]), hex.EncodeToString(sealed[:]))
	berta.want(berta.get(path), 200, "Lejupielādēti lietas materiāli")
}
