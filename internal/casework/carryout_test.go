package casework_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// TestACaseIsCarriedOutByWhoWasAllowed: nobody downloads a case before a second
// person approved; then the proposer alone, for seven days, and each download
// stands in the log with the hash of its bytes, also one that broke off.
func TestACaseIsCarriedOutByWhoWasAllowed(t *testing.T) {
	w := founded(t)
	f := w.file()
	resp, chair := w.stated("resp", f), w.stated("chair", f)
	_, err := w.cw.Assign(ctx, chair, f.Number, derive.New(), []string{"member"}, "examines")
	must(t, err)
	member := w.stated("member", f)
	body := []byte("the case file")
	export := func(who *appoint.Acting, fail error) (string, error) {
		var out bytes.Buffer
		err := w.cw.Export(ctx, who, f.Number, &out, casework.Export{What: ethics.ExportPDF,
			Write: func(_ *casework.Opened, to io.Writer) error {
				_, err := to.Write(body)
				return errors.Join(err, fail)
			}})
		return out.String(), err
	}
	refused := func(what string, who *appoint.Acting) {
		t.Helper()
		before := w.count(`select count(*) from entry where kind = 'exporting'`)
		if out, err := export(who, nil); !errors.Is(err, ethics.ErrRefused) || out != "" {
			t.Errorf("%s: %q, %v", what, out, err)
		}
		if w.count(`select count(*) from entry where kind = 'exporting'`) != before {
			t.Errorf("%s: an entry says it began", what)
		}
	}
	refused("before it was proposed", resp)
	_, err = w.cw.Take(ctx, resp, f.Number, derive.New(), casework.Act{Step: "legal_hold_set", Reason: "a court asks"})
	must(t, err)
	held, err := w.cw.Open(ctx, chair, f.Number)
	must(t, err)
	_, err = w.cw.Decide(ctx, chair, f.Number, held.Open.ID, derive.New(), true, "")
	must(t, err)
	refused("with the approval of another act", resp)
	act := casework.Act{Step: "export_case_file", Reason: "a court asks"}
	if _, err := w.cw.Take(ctx, member, f.Number, derive.New(), act); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("proposed by a member: %v", err)
	}
	_, err = w.cw.Take(ctx, resp, f.Number, derive.New(), act)
	must(t, err)
	refused("before it was approved", resp)
	o, err := w.cw.Open(ctx, chair, f.Number)
	must(t, err)
	_, err = w.cw.Decide(ctx, chair, f.Number, o.Open.ID, derive.New(), true, "")
	must(t, err)
	refused("by the one who approved", chair)
	refused("by another member", member)

	out, err := export(resp, nil)
	must(t, err)
	if out != string(body) {
		t.Errorf("got %q", out)
	}
	if _, err := export(resp, io.ErrClosedPipe); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("broken off: %v", err)
	}
	o, err = w.cw.Open(ctx, chair, f.Number)
	must(t, err)
	var said []*ethics.Exported
	for _, i := range o.Thread {
		if i.Exported != nil && !i.Untrusted {
			said = append(said, i.Exported)
		}
	}
	sum := sha256.Sum256(body)
	if len(said) != 2 || !bytes.Equal(said[0].SHA256, sum[:]) || said[0].Size != int64(len(body)) ||
		!said[0].Whole || said[1].Whole {
		t.Fatalf("recorded %d", len(said))
	}
	if w.count(`select count(*) from entry where kind = 'exporting'`) != 2 ||
		w.count(`select count(*) from entry where kind = 'exported'`) != 2 {
		t.Error("entries")
	}
	record, err := json.Marshal(w.cw.Record(o))
	must(t, err)
	if !strings.Contains(string(record), `"SECRET"`) || !strings.Contains(string(record), "a court asks") {
		t.Error("the record lacks the report, or a reason")
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
	w.clock = w.clock.Add(7 * 24 * time.Hour)
	refused("after seven days", resp)
}

// TestTheRecordNeverSaysWho: whoever gave details for the vault is not in it.
func TestTheRecordNeverSaysWho(t *testing.T) {
	w := founded(t)
	f := w.file()
	o, err := w.cw.Open(ctx, w.stated("resp", f), f.Number)
	must(t, err)
	o.Report.Identity = map[string][]string{"name": {"SENTINEL"}}
	o.Thread = append(o.Thread, casework.Item{Kind: ethics.KindNote, Text: "SENTINEL", Untrusted: true})
	record, err := json.Marshal(w.cw.Record(o))
	must(t, err)
	if strings.Contains(string(record), "SENTINEL") {
		t.Error("the record says it")
	}
}
