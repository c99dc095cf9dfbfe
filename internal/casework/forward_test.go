package casework_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"svilpe/internal/appoint"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
)

// outgoing is a package to an authority, with more statements in pairs.
func outgoing(text string, more ...string) casework.Act {
	a := casework.Act{Step: "forward", Reason: "not ours", Message: "it went to them", Statements: said{
		"authority": {"KNAB"}, "package": {text}, "not_revealing": {"yes"},
	}}
	for i := 0; i+1 < len(more); i += 2 {
		a.Statements[more[i]] = append(a.Statements[more[i]], more[i+1])
	}
	return a
}

// withFile is a case in triage whose report has a file.
func (w *world) withFile() (filed, ethics.File) {
	w.t.Helper()
	d := derive.New()
	file, err := w.in.ReceiveFile(ctx, d, "a.txt", "text/plain", strings.NewReader("ATTACHED"), 1<<20)
	must(w.t, err)
	r := w.report()
	r.Files = []ethics.File{file}
	got, err := w.in.File(ctx, d, r)
	must(w.t, err)
	f := filed{Filed: got, id: d.CaseID(), draft: d}
	w.does("resp", f, casework.Act{Step: "acknowledge", Message: "hello"})
	return f, file
}

// packages are what one member may carry.
func (w *world) packages(who string, f filed) []casework.Package {
	w.t.Helper()
	return w.cw.Packages(w.look(who, f))
}

// carry downloads one package.
func (w *world) carry(who *appoint.Acting, f filed, step, what string, fail error) (string, error) {
	var out bytes.Buffer
	err := w.cw.ExportPackage(ctx, who, f.Number, step, what, &out, func(_ *casework.Opened,
		p casework.Package, to io.Writer) error {
		_, err := io.WriteString(to, p.Text)
		return errors.Join(err, fail)
	})
	return out.String(), err
}

// TestAPackageIsWhatTwoLetGo: nothing can be carried to an authority before a
// second person approved its very text; then every holder may, as long as the
// case is there, and each time stands in the log with the hash of its bytes.
func TestAPackageIsWhatTwoLetGo(t *testing.T) {
	w := founded(t)
	f, file := w.withFile()
	_, err := w.cw.Note(ctx, w.stated("chair", f), f.Number, derive.New(), "INTERNAL", "")
	must(t, err)
	if err := w.take("chair", f, outgoing("facts")); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("proposed by the chair: %v", err)
	}
	var faults ethics.FieldErrors
	for field, act := range map[string]casework.Act{
		"package":       outgoing("my key " + f.Code.Text() + " thank you"),
		"package_files": outgoing("facts", "package_files", "no file of this case"),
	} {
		if err := w.take("resp", f, act); !errors.As(err, &faults) || len(faults) != 1 || faults[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	spaced := strings.ToLower(strings.ReplaceAll(f.Code.Text(), "-", " "))
	for _, text := range []string{" ", "mykey " + spaced, strings.ReplaceAll(spaced, " ", "") + "."} {
		if err := w.take("resp", f, outgoing(text)); !errors.As(err, &faults) || faults[0].Field != "package" {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := w.take("resp", f, outgoing(strings.Repeat("ā", 100_001))); !errors.As(err, &faults) ||
		faults[0].Kind != "too_long" {
		t.Errorf("huge: %v", err)
	}
	w.does("resp", f, outgoing("facts", "package_files", file.ID))
	o := w.look("chair", f)
	if o.Open == nil || o.Open.Content == nil || o.Open.Content.Statements["package"][0] != "facts" ||
		o.Open.Content.Statements["package_files"][0] != file.ID {
		t.Fatal("the second person does not see what would go out")
	}
	if n := len(w.packages("chair", f)); n != 0 {
		t.Errorf("%d packages before the approval", n)
	}
	if out, err := w.carry(w.as("resp"), f, o.Open.ID, ethics.PackagePDF, nil); !errors.Is(err, ethics.ErrNotFound) ||
		out != "" {
		t.Errorf("carried before the approval: %q, %v", out, err)
	}
	if err := w.decides("resp", f, true); !errors.Is(err, ethics.ErrSamePerson) {
		t.Errorf("approved by the proposer: %v", err)
	}
	must(t, w.decides("chair", f, false))
	if n := len(w.packages("resp", f)); n != 0 {
		t.Errorf("%d packages after a rejection", n)
	}
	w.does("resp", f, outgoing("facts, again", "package_files", file.ID))
	must(t, w.decides("chair", f, true))

	list := w.packages("resp", f)
	if len(list) != 1 || list[0].Text != "facts, again" || list[0].Authority.ID != "KNAB" ||
		len(list[0].Files) != 1 || list[0].Withheld != 0 {
		t.Fatalf("%d packages", len(list))
	}
	step := list[0].Step.ID
	if _, err := w.carry(w.as("resp"), f, step, ethics.PackageArchive, nil); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("sealed to an authority without a key: %v", err)
	}
	if _, err := w.carry(w.as("member"), f, step, ethics.PackagePDF, nil); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("by who does not hold the case: %v", err)
	}
	if n := w.count(`select count(*) from entry where kind = 'packaging'`); n != 0 {
		t.Errorf("%d entries of what was refused", n)
	}
	for _, who := range []string{"resp", "chair"} {
		if out, err := w.carry(w.as(who), f, step, ethics.PackagePDF, nil); err != nil || out != "facts, again" {
			t.Errorf("%s: %q, %v", who, out, err)
		}
	}
	if _, err := w.carry(w.as("resp"), f, step, ethics.PackagePDF,
		io.ErrClosedPipe); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("broken off: %v", err)
	}
	made, sum := w.packages("chair", f)[0].Made, sha256.Sum256([]byte("facts, again"))
	if len(made) != 3 || !bytes.Equal(made[0].SHA256, sum[:]) || made[1].Name != "N chair" ||
		!made[1].Whole || made[2].Whole {
		t.Errorf("made %d times", len(made))
	}
	if w.count(`select count(*) from entry where kind = 'packaging'`) != 3 ||
		w.count(`select count(*) from entry where kind = 'package_made'`) != 3 {
		t.Error("entries")
	}
	view, err := w.dia.View(ctx, w.visit(f))
	must(t, err)
	if last := view.Messages[len(view.Messages)-1]; last.Text != "it went to them" {
		t.Errorf("the reporter reads %q", last.Text)
	}
	if d := w.damage(); d != nil {
		t.Error(d)
	}
}

