package auth_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"svilpe/internal/secret"
	"svilpe/internal/store"
)

// TestSigningInLeavesNoExactTime: whoever takes the database away reads five
// minutes of a visit and a day of a browser, and of a used code nothing.
func TestSigningInLeavesNoExactTime(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, 11, 23, 9, 7, 31, 123e6, time.UTC)
	_, known := w.signIn(email)
	signed := w.now
	_, _, _ = w.a.SignIn(ctx, "nobody@example.lv", "nepareiza parole", "000000", secret.Cookie{})
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(w.data, store.File))
	must(t, err)
	defer func() { _ = db.Close() }()
	for _, table := range []string{"tmp_session", "tmp_security", "tmp_known_browser", "tmp_throttle", "tmp_totp"} {
		rows, err := db.Query("select * from " + table)
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		n := 0
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			must(t, rows.Scan(into...))
			for i, v := range values {
				step := signed.Unix() / 30
				if strings.Contains(fmt.Sprint(v), fmt.Sprint(step)) ||
					strings.Contains(fmt.Sprint(v), fmt.Sprint(signed.Unix())) {
					t.Errorf("%s.%s holds when somebody signed in: %v", table, columns[i], v)
				}
			}
			n++
		}
		must(t, rows.Err())
		if n == 0 {
			t.Errorf("%s is empty: this test looks at nothing", table)
		}
	}
	var until string
	must(t, db.QueryRow(`select until from tmp_known_browser order by until desc limit 1`).Scan(&until))
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(until) {
		t.Errorf("a browser is remembered until %q, which is no day", until)
	}
	// And it is remembered to the end of that day, not longer.
	familiar := func(at time.Time) bool {
		w.now = at
		_, again, err := w.a.SignIn(ctx, email, password, w.code(email), known)
		must(t, err)
		return again == (secret.Cookie{})
	}
	last := signed.Add(180 * 24 * time.Hour)
	if !familiar(last.Add(10 * time.Hour)) {
		t.Error("forgotten before its last day ended")
	}
	if familiar(last.Add(24 * time.Hour)) {
		t.Error("remembered after its last day")
	}
}

// The log of sign-ins is kept for months, and the record keeps order: an hour beside
// a changed password, which is an entry too, would date what stands around it.
func TestTheSecurityLogKeepsDays(t *testing.T) {
	w := newWorld(t)
	must(t, w.a.ChangePassword(ctx, w.in(email), password, "jauna parole, gara un laba"))
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(w.data, store.File))
	must(t, err)
	defer func() { _ = db.Close() }()
	rows, err := db.Query(`select * from tmp_security where kind in ('signed_in', 'password_changed')`)
	must(t, err)
	defer func() { _ = rows.Close() }()
	n, days := 0, 0
	for rows.Next() {
		var v [4]any
		must(t, rows.Scan(&v[0], &v[1], &v[2], &v[3]))
		for _, x := range v {
			switch day := regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(fmt.Sprint(x)); {
			case day:
				days++
			case regexp.MustCompile(`^\d+$`).MatchString(fmt.Sprint(x)):
				t.Errorf("a time: %v", v)
			}
		}
		n++
	}
	must(t, rows.Err())
	if n < 2 || days != n {
		t.Errorf("%d events, %d days", n, days)
	}
}
