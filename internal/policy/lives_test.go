package policy

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"svilpe/internal/ethics"
)

// manyLives are how many cases live in the test. A failed life is lived again
// with the printed seed: LIVES_SEED=…
const manyLives = 10_000

// Ten thousand cases live against a fake clock. On each day that something
// happens, and for every day between, an oracle that counts on its fingers says
// what is due when and who is warned of what; the program agrees, misses no
// warning and repeats none.
func TestTenThousandLives(t *testing.T) {
	p, c := shipped(t), fingers(t)
	seed := seedOf(t)
	days, warned := 0, 0
	for life := range uint64(manyLives) {
		r := mathrand.New(mathrand.NewPCG(seed, life))
		track := []string{"whistleblower", "anonymous", "ethics"}[r.IntN(3)]
		events := randomLife(p, c, r)
		d, w, err := live(p, c, track, events)
		if err != nil {
			t.Fatalf("LIVES_SEED=%d, life %d, %s: %v\n%v", seed, life, track, err, events)
		}
		days, warned = days+d, warned+w
	}
	t.Logf("seed %d: %d lives, %d days, %d warnings", seed, manyLives, days, warned)
	if warned < manyLives {
		t.Error("hardly any warning: the lives say nothing")
	}
}

func seedOf(t *testing.T) uint64 {
	t.Helper()
	if s := os.Getenv("LIVES_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		t.Fatal(err)
	}
	return binary.LittleEndian.Uint64(b[:])
}

// happening is an event of a life; back tells that the case only came back to
// the state after a question.
type happening struct {
	day  int // in the calendar's order
	name string
	back bool
}

// randomLife walks the workflow by chance, from a day that is more often than
// not one of those on which counting goes wrong.
func randomLife(p *Policy, c *calendar, r *mathrand.Rand) []happening {
	day := c.start(r)
	state, before := "received", ""
	out := []happening{{day: day, name: state}}
	for range 2 + r.IntN(16) {
		day += []int{0, 0, 1, 1, 2, 3, 5, 7, 8, 13, 31, 60}[r.IntN(12)]
		say := func(names ...string) {
			for _, n := range names {
				out = append(out, happening{day: day, name: n})
			}
		}
		if r.IntN(3) == 0 {
			say([][]string{
				{"feedback_sent"}, {"progress_info_sent"}, {"reporter_notified"}, {"meeting_requested"},
				{"meeting_held"}, {"person_concerned_informed"},
				{"deferral_reviewed", "deferral_recorded"}, {"deadline_extended"}, {"changed_to_whistleblower"},
				{"risk_reviewed", "risk_high"},
				{"legal_hold_set"}, {"protection_watch_ended"},
			}[r.IntN(12)]...)
			continue
		}
		steps := keep(p.Steps, func(s Step) bool {
			return contains(s.From, ethics.State(state)) && (s.ID != "erase" || r.IntN(4) == 0)
		})
		if len(steps) == 0 {
			break
		}
		s := steps[r.IntN(len(steps))]
		if s.Event != "" {
			say(string(s.Event))
		}
		to, back := string(s.To[r.IntN(len(s.To))]), false
		if to == "@previous" {
			to, back = before, true
		}
		out = append(out, happening{day, to, back})
		if s.ID == "recognise" || s.ID == "refuse_recognition" {
			say("reporter_notified")
		}
		before, state = state, to
	}
	if r.IntN(20) == 0 {
		out = slices.Insert(out, 1, happening{day: out[0].day, name: "own_audit"})
	}
	return out
}

// afterEnd are the deadlines that run once a case has ended, as the trials know them.
var afterEnd = []string{"protection_watch", "retention_identity", "retention_case"}