// TestAPackageOfAnotherTextIsNone: a step that says anything else than what was
// approved is not trusted, so there is no package of it.
func TestAPackageOfAnotherTextIsNone(t *testing.T) {
	for _, change := range []func(said){
		func(said) {}, func(s said) { s["package"] = []string{"facts and a name"} }, func(s said) {
			s["package_files"] = []string{"another"}
		},
		func(s said) { s["authority"] = []string{"VP"} },
	} {
		w := founded(t)
		f, file := w.withFile()
		act := outgoing("facts", "package_files", file.ID)
		w.stated("chair", f)
		p := w.put(f, ethics.KindProposal,
			ethics.Proposal{Step: "forward", From: "triage", To: "forwarded", Reason: "r", Statements: act.Statements},
			w.by("resp"), false)
		w.put(f, ethics.KindApproval, ethics.Approval{Proposal: p, Digest: w.sealed(p), Approved: true},
			w.by("chair"), false)
		change(act.Statements)
		id := w.steps(f, "resp", w.by("chair"),
			ethics.Step{
				ID: "forward", From: "triage", To: "forwarded", Reason: "r", Statements: act.Statements, Proposal: p,
			}, nil)
		honest := act.Statements["package"][0] == "facts" && act.Statements["package_files"][0] == file.ID &&
			act.Statements["authority"][0] == "KNAB"
		if n := len(w.packages("resp", f)); (n == 1) != honest {
			t.Errorf("%v: %d packages", act.Statements, n)
		}
		if out, err := w.carry(w.as("resp"), f, id, ethics.PackagePDF, nil); (err == nil) != honest ||
			!honest && out != "" {
			t.Errorf("%v: %q, %v", act.Statements, out, err)
		}
	}
}

// TestASecondPackageIsANewOne: what an authority did not take goes out again to
// another, by two people, and the first stays as it was.
func TestASecondPackageIsANewOne(t *testing.T) {
	w := founded(t)
	f, _ := w.withFile()
	id, err := age.GenerateHybridIdentity()
	must(t, err)
	for n := range w.cw.Policy.Authorities {
		if w.cw.Policy.Authorities[n].ID == "VP" {
			w.cw.Policy.Authorities[n].Recipient = id.Recipient().String()
		}
	}
	w.stated("chair", f)
	w.does("resp", f, outgoing("facts"))
	must(t, w.decides("chair", f, true))
	w.does("resp", f, casework.Act{
		Step: "reopen", Message: "again", Statements: said{"ground": {"forwarding_refused"}},
	})
	must(t, w.decides("chair", f, true))
	if n := len(w.packages("resp", f)); n != 1 {
		t.Fatalf("%d packages of a case that came back", n)
	}
	second := outgoing("other facts")
	second.Statements["authority"] = []string{"VP"}
	w.does("resp", f, second)
	must(t, w.decides("chair", f, true))
	list := w.packages("resp", f)
	if len(list) != 2 || list[0].Text != "facts" || list[1].Text != "other facts" {
		t.Fatalf("%d packages", len(list))
	}
	if out, err := w.carry(w.as("chair"), f, list[1].Step.ID, ethics.PackageArchive, nil); err != nil ||
		out != "other facts" {
		t.Errorf("the second: %q, %v", out, err)
	}
	if _, err := w.carry(w.as("chair"), f, list[0].Step.ID, ethics.PackageArchive,
		nil); !errors.Is(err, ethics.ErrNotFound) {
		t.Errorf("the first, sealed to nobody: %v", err)
	}
	list = w.packages("resp", f)
	if len(list[0].Made) != 0 || len(list[1].Made) != 1 || list[1].Made[0].To != id.Recipient().String() {
		t.Errorf("made %d and %d", len(list[0].Made), len(list[1].Made))
	}
}

// TestAFileThatIsGoneDoesNotGoOut: what cannot be trusted any more when the
// second person looks is not let go.
func TestAFileThatIsGoneDoesNotGoOut(t *testing.T) {
	for _, spoil := range []bool{false, true} {
		w := founded(t)
		f, _ := w.withFile()
		d := derive.New()
		file, err := w.dia.ReceiveFile(ctx, d, "b.txt", "text/plain", strings.NewReader("MORE"), 1<<20)
		must(t, err)
		_, err = w.dia.Send(ctx, w.visit(f), d, "more", []ethics.File{file})
		must(t, err)
		w.stated("chair", f)
		w.does("resp", f, outgoing("facts", "package_files", file.ID))
		if spoil {
			w.exec(`update envelope set sealed = x'00' where id = ?`, d.EnvelopeID(f.id, ethics.KindMessage))
		}
		if err := w.decides("chair", f, true); errors.Is(err, ethics.ErrConflict) != spoil || !spoil && err != nil {
			t.Errorf("spoilt %v: %v", spoil, err)
		}
		if n := len(w.packages("resp", f)); (n == 0) != spoil {
			t.Errorf("spoilt %v: %d packages", spoil, n)
		}
	}
}
