package report_test

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/store"
)

// acting is a member at work.
func (d *door) acting(id string) (*casework.Service, *appoint.Acting) {
	d.t.Helper()
	roster, err := d.intake.Roster(context.Background())
	must(d.t, err)
	w := &casework.Service{
		Store: d.store, Policy: d.intake.Policy, Now: d.clock.Now, Log: slog.New(slog.DiscardHandler),
		Limits: casework.Limits{FileBytes: 1 << 20, MessageBytes: 2 << 20, Files: 4, TextChars: 20000},
	}
	m, err := roster.Member(id)
	must(d.t, err)
	who := &appoint.Acting{
		ID: id, Name: m.Name, Institution: m.Home(), Roles: roster.AllRoles(id, d.intake.Today()),
		Secret: d.people[id], Roster: roster,
	}
	return w, who
}

// number is the only case's register number.
func (d *door) number() (number string) {
	d.t.Helper()
	must(d.t, d.store.Read(context.Background(), func(tx *store.ReadTx) error {
		all, err := tx.AllCases(store.Filter{}, store.Key{}, 2)
		if err == nil && len(all) != 1 {
			d.t.Fatalf("%d cases", len(all))
		}
		number = all[0].Number
		return err
	}))
	return number
}

// message has Anna write to the reporter, with a file.
func (d *door) message(text string, file upload) ethics.File {
	d.t.Helper()
	ctx := context.Background()
	w, anna := d.acting("anna")
	must(d.t, w.State(ctx, anna, d.number(), derive.New()))
	draft := derive.New()
	f, err := w.ReceiveFile(ctx, draft, file.name, file.kind, strings.NewReader(file.content), 1<<20)
	must(d.t, err)
	_, err = w.Message(ctx, anna, d.number(), draft, text, "", []ethics.File{f})
	must(d.t, err)
	return f
}

// The commission writes with a file; the reporter reads and saves it.
func TestReadingAMessageAndItsFile(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	code := b.file(upload{"mans.txt", "text/plain", "a"})
	content := strings.Repeat("Saturs ", 20_000)
	f := d.message("Vai varat pateikt, kad tas bija?", upload{"veidlapa āē.pdf", "application/pdf", content})
	b.get("/case/files/" + f.ID).is(303)
	b.enter(code).is(303)
	p := b.get("/case").is(200).has("Vai varat pateikt, kad tas bija?", "Izskatītāji", "veidlapa āē.pdf",
		"/case/files/"+f.ID).hasNot("Anna Ozola")
	if n := strings.Count(p.body, `href="/case/files/`); n != 1 {
		t.Errorf("%d files can be opened, want only the commission's", n)
	}
	got := b.get("/case/files/" + f.ID).is(200)
	if got.body != content {
		t.Error("the file is not what was sent")
	}
	for name, want := range map[string]string{
		"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Disposition": "attachment; filename*=utf-8''veidlapa%20%C4%81%C4%93.pdf",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.header.Get(name), want)
		}
	}
}

// Own files, another case's files and no files are not found alike.
func TestFilesThatAreNotTheReportersToOpen(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	check := b.postMultipart("/report", b.fill().with("step", "check"), upload{"mans.txt", "text/plain", "a"}).
		is(200).form()
	own := check.get("keep")
	b.enter(b.post("/report", check.with("step", "file")).is(200).code()).is(303)
	want := b.get("/case/files/none").is(404)
	if got := b.get("/case/files/" + own).is(404); got.body != want.body {
		t.Error("an own file answers otherwise than none")
	}
}

