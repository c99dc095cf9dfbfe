package floors_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Two member ids are not two people: whoever asks for another person asks package
// appoint. So outside it no two member ids are compared, neither by an operator
// nor by looking one up in a list, and no list of ids is counted as people, but for
// what stands in sameRow with its reason.

// comparers may compare member ids: all of «another person» is there.
const comparers = "internal/appoint"

// memberFields are fields and variables that hold a member's id.
var memberFields = []string{
	"Author", "Actor", "Proposer", "Decider", "Asker", "Giver", "Member", "Signer", "Dealer", "First", "Second",
	"DraftAuthor", "Examiner",
	"author", "actor", "proposer", "proposerID", "decider", "asker", "giver", "member", "signer", "dealer",
	"examiner", "leaver", "from", "id",
}

// memberBearers are what has a member's id in its field ID.
var memberBearers = []string{"who", "Me", "me", "by", "m", "member", "holder", "g", "acting", "Acting", "voter", "x"}

// peopleLists are lists of members in which a bare id is looked up.
var peopleLists = []string{
	"holders", "Holders", "have", "Leaving", "barred", "Barred", "Excluded", "excluded", "Signers",
	"signers", "voters", "Voters",
}

// sameRow are comparisons that ask whether two ids are the very same one, since
// grants, shares, keys and signatures belong to an id. None of them asks whether
// two people are two.
var sameRow = []struct {
	file, why string
	exprs     []string
}{
	{"internal/casework/casework.go", "the grant of the id that is signed in", []string{"g.Member == who.ID"}},
	{"internal/casework/consult.go", "texts are sealed to ids", []string{
		"slices.Contains(c.Serving(who.Roster, s.today()), who.ID)", "slices.Contains(x.Readers, member)",
	}},
	{"internal/casework/exclude.go", "who holds it under this id can lose it; an id among those on offer", []string{
		"slices.Contains(o.file.Holders(), m.ID)", "m.ID == id",
	}},
	{"internal/casework/export.go", "the id that asked downloads", []string{"p.Author == o.Me.ID"}},
	{"internal/casework/foureyes.go", "approval, message and step are signed with one key", []string{
		"m.Author == step.Author",
	}},
	{"internal/casework/handover.go", "a person hands over to the own new id; whose session it is", []string{
		"m.ID != from", "who.ID != from", "from != who.ID", "from == who.ID", "from != o.Me.ID",
	}},
	{"internal/casework/read.go", "whose envelope it is", []string{
		"env.Author == who.ID", "i.Author == p.Proposer", "slices.Contains(o.file.Holders(), p.Proposer)",
	}},
	{"internal/casework/removed.go", "who made the entry signed the removal", []string{"i.Author == t.Actor"}},
	{"internal/casework/status.go", "one key signed the text and its status", []string{"t.Author != env.Author"}},
	{"internal/casework/taking.go", "ids that hold the case", []string{
		"slices.Contains(o.file.Holders(), id)", "slices.Contains(holders, id)",
	}},
	{"internal/casework/loans.go", "shares and loans are sealed to ids; lend and borrowed ask for another", []string{
		"x.Member == asker", "r.Asker == who.ID", "loan.Asker != who.ID", "loan.Share.Member != row.Decider",
	}},
	{"internal/casework/vault.go", "shares are sealed to ids", []string{
		"slices.Contains(o.file.Holders(), x.Member)", "x.Member == o.Me.ID",
		"r.Asker == o.Me.ID", "x.Member == who.ID",
		"share.Member != who.ID",
	}},
	{"internal/casework/write.go", "an id among those on offer", []string{"m.ID == id"}},
	{"internal/httpd/member/exclude.go", "marks on a list of ids; what the own id gave up", []string{
		"h.Member == m.ID", "g.ID == m.ID", "slices.Contains(involved, who.ID)",
	}},
	{"internal/httpd/member/handover.go", "whose cases a page is about", []string{"m.ID == from", "from != who.ID"}},
	{"internal/httpd/member/thread.go", "what was written here by this id", []string{"i.Author == b.o.Me.ID"}},
	{"internal/httpd/member/today.go", "whose appointment waits", []string{"x.Appointment.Member == member"}},
	{"internal/httpd/report/enter.go", "whether this id is given the key", []string{"m.ID == sh.by.who.ID"}},
	{"internal/intake/intake.go", "an id among those on offer", []string{"m.ID == id"}},
	{"internal/registry/draft.go", "one signature of an id under a body; People counts them", []string{
		"y.Member == x.Member", "x.Member == sig.Member",
	}},
	{"internal/routing/routing.go", "a list of ids; who lost a password is given the case again; who has a share",
		[]string{
			"x.ID == m.ID", "slices.Contains(holders, m.ID)", "slices.Contains(s.Keepers, m.ID)",
		}},
	{"internal/routing/vault.go", "who holds the case under this id; the list has each person once", []string{
		"slices.Contains(q.Hold, m.ID)", "len(holders) >= Least",
	}},
	{"internal/record/authors.go", "who renews is who opened the epoch, for an id that held", []string{
		"g.Giver == epochs[i].Signer", "slices.Contains(holders(all), g.Member)",
	}},
	{"internal/record/casefile.go", "grants of an id", []string{
		"slices.Contains(f.heldAt.stored[Envelopes.Name+\":\"+envelope], member)", "g.Member != member",
	}},
	{"internal/record/casechecks.go", "who has one signed; one dealer dealt all shares", []string{
		"e.Author == g.Member", "s.Dealer != f.Vault.Dealer",
	}},
	{"internal/record/taking.go", "who made the entry signed the removal", []string{"e.Author == t.Actor"}},
	{"internal/record/past.go", "who signs holds a grant under this id", []string{
		"slices.Contains(l.holdersAfter[n], member)", "slices.Contains(l.holdersAfter[n-1], member)",
	}},
	{"internal/record/story.go", "the verdict is of who signed the status", []string{"p.Decider == author"}},
	{"internal/record/consultationfile.go", "texts are sealed to ids", []string{"slices.Contains(t.Parties, author)"}},
	{"internal/store/entries.go", "a column is a copy of the body", []string{"e.Actor != actor"}},
	{"internal/store/epochs.go", "grants of an id", []string{"g.Member != member", "x.Member == g.Member"}},
	{"internal/store/terms.go", "shares of an id without a grant", []string{"slices.Contains(members, x.Member)"}},
	{"internal/store/vault.go", "shares and loans of an id; one dealer dealt them", []string{
		"r.Asker == member", "r.Decider == member", "shares[n].Member != member",
	}},
	{"internal/verify/cases.go", "one dealer dealt all shares", []string{"f.Vault.Dealer == r.Dealer"}},
	{"internal/verify/takings.go", "the actor of the entry signed the epoch", []string{"x.Signer == e.Actor"}},
	{"internal/unseal/unseal.go", "a header says what its row says", []string{
		"got.Author == want.Author", "g.Member != row.Member",
	}},
	{"internal/vault/vault.go",
		"two shares of one dealing; routing lists each person once, casework asks whose they are", []string{
			"len(holders) < Least", "one.Member == other.Member", "row.Member != s.Member",
		}},
}

