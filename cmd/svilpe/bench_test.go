package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"svilpe/internal/appoint"
	"svilpe/internal/config"
	"svilpe/internal/derive"
)

// These benchmarks run the program as a process of its own and consultation to it over
// loopback, so that its time and memory are counted apart from its client's.
// Each goal stands in issue terms beside the figure; compare with the baseline
// benchmarks of the same run, since machines are noisy.

// process is a serving svilpe.
type process struct {
	cmd  *exec.Cmd
	base string
	out  *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// start runs svilpe with these arguments and this temp folder, and waits until
// it answers.
func start(t testing.TB, tmp, addr string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command("svilpe", args...), base: "http://" + addr, out: &lockedBuffer{}}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS=2", "TMPDIR="+tmp)
	must(t, p.cmd.Start())
	t.Cleanup(p.stop)
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		res, err := http.Get(p.base + "/healthz")
		if err == nil {
			_ = res.Body.Close()
			return p
		}
	}
	t.Fatalf("svilpe did not answer:\n%s", p.out)
	return nil
}

func (p *process) stop() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		_ = p.cmd.Wait()
	}
}

// cpu is the processor time the process has used.
func (p *process) cpu(t testing.TB) time.Duration {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	must(t, err)
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+2:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100
}

// memory is a line of /proc/PID/status in bytes: RssAnon, VmHWM.
func (p *process) memory(t testing.TB, line string) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	must(t, err)
	for _, l := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(l, line+":"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	t.Fatalf("no %s", line)
	return 0
}

func serving(t testing.TB, cfg config.Config, extra ...string) *process {
	addr := freePort(t)
	return start(t, t.TempDir(), addr,
		append([]string{"serve", "--data", cfg.Paths.Data, "--keys", cfg.Paths.Keys, "--listen", addr}, extra...)...)
}

// form is a filled report of about 2 KB for the program's only institution.
func form(institution string) url.Values {
	return url.Values{
		"draft": {derive.New().Text()}, "lang": {"lv"}, "step": {"file"}, "track": {"anonymous"}, "language": {"lv"},
		"institution": {institution}, "category": {"procurement"},
		"description": {strings.Repeat("Iepirkuma prasības pielāgotas vienam piegādātājam. ", 36)},
	}
}