// live compares policy and oracle on every day of a life and some days beyond.
func live(p *Policy, c *calendar, track string, life []happening) (days, warned int, err error) {
	var dues []Due
	var naive []counted
	said := map[string]bool{}
	next := 0
	for day := life[0].day; ; day++ {
		if next < len(life) && life[next].day == day {
			for next < len(life) && life[next].day == day {
				next++
			}
			naive = c.count(track, life[:next])
			if dues, err = agree(p, c, track, life[:next], naive); err != nil {
				return days, warned, err
			}
		}
		days++
		var want, got []string
		open := false
		for _, n := range naive {
			if n.stopped >= 0 || contains(afterEnd, n.id) {
				continue
			}
			open = open || n.due >= day
			if left := n.due - day; (left == 3 || left == 1) && n.started <= day {
				want = append(want, fmt.Sprint(n.id, " ", c.days[n.due].day, " ", left))
			}
		}
		if open {
			for _, w := range p.Warnings(dues, c.days[day].day) {
				got = append(got, fmt.Sprint(w.ID, " ", w.Due.Due, " ", w.Left))
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			return days, warned, fmt.Errorf("%s: warned of %v, want %v", c.days[day].day, got, want)
		}
		for _, w := range got {
			if said[w] {
				return days, warned, fmt.Errorf("%s: warned again: %s", c.days[day].day, w)
			}
			said[w] = true
			warned++
		}
		if next == len(life) && !open {
			return days, warned, nil
		}
	}
}

// agree compares every run of every deadline, and the one that lists show.
func agree(p *Policy, c *calendar, track string, life []happening, naive []counted) ([]Due, error) {
	var events []Event
	var stored []ethics.Event
	for _, h := range life {
		events = append(events, Event{ethics.EventKind(h.name), c.days[h.day].day})
		stored = append(stored, ethics.Event{Name: ethics.EventKind(h.name), Day: string(c.days[h.day].day)})
	}
	dues, err := p.Due(track, events)
	if err != nil {
		return nil, err
	}
	var got, want []string
	nearest := ""
	for _, d := range dues {
		got = append(got, fmt.Sprint(d.ID, " ", d.Started, " ", d.Due, " ", d.Stopped))
	}
	for _, n := range naive {
		stopped := Day("")
		if n.stopped >= 0 {
			stopped = c.days[n.stopped].day
		} else if day := string(c.days[n.due].day); !contains(afterEnd, n.id) && (nearest == "" || day < nearest) {
			nearest = day
		}
		want = append(want, fmt.Sprint(n.id, " ", c.days[n.started].day, " ", c.days[n.due].day, " ", stopped))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(want, got) {
		return nil, fmt.Errorf("want - got +\n%s", gocmp.Diff(want, got))
	}
	if day, _, err := p.Nearest(track, stored); err != nil || day != nearest {
		return nil, fmt.Errorf("lists show %q, want %q: %w", day, nearest, err)
	}
	return dues, nil
}

// calendar is every day of some decades, one after the other.
type calendar struct {
	days []oneDay
	free map[string]bool
}

type oneDay struct {
	day     Day
	number  int // in its month
	month   time.Month
	weekday time.Weekday
}

// fingers walks from midnight to midnight in Riga, through each change of clocks.
func fingers(t *testing.T) *calendar {
	t.Helper()
	riga, err := time.LoadLocation("Europe/Riga")
	if err != nil {
		t.Fatal(err)
	}
	c := &calendar{free: map[string]bool{}}
	for y := 2026; y <= 2046; y++ {
		for _, d := range byLaw(y) {
			c.free[d] = true
		}
	}
	for d := time.Date(2026, 1, 1, 0, 0, 0, 0, riga); d.Year() <= 2046; d = d.AddDate(0, 0, 1) {
		c.days = append(c.days, oneDay{Day(d.Format(time.DateOnly)), d.Day(), d.Month(), d.Weekday()})
	}
	return c
}

// start is a day of the first years, half of the time one near a month's end, a
// leap day, a change of clocks or a holiday.
func (c *calendar) start(r *mathrand.Rand) int {
	for {
		i := r.IntN(365 * 8)
		d := c.days[i]
		hard := d.number >= 28 || d.month == 2 && d.number >= 26 || d.month == 3 && d.number >= 22 ||
			d.month == 10 && d.number >= 22 ||
			d.month == 12 && d.number >= 15 || c.free[string(d.day)]
		if hard || r.IntN(3) == 0 {
			return i
		}
	}
}

// walk goes a period ahead, one day at a time.
func (c *calendar) walk(day, n int, unit byte) int {
	if unit == 'D' {
		for range n {
			day++
		}
		return day
	}
	number, months := c.days[day].number, 0
	for {
		day++
		if c.days[day].number == 1 {
			months++
		}
		if months == n && (c.days[day].number == number || c.days[day].number < number && c.days[day+1].number == 1) {
			return day
		}
	}
}

func (c *calendar) roll(day int) int {
	for c.days[day].weekday == time.Saturday || c.days[day].weekday == time.Sunday || c.free[string(c.days[day].day)] {
		day++
	}
	return day
}

// rules say once more, in another way, what workflow.yaml says of deadlines:
// name; tracks by first letter; starts; stops; period; then what is special.
const rules = `
ack wae received acknowledged,returned,withdrawn 7D roll reporter
recognition w received,changed_to_whistleblower recognised,not_recognised,forwarded,returned,withdrawn 7D roll
decision_notice w recognised,not_recognised reporter_notified 3D roll reporter
forwarding w received,changed_to_whistleblower recognised,not_recognised,forwarded,returned,withdrawn 7D roll
progress_info w recognised progress_info_sent,decided,closed,returned,withdrawn 2M roll reporter once
feedback wae acknowledged feedback_sent,decided,returned,withdrawn 3M roll reporter fallback
general_reply e received decided,forwarded,returned,withdrawn 1M roll reporter extend
meeting wae meeting_requested meeting_held,closed,returned,withdrawn 14D roll
person_concerned_notice wae investigation person_concerned_informed,deferral_recorded 1M roll once
deferral_review wae deferral_recorded person_concerned_informed,deferral_reviewed 1M
reporter_silence wae awaiting_reporter reporter_replied,resumed_without_reply,returned,withdrawn 30D reporter
risk_review wae risk_low,risk_medium,risk_high risk_reviewed 30D reporter
protection_watch wae closed,returned,withdrawn protection_watch_ended,reopened,erased 12M reporter
retention_identity we closed,returned,withdrawn reopened,erased,identity_erased 12M
retention_case wae closed,returned,withdrawn reopened,erased 60M
`

type counted struct {
	id                    string
	started, due, stopped int // days; stopped -1 while it runs
}

func (c *calendar) count(track string, life []happening) []counted {
	own := slices.ContainsFunc(life, func(h happening) bool { return h.name == "own_audit" })
	var out []counted
	for line := range strings.Lines(strings.TrimSpace(rules)) {
		f := strings.Fields(line)
		special := f[5:]
		if !strings.Contains(f[1], track[:1]) || own && slices.Contains(special, "reporter") {
			continue
		}
		out = append(out, c.countOne(f[0], strings.Split(f[2], ","), strings.Split(f[3], ","), f[4], special, life)...)
	}
	return out
}

// countOne looks for a start, then for its stop, then for the next start.
func (c *calendar) countOne(
	id string, starts, stops []string, period string, special []string, life []happening,
) []counted {
	is := func(word string) bool { return slices.Contains(special, word) }
	n, _ := strconv.Atoi(period[:len(period)-1])
	var out []counted
	used := false
	for i := 0; i < len(life); i++ {
		h := life[i]
		if h.name == "reopened" {
			used = false
		}
		first := h.day
		begins := slices.Contains(starts, h.name) && !h.back
		if is("fallback") && h.name == "received" {
			begins, first = true, c.walk(h.day, 7, 'D')
			for _, later := range life[i:] {
				if slices.Contains(stops, later.name) {
					break // feedback before the receipt was confirmed: the clock is still to come
				}
				if slices.Contains(starts, later.name) {
					first = min(first, later.day)
					break
				}
			}
		}
		if !begins || is("once") && used {
			continue
		}
		run := counted{id: id, started: first, stopped: -1}
		end := func(n int) int {
			day := c.walk(first, n, period[len(period)-1])
			if is("roll") {
				day = c.roll(day)
			}
			return day
		}
		run.due = end(n)
		acknowledged := false
		j := i + 1
		for ; j < len(life); j++ {
			acknowledged = acknowledged || slices.Contains(starts, life[j].name)
			if is("extend") && life[j].name == "deadline_extended" && life[j].day <= run.due {
				run.due = end(4)
			}
			if slices.Contains(stops, life[j].name) && !life[j].back {
				run.stopped = life[j].day
				break
			}
		}
		if is("fallback") && !acknowledged && run.stopped >= 0 && run.stopped < first {
			i = j
			continue // it never began
		}
		used = used || run.stopped >= 0
		out = append(out, run)
		i = j
	}
	slices.SortFunc(out, func(a, b counted) int { return cmp.Compare(a.started, b.started) })
	return out
}