func TestPeopleAreComparedInOnePlace(t *testing.T) {
	allowed := map[string]bool{}
	for _, x := range sameRow {
		for _, e := range x.exprs {
			allowed[x.file+": "+e] = true
		}
	}
	used := map[string]bool{}
	for _, c := range comparisons(t, os.DirFS("../..")) {
		used[c] = true
		if !allowed[c] {
			t.Errorf("%s: two member ids are not two people; ask appoint.Roster", c)
		}
	}
	for c := range allowed {
		if !used[c] {
			t.Errorf("%s: an exception that nothing needs", c)
		}
	}
}

// TestThatRuleTurnsRed: each way in which one person was taken for two.
func TestThatRuleTurnsRed(t *testing.T) {
	for expr, want := range map[string]bool{
		"p.Proposer == decider": true, "r.Asker == r.Decider": true, "first.First != e.Second": true,
		"m.ID == proposerID":    true,
		"m.ID == f.DraftAuthor": true, "x.Step.Author == i.Author": true,
		"asker != d.who.ID": true, "m.ID != o.Me.ID": true,
		"slices.Contains(holders, m.ID)": true, "slices.Contains(s.have, id)": true,
		"slices.Contains(w.Signers, who.ID)":    true,
		"slices.Contains(o.file.Holders(), id)": true, "slices.Index(barred, member)": true,
		"len(o.file.Holders()) < routing.Least": true, "routing.Least <= len(holders)": true, "len(errs) > 0": false,
		"i.Author == ethics.ActorReporter": false, "step.ID == actForward": false, "e.ID == id": false,
		"e.Second != \"\"":                false,
		"slices.Contains(listed, e.Case)": false, "slices.Contains(ticked, id)": false,
		"roster.Same(p.Author, step.Author)": false,
	} {
		root := fstest.MapFS{
			"internal/casework/x.go":      {Data: []byte("package x\nvar _ = " + expr)},
			"internal/casework/x_test.go": {Data: []byte("package x\nvar _ = " + expr)},
			"internal/appoint/x.go":       {Data: []byte("package x\nvar _ = " + expr)},
		}
		if got := comparisons(t, root); (len(got) == 1) != want || len(got) > 1 ||
			want && got[0] != "internal/casework/x.go: "+expr {
			t.Errorf("%s: found %q", expr, got)
		}
	}
}