func post(c *http.Client, base string, v url.Values) (string, error) {
	// draft stands first, as in the page.
	draft := "draft=" + url.QueryEscape(v.Get("draft"))
	rest := url.Values{}
	for k, x := range v {
		if k != "draft" {
			rest[k] = x
		}
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, base+"/report",
		strings.NewReader(draft+"&"+rest.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("POST /report: %d", res.StatusCode)
	}
	return string(body), err
}

// file files n reports with the given number of clients.
func file(t testing.TB, base, institution string, n, clients int) {
	t.Helper()
	tr := &http.Transport{MaxIdleConnsPerHost: clients}
	defer tr.CloseIdleConnections()
	c := &http.Client{Transport: tr}
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	for range clients {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if _, err := post(c, base, form(institution)); err != nil {
					failed.Store(&err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		t.Fatal(*err)
	}
}

// fiveHolders is an installation whose reports go to five people.
func fiveHolders(t testing.TB) (config.Config, map[string][]person, string) {
	r := appoint.RoleResponsible
	cfg, people := founded(t, t.TempDir(), r, r, r)
	return cfg, people, people[r][0].acting.Institution
}

// BenchmarkFiling: durable reports of 2 KB to five holders, eight at once. Goal:
// 250/s, and processor time at most 1.5 times the sum of BenchmarkParts.
func BenchmarkFiling(b *testing.B) {
	cfg, _, institution := fiveHolders(b)
	p := serving(b, cfg)
	file(b, p.base, institution, 200, 8)
	for b.Loop() {
		const n = 2000
		before, begun := p.cpu(b), time.Now()
		file(b, p.base, institution, n, 8)
		b.ReportMetric(n/time.Since(begun).Seconds(), "filings/s")
		b.ReportMetric(float64((p.cpu(b)-before).Microseconds())/n, "cpu-µs/filing")
	}
}

// BenchmarkStatus: a status check by code, from the code to the case page.
// Goal: 550/s on the server's side.
func BenchmarkStatus(b *testing.B) {
	cfg, _, institution := fiveHolders(b)
	p := serving(b, cfg)
	page, err := post(http.DefaultClient, p.base, form(institution))
	must(b, err)
	code := codeIn(b, page)
	tr := &http.Transport{MaxIdleConnsPerHost: 8}
	c := &http.Client{Transport: tr}
	for b.Loop() {
		const n = 1000
		before, begun := p.cpu(b), time.Now()
		var wg sync.WaitGroup
		var left atomic.Int64
		left.Store(n)
		for range 8 {
			wg.Go(func() {
				for left.Add(-1) >= 0 {
					if err := status(c, p.base, code); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		b.ReportMetric(n/time.Since(begun).Seconds(), "checks/s")
		b.ReportMetric(float64((p.cpu(b)-before).Microseconds())/n, "cpu-µs/check")
	}
}

// status enters a code and reads the case page behind it.
func status(c *http.Client, base, code string) error {
	own := *c
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	do := func(method, path, body string, cookies []*http.Cookie) (*http.Response, error) {
		req, err := http.NewRequestWithContext(context.Background(), method, base+path, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, k := range cookies {
			req.AddCookie(k)
		}
		res, err := own.Do(req)
		if err != nil {
			return nil, err
		}
		defer func() { _ = res.Body.Close() }()
		_, err = io.Copy(io.Discard, res.Body)
		return res, err
	}
	res, err := do(http.MethodPost, "/status", "code="+url.QueryEscape(code), nil)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("POST /status: %d", res.StatusCode)
	}
	res, err = do(http.MethodGet, "/case", "", res.Cookies())
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET /case: %d", res.StatusCode)
	}
	return err
}

// BenchmarkUpload: one file of 100 MB. Goal: within 64 MB of extra memory.
func BenchmarkUpload(b *testing.B) {
	cfg, _, institution := fiveHolders(b)
	p := serving(b, cfg)
	before := p.memory(b, "VmHWM")
	for b.Loop() {
		begun := time.Now()
		must(b, upload(p.base, institution, 100_000_000))
		b.ReportMetric(100/time.Since(begun).Seconds(), "MB/s")
		b.ReportMetric(float64(p.memory(b, "VmHWM")-before)/1e6, "extra-MB")
	}
}

// upload posts a form with one file of n bytes to the check page.
func upload(base, institution string, n int64) error {
	const boundary = "svilpebenchboundary"
	var head strings.Builder
	v := form(institution)
	v.Set("step", "check")
	for _, k := range []string{"draft", "lang", "step", "track", "language", "institution", "category", "description"} {
		fmt.Fprintf(&head, "--%s\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", boundary, k, v.Get(k))
	}
	fmt.Fprintf(&head,
		"--%s\r\nContent-Disposition: form-data; name=\"attachments\"; filename=\"video.mp4\"\r\nContent-Type: "+
			"video/mp4\r\n\r\n", boundary)
	tail := "\r\n--" + boundary + "--\r\n"
	body := io.MultiReader(strings.NewReader(head.String()), io.LimitReader(zeros{}, n), strings.NewReader(tail))
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, base+"/report", body)
	if err != nil {
		return err
	}
	req.ContentLength = int64(head.Len()+len(tail)) + n
	req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || !strings.Contains(string(page), "video.mp4")) {
		err = fmt.Errorf("upload: %d", res.StatusCode)
	}
	return err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// BenchmarkStart: from exec to the first answer, for serve and for demo on
// existing data. Goal: 0.3 s.
func BenchmarkStart(b *testing.B) {
	cfg, _, _ := fiveHolders(b)
	b.Run("serve", func(b *testing.B) {
		for b.Loop() {
			begun := time.Now()
			p := serving(b, cfg)
			b.ReportMetric(time.Since(begun).Seconds()*1000, "ms")
			p.stop()
		}
	})
	b.Run("demo", func(b *testing.B) {
		dir := b.TempDir()
		practiceIn(b, dir).stop()
		for b.Loop() {
			begun := time.Now()
			p := practiceIn(b, dir)
			b.ReportMetric(time.Since(begun).Seconds()*1000, "ms")
			p.stop()
		}
	})
}

func practiceIn(t testing.TB, dir string, extra ...string) *process {
	addr := freePort(t)
	return start(t, dir, addr, append([]string{"demo", "--data", filepath.Join(dir, "data"), "--keys",
		filepath.Join(dir, "keys"),
		"--listen", addr, "--credentials", filepath.Join(dir, "credentials.json")}, extra...)...)
}

// BenchmarkMemory: anonymous memory 60 s after start, and after 20 sign-ins.
// Goal: below 40 MB each time.
func BenchmarkMemory(b *testing.B) {
	cfg, people, _ := fiveHolders(b)
	p := serving(b, cfg)
	for b.Loop() {
		time.Sleep(60 * time.Second)
		b.ReportMetric(float64(p.memory(b, "RssAnon"))/1e6, "MB-idle")
		signed := 0
		for signed < 20 {
			time.Sleep(31 * time.Second) // a code works once
			for _, list := range people {
				for _, who := range list {
					if _, err := signedIn(p.base, who); err == nil {
						signed++
					}
				}
			}
		}
		time.Sleep(5 * time.Second)
		b.ReportMetric(float64(p.memory(b, "RssAnon"))/1e6, "MB-signed-in")
		b.ReportMetric(float64(signed), "sign-ins")
	}
}

var errSignIn = errors.New("sign-in refused")

// signedIn signs in and gives the cookies.
func signedIn(base string, who person) ([]*http.Cookie, error) {
	code, err := totp.GenerateCode(who.totp, time.Now())
	if err != nil {
		return nil, err
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	body := url.Values{"name": {who.email}, "password": {who.password}, "code": {code}}.Encode()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, base+"/desk/sign-in",
		strings.NewReader("draft="+derive.New().Text()+"&"+body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusSeeOther {
		return nil, errSignIn
	}
	return res.Cookies(), nil
}