// Twenty downloads at once do not wait for each other for ever.
func TestManyDownloadsAtOnce(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	code := b.file()
	f := d.message("x", upload{"a.bin", "", strings.Repeat("x", 1<<20)})
	b.enter(code).is(303)
	done := make(chan int)
	for range 20 {
		go func() {
			c := d.browser()
			for k, v := range b.cookies {
				c.cookies[k] = v
			}
			done <- len(c.get("/case/files/" + f.ID).body)
		}()
	}
	for range 20 {
		select {
		case n := <-done:
			if n != 1<<20 {
				t.Errorf("%d bytes", n)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("downloads wait for each other")
		}
	}
}

// Everything that opens nothing gives the same page, by bytes, but for what was
// typed and what can be seen from it alone.
func TestUniformRefusal(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	code := b.file()
	unknown := derive.New()
	other := open(t, 2).browser().file() // right in itself, of no case here
	empty := b.get("/status").is(200).form()
	refused := func(typed string) string {
		p := d.browser().post("/status", empty.with("code", typed)).is(422)
		if p.header.Get("Set-Cookie") != "" {
			t.Error("a refusal sets a cookie")
		}
		body := regexp.MustCompile(`name="draft" value="[^"]*"`).ReplaceAllString(p.body, "")
		body = strings.ReplaceAll(body, `value="`+typed+`"`, `value=""`)
		for _, hint := range []string{
			" Kodā ir 30 zīmes; Jūs ierakstījāt 5.", " Kodā ir 30 zīmes; Jūs ierakstījāt 0.",
			" Šajā kodā ir vairāk kļūdu, nekā varam izlabot.",
		} {
			body = strings.ReplaceAll(body, hint, "")
		}
		return body
	}
	want := refused(other)
	for _, typed := range []string{"", "7KQ4M", strings.Repeat("Z7", 15), unknown.Text()} {
		got := refused(typed)
		if typed == unknown.Text() {
			continue // any text: its hint depends on its letters
		}
		if got != want {
			t.Errorf("%q is refused in other words", typed)
		}
	}
	if strings.Contains(want, code) {
		t.Error("a refusal holds a code")
	}
}

// Two wrong symbols are put right, and the page says which group to mark.
func TestCorrectedCode(t *testing.T) {
	b := open(t, 2).browser()
	code := b.file()
	groups := strings.Split(code, "-")
	spoilt := "2"
	if groups[2][0] == '2' {
		spoilt = "3"
	}
	typed := strings.Join([]string{groups[0], groups[1], spoilt + groups[2][1:], groups[3], groups[4], groups[5]}, " ")
	b.enter(typed).is(200).has("Mēs 3. grupu izlasījām kā "+groups[2], told)
	b.get("/case").is(200)
}

// A visit that ends while someone writes loses nothing: the answer is 401 with
// the text, and after the code it stands in the box again, its file attached.
func TestNothingIsLostWhenTheVisitEnds(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	code := b.file()
	b.enter(code).is(303)
	writing := b.get("/case").form().with("text", "Gara atbilde\nar rindām.")
	d.clock.turn(3 * time.Hour)
	d.lapse() // the visit's row is gone before the text comes
	ended := b.postMultipart("/case/messages", writing, upload{"pielikums.txt", "text/plain", "abc"}).is(401)
	ended.has("Gara atbilde", "pielikums.txt", "Jūsu apmeklējums ir beidzies")
	wrong := b.post("/status", ended.form().with("code", "7KQ4M")).is(422).has("Gara atbilde", "pielikums.txt")
	switched := b.post("/status", wrong.form().with("lang_switch", "ru")).is(200).
		has("Gara atbilde", "pielikums.txt", "Введите код обращения")
	back := b.post("/status", switched.form().with("code", code)).is(200).
		has("Gara atbilde\nar rindām.", "pielikums.txt")
	if f := back.form(); f.get("draft") != writing.get("draft") || f.get("keep") == "" {
		t.Error("not the same draft and file")
	}
	b.postMultipart("/case/messages", back.form()).is(303)
	b.postMultipart("/case/messages", back.form(), upload{"vēl.txt", "", "x"}).is(303) // sent twice, with one more
	p := b.get("/case").is(200).has("pielikums.txt")
	if n := strings.Count(p.body, "Gara atbilde"); n != 1 {
		t.Errorf("the message stands %d times", n)
	}
	if d.drafts() != 0 {
		t.Error("the file was not filed, or that of the second sending was kept")
	}
	// The same for a withdrawal, and for reading.
	ask := b.get("/case/withdraw").is(200).form().with("text", "Tāpēc.")
	d.clock.turn(3 * time.Hour)
	d.lapse()
	ended = b.post("/case/withdraw", ask).is(401).has("Tāpēc.")
	b.get("/case").is(401).has("Ваш сеанс завершён")
	b.post("/status", ended.form().with("code", code)).is(200).has("Tāpēc.", `action="/case/withdraw"`)
}

// lapse does what the program does each minute: visits that have ended go.
func (d *door) lapse() {
	d.t.Helper()
	ctx := context.Background()
	must(d.t, d.store.Scratch(ctx, func(tx *store.ScratchTx) error {
		return tx.Sweep(d.clock.Now().UnixMilli(), 0, 0)
	}))
	var left string
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(d.dir, "data", store.File))
	must(d.t, err)
	defer func() { _ = db.Close() }()
	must(d.t, db.QueryRow(`select count(*) from tmp_case_session`).Scan(&left))
	if left != "0" {
		d.t.Errorf("%s visits that have ended stay in the database", left)
	}
}