// comparisons are those of member ids in the sources below a folder.
func comparisons(t *testing.T, root fs.FS) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") ||
			path.Dir(name) == comparers {
			return err
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, name, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && comparesMembers(e) {
				var text strings.Builder
				_ = printer.Fprint(&text, files, e)
				out = append(out, fmt.Sprintf("%s: %s", name, text.String()))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func comparesMembers(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.EQL, token.NEQ:
			return isMember(e.X) && isMember(e.Y)
		case token.LSS, token.LEQ, token.GTR, token.GEQ:
			return counts(e.X) || counts(e.Y)
		}
	case *ast.CallExpr:
		f, ok := e.Fun.(*ast.SelectorExpr)
		if !ok || len(e.Args) != 2 {
			return false
		}
		p, ok := f.X.(*ast.Ident)
		if !ok || p.Name != "slices" || !slices.Contains([]string{"Contains", "Index"}, f.Sel.Name) {
			return false
		}
		if id, bare := e.Args[1].(*ast.Ident); bare && id.Name == "id" {
			return slices.Contains(peopleLists, lastName(e.Args[0]))
		}
		return isMember(e.Args[1])
	}
	return false
}

// counts tells whether an expression counts ids where People should.
func counts(e ast.Expr) bool {
	c, ok := e.(*ast.CallExpr)
	return ok && lastName(c.Fun) == "len" && len(c.Args) == 1 &&
		slices.Contains([]string{"holders", "Holders"}, lastName(c.Args[0]))
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.CallExpr:
		return lastName(e.Fun)
	}
	return ""
}

// isMember tells whether an expression is named like a member's id.
func isMember(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return slices.Contains(memberFields, e.Name)
	case *ast.SelectorExpr:
		if e.Sel.Name != "ID" {
			return slices.Contains(memberFields, e.Sel.Name)
		}
		switch x := e.X.(type) {
		case *ast.Ident:
			return slices.Contains(memberBearers, x.Name)
		case *ast.SelectorExpr:
			return slices.Contains(memberBearers, x.Sel.Name)
		}
	}
	return false
}
