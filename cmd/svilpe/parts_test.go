package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/config"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/locale"
	"svilpe/internal/seal"
	"svilpe/internal/token"
	"svilpe/web"
)

// BenchmarkParts measures alone what one filing to five holders cannot do
// without: the baseline of BenchmarkFiling. Each part reports the processor time
// of one filing's share; their sum times 1.5 is the goal.
func BenchmarkParts(b *testing.B) {
	b.Run("seal-and-sign", partSeal)
	b.Run("rows-in-groups-of-8", partRows)
	b.Run("tree-and-head-in-groups-of-8", partTree)
	b.Run("form-over-http", partForm)
	b.Run("page", partPage)
}

// spent is the processor time of this process.
func spent() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// share reports the processor time of one of n.
func share(b *testing.B, n int, work func()) {
	for b.Loop() {
		before := spent()
		work()
		b.ReportMetric(float64((spent()-before).Microseconds())/float64(n), "cpu-µs/filing")
	}
}

// partSeal: the reporter's and the case's keys, five grants, report and receipt,
// each signed and sealed, and the epoch's signature.
func partSeal(b *testing.B) {
	var holders []string
	for range 5 {
		id, err := derive.New().MemberIdentity()
		must(b, err)
		holders = append(holders, id.Recipient().String())
	}
	report := ethics.Report{Answers: map[string][]string{"description": form("x")["description"]}}
	const n = 200
	share(b, n, func() {
		for range n {
			draft := derive.New()
			code := token.FromDraft(draft)
			reporter := derive.Secret(code.ReporterSecret([]byte("salt")))
			code.Locator([]byte("salt"))
			rid, err := reporter.ReporterIdentity()
			must(b, err)
			by := seal.Author{ID: "reporter", Key: reporter.ReporterSigner()}
			secret := derive.New()
			cid, err := secret.CaseIdentity("case", 0)
			must(b, err)
			at := seal.Place{Installation: "i", Stream: "case/case", Policy: 1, Day: "2026-11-22"}
			seal.Epoch("i", "case", 0, cid.Recipient().String(), by)
			for _, h := range holders {
				_, err := seal.Grant(at, "grant",
					ethics.Grant{Member: "m", Secrets: map[int][]byte{0: secret[:]}}, by, h)
				must(b, err)
			}
			for range 2 {
				_, err := seal.Envelope(at, "envelope", ethics.KindReport, report, by, cid.Recipient().String(),
					rid.Recipient().String())
				must(b, err)
			}
		}
	})
}

// partRows: the rows of one filing, by size, into one table with a text key,
// eight filings a durable transaction.
func partRows(b *testing.B) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(b.TempDir(), "bare.db")+
		"?_journal_mode=WAL&_synchronous=FULL&_secure_delete=on")
	must(b, err)
	defer func() { must(b, db.Close()) }()
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	_, err = db.ExecContext(ctx, `create table t (id text primary key, data blob) strict`)
	must(b, err)
	insert, err := db.PrepareContext(ctx, `insert into t values ($1, $2)`)
	must(b, err)
	// case, epoch, five grants, two envelopes, event, entry, two nodes
	sizes := []int{2600, 2300, 3900, 3900, 3900, 3900, 3900, 19600, 6000, 60, 1200, 32, 32}
	const n = 400
	share(b, n, func() {
		for range n / 8 {
			_, err := db.ExecContext(ctx, "begin immediate")
			must(b, err)
			for range 8 * len(sizes) {
				_, err := insert.ExecContext(ctx, rand.Text(), make([]byte, sizes[0]))
				must(b, err)
				sizes = append(sizes[1:], sizes[0])
			}
			_, err = db.ExecContext(ctx, "commit")
			must(b, err)
		}
	})
}

// partTree: the entry's leaf, the tree's growth and the signed head, for groups
// of eight, nodes in memory.
func partTree(b *testing.B) {
	text, _, err := audit.NewLogKey("bench/svilpe/log/1")
	must(b, err)
	key, err := audit.ParseLogKey(text)
	must(b, err)
	root, err := audit.Root(0, nil)
	must(b, err)
	head, front := audit.Head{Origin: key.Origin(), Root: root}, audit.Frontier{}
	const n = 800
	share(b, n, func() {
		for range n / 8 {
			for range 8 {
				body := audit.Body{ID: rand.Text(), Kind: "filed", Actor: "reporter", Changes: make([]audit.Change, 11)}
				for i := range body.Changes {
					body.Changes[i] = audit.Change{Label: "envelope:" + rand.Text(), Op: audit.Added}
				}
				e := audit.Entry{
					Generation: 1, Index: front.Size, Day: "2026-11-22", Stream: "case/" + body.ID,
					Sum: body.Digest(), Body: body,
				}
				front.Add(audit.LeafHash(e))
			}
			head.Size, head.Root = front.Size, front.Root()
			_, err = head.Sign(key.Signer())
			must(b, err)
		}
	})
}

// partForm: a form of the same size through net/http, parsed, answered with a
// page of the code page's size. The client's share is in it, so the part is an
// upper bound of what a bare server needs.
func partForm(b *testing.B) {
	page := []byte(strings.Repeat("lapa ", 1200))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		_, _ = json.Marshal(r.PostForm)
		_, _ = w.Write(page)
	}))
	defer s.Close()
	const n = 1000
	share(b, n, func() {
		for range n {
			_, err := post(s.Client(), s.URL, form("x"))
			must(b, err)
		}
	})
}

// partPage: one page of the code page's kind, filled in by html/template with
// the layout around it, and nothing asked of the database.
func partPage(b *testing.B) {
	catalogue, err := locale.Load(web.Locale())
	must(b, err)
	s, err := httpd.New(httpd.Options{
		Config: config.Default(), Catalogue: catalogue,
		Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Clock: time.Now,
	})
	must(b, err)
	h := s.Handler()
	const n = 1000
	share(b, n, func() {
		for range n {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/not-there", http.NoBody))
			if w.Code != http.StatusNotFound {
				b.Fatal(w.Code)
			}
		}
	})
}

// BenchmarkList: a member's list at 1,000 cases, and the sign-in page as the
// bare page beside it. Goal: p99 below 20 ms.
func BenchmarkList(b *testing.B) {
	cfg, people, institution := fiveHolders(b)
	p := serving(b, cfg)
	file(b, p.base, institution, 1000, 8)
	cookies := []*http.Cookie{{Name: "desk", Value: people[appoint.RoleChair][0].cookie}}
	for b.Loop() {
		list := latencies(b, p.base+"/desk/cases", cookies)
		bare := latencies(b, p.base+"/desk/sign-in", nil)
		b.ReportMetric(float64(list[len(list)/2].Microseconds())/1000, "list-p50-ms")
		b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1000, "list-p99-ms")
		b.ReportMetric(float64(bare[len(bare)*99/100].Microseconds())/1000, "bare-p99-ms")
	}
}

// latencies asks for a page 500 times, one after another, and sorts the times.
func latencies(b *testing.B, address string, cookies []*http.Cookie) []time.Duration {
	var out []time.Duration
	for range 500 {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, http.NoBody)
		must(b, err)
		for _, c := range cookies {
			req.AddCookie(c)
		}
		begun := time.Now()
		res, err := http.DefaultClient.Do(req)
		must(b, err)
		if res.StatusCode != http.StatusOK || res.Request.URL.String() != address {
			b.Fatalf("%s: %d at %s", address, res.StatusCode, res.Request.URL)
		}
		must(b, res.Body.Close())
		out = append(out, time.Since(begun))
	}
	slices.Sort(out)
	return out
}