// What was written in one case is not put into another's box.
func TestTextOfAnotherCaseIsKeptApart(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	one, two := b.file(), b.file()
	b.enter(one).is(303)
	writing := b.get("/case").form().with("text", "Tikai pirmajai lietai")
	d.clock.turn(3 * time.Hour)
	d.lapse()
	ended := b.postMultipart("/case/messages", writing).is(401)
	p := b.post("/status", ended.form().with("code", two)).is(200).has("Tikai pirmajai lietai", "neielikām")
	if f := p.form(); f.get("text") != "" || f.get("draft") == writing.get("draft") {
		t.Error("the text went into the other case's answer")
	}
}

// A message without text or file, or a text too long, stays in its box.
func TestMessageErrors(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	b.enter(b.file()).is(303)
	form := b.get("/case").form()
	b.postMultipart("/case/messages", form.with("text", "  ")).is(422).has("Uzrakstiet ziņu vai pievienojiet failu")
	long := strings.Repeat("ā", 20001)
	p := b.postMultipart("/case/messages", form.with("text", long), upload{"a.txt", "", "a"}).is(422).
		has(long, "a.txt", "līdz 20000 zīmēm")
	b.postMultipart("/case/messages", p.form().with("lang_switch", "en")).is(200).has(long, "a.txt", "Write to us")
	b.postMultipart("/case/messages", p.form().with("text", "Īsāk.")).is(303)
	b.get("/case").is(200).has("Īsāk.", "a.txt")
}

// The case that was withdrawn meanwhile is shown as it is now, once.
func TestWithdrawnTwice(t *testing.T) {
	b := open(t, 2).browser()
	b.enter(b.file()).is(303)
	one, two := b.get("/case/withdraw").is(200).form(), b.get("/case/withdraw").is(200).form()
	b.post("/case/withdraw", one).is(303)
	b.post("/case/withdraw", one).is(303)
	b.post("/case/withdraw", two).is(422).has("Pa to laiku lieta ir mainījusies", "Atsaukts")
	b.get("/case/withdraw").is(422)
}

// A damaged message is said to be one, and never shown.
func TestUntrustedMessage(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	code := b.file()
	d.damage(`update envelope set sealed = zeroblob(length(sealed)) where kind = 'report'`)
	b.enter(code).is(303)
	b.get("/case").is(200).has("Šai ziņai nevar uzticēties").hasNot(told)
}

// The timeline speaks to the reporter: a met deadline stands once, and waiting
// for an answer is said as the reporter's own.
func TestTimelineSpeaksToTheReporter(t *testing.T) {
	d := open(t, 2)
	b := d.browser()
	b.enter(b.file()).is(303)
	ctx := context.Background()
	w, anna := d.acting("anna")
	must(t, w.State(ctx, anna, d.number(), derive.New()))
	for _, act := range []casework.Act{{Step: "acknowledge"}, {Step: "ask_reporter", Message: "Kur?"}} {
		_, err := w.Take(ctx, anna, d.number(), derive.New(), act)
		must(t, err)
	}
	p := b.get("/case").is(200).has("Paveikts", "Saņemšanas apstiprinājums", "Gaidām Jūsu atbildi. Pēdējā diena: ",
		`<blockquote class="reads"><p>Kur?</p>`).
		hasNot("Ziņa ir nosūtīta", "Ziņotāja atbildes gaidīšana", "Saņemšana apstiprināta")
	b.postMultipart("/case/messages", p.form().with("text", "Tur.")).is(303)
	b.get("/case?sent=1").is(200).has("Ziņa ir nosūtīta", "Jūs atbildējāt").
		hasNot("Ziņotāja atbildes gaidīšana", "Gaidām Jūsu atbildi", `<blockquote class="reads">`)
}
