package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/store"
)

// TestManyAtOnce: 256 reports handed in at the same moment. None is lost, none
// doubled, every code is another one and opens a case; then one form sent 16
// times at once is one report with 16 pages of the same code.
func TestManyAtOnce(t *testing.T) {
	d := openDoor(t)
	s := httptest.NewServer(d)
	defer s.Close()
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	const n = 256
	codes := make([]string, n)
	together(n, func(i int) {
		page, err := post(c, s.URL, form(d.institution))
		if err != nil {
			t.Error(err)
			return
		}
		codes[i] = codeIn(t, page)
	})
	seen := map[string]bool{}
	for _, code := range codes {
		if seen[code] || code == "" {
			t.Fatalf("code %q twice or missing", code)
		}
		seen[code] = true
		if err := status(c, s.URL, code); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.cases(); got != n+1 {
		t.Errorf("%d cases, want %d", got, n+1)
	}

	same, pages := form(d.institution), make([]string, 16)
	together(len(pages), func(i int) {
		page, err := post(c, s.URL, same)
		if err != nil {
			t.Error(err)
			return
		}
		pages[i] = codeIn(t, page)
	})
	for _, code := range pages {
		if code != pages[0] || seen[code] {
			t.Errorf("the same form has codes %s and %s", pages[0], code)
		}
	}
	if got := d.cases(); got != n+2 {
		t.Errorf("%d cases, want %d", got, n+2)
	}
	v, err := d.h.store.Verify(context.Background(), store.VerifyOptions{Founders: d.h.store.Founders()})
	must(t, err)
	if v.Damage() != nil {
		t.Errorf("after the crowd: %v", v.Damage())
	}
}

// together calls fn n times at the same moment.
func together(n int, fn func(int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-start
			fn(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// cases counts the cases that the responsible person's list shows, page by page.
func (d *door) cases() int {
	d.t.Helper()
	who, total, after := d.people[appoint.RoleResponsible][0].acting, 0, store.Key{}
	for {
		list, err := d.h.insight.Cases(context.Background(), who, store.Filter{}, after)
		must(d.t, err)
		total += len(list.Cases)
		if list.Next == nil {
			return total
		}
		after = *list.Next
	}
}
