package verify_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"svilpe/internal/audit"
	"svilpe/internal/record"
	"svilpe/internal/store/storetest"
)

// kindOf is how a report calls what stands in a table.
func kindOf(table string) string {
	for _, d := range record.All {
		if d.About().Table == table {
			return d.About().Name
		}
	}
	if name := map[string]string{"tree_head": "head", "stream": "map", "bucket": "map"}[table]; name != "" {
		return name
	}
	return table
}

type columnInfo struct{ table, name, kind string }

func columns(t *testing.T, w *world) []columnInfo {
	t.Helper()
	var out []columnInfo
	for _, table := range storetest.RecordTables() {
		for _, line := range w.Column(`select name || ' ' || type from pragma_table_info(?)`, table) {
			name, kind, _ := strings.Cut(line, " ")
			out = append(out, columnInfo{table, name, kind})
		}
	}
	return out
}

// oneRow picks the row that a test spoils: of file, a filed one.
func oneRow(table string) string {
	switch table {
	case "file":
		return `rowid = (select min(rowid) from file where state = 'filed')`
	case "chunk":
		return `rowid = (select min(rowid) from chunk where file_id in (select id from file where state = 'filed') ` +
			`and n = 1)`
	}
	return `rowid = (select max(rowid) from ` + table + `)`
}

// TestVerifyFindsEveryChangedColumn flips each column of each record table.
func TestVerifyFindsEveryChangedColumn(t *testing.T) {
	from, _ := populated(t)
	special := map[string]string{
		"case_grant.via": "'routed'", "erasure.second_signature": "x'00'", "envelope.reporter": "1 - reporter",
		"vault_request.purpose": "'renew'", "vault_request.state": "'used'", "proposal.state": "'approved'",
		"measure.state": "'done'",
		"file.state":    "'received'", "installation.demo": "1 - demo",
		"consultation.state": "'ended'", "consultation_text.kind": "'consultation_note'",
		"chunk.n": "n + 100", "entry.idx": "idx + 100", "node.id": "id + 1000",
	}
	untouchable := []string{
		"installation.id", "tree_head.id", // check (id = 1)
	}
	flipped := 0
	for _, c := range columns(t, from) {
		name := c.table + "." + c.name
		if slices.Contains(untouchable, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := from.Copy(t)
			value := special[name]
			if value == "" {
				value = map[string]string{
					"TEXT": c.name + " || 'x'", "INTEGER": c.name + " + 1",
					"BLOB": "cast((case when substr(" + c.name +
						", 1, 1) = x'ff' then x'00' else x'ff' end) || substr(" + c.name + ", 2) as blob)",
				}[strings.ToUpper(c.kind)]
			}
			w.Exec(`update ` + c.table + ` set ` + c.name + ` = ` + value + ` where ` + oneRow(c.table))
			w.Damaged(kindOf(c.table), "")
		})
		flipped++
	}
	if flipped < 150 {
		t.Errorf("only %d columns: is a table missing?", flipped)
	}
}

func TestVerifyFindsRemovedRows(t *testing.T) {
	from, cases := populated(t)
	size := from.Count(`select count(*) from entry`)
	for _, table := range storetest.RecordTables() {
		t.Run(table, func(t *testing.T) {
			w := from.Copy(t)
			w.Exec(`delete from ` + table + ` where ` + oneRow(table))
			w.Damaged(kindOf(table), "")
		})
		t.Run("all of "+table, func(t *testing.T) {
			w := from.Copy(t)
			w.Exec(`delete from ` + table)
			w.Damaged(kindOf(table), "")
		})
	}
	t.Run("the last entry", func(t *testing.T) {
		w := from.Copy(t)
		w.Exec(`delete from entry where idx = ?`, size-1)
		w.Damaged("entry", strconv.Itoa(size-1))
	})
	t.Run("an entry amid others", func(t *testing.T) {
		w := from.Copy(t)
		w.Exec(`delete from entry where idx = 7`)
		w.Damaged("entry", "7")
		w.Names("entry", "7", whyMissing)
	})
	t.Run("a node amid others", func(t *testing.T) {
		w := from.Copy(t)
		w.Exec(`delete from node where id = 7`)
		w.Damaged("node", "7")
		w.Names("node", "7", whyMissing)
	})
	t.Run("the first chunk", func(t *testing.T) {
		w := from.Copy(t)
		id := w.Text(`select id from file where state = 'filed' limit 1`)
		w.Exec(`delete from chunk where n = 0 and file_id = ?`, id)
		w.Damaged("chunk", id+"/0")
	})
	t.Run("a whole case", func(t *testing.T) {
		w := from.Copy(t)
		id := cases[0].ID
		for _, d := range record.All {
			if i := d.About(); i.Case != "" && i.Table != "case_code" && i.Table != "erasure_asked" {
				w.Exec(`delete from `+i.Table+` where `+i.Case+` = ?`, id)
			}
		}
		w.Names("case", id, whyMissing)
		w.Names("epoch", id+"/0", whyMissing)
		w.Names("envelope", cases[0].Envelopes[1].ID, whyMissing)
	})
}

func TestVerifyFindsAddedRows(t *testing.T) {
	from, cases := populated(t)
	c, f := cases[0].ID, cases[0].Stored.ID
	size := from.Count(`select count(*) from entry`)
	why := map[string]string{
		"entry": "not under the signed head", "node": "not under the signed head", "chunk": "no",
		"checkpoint": "another one", "map": "",
	}
	ofEntry := `generation, day, stream, number + 500, prev, sum, kind, actor, body, blinding from entry where idx = 1`
	for _, x := range []struct{ kind, row, query string }{
		{
			"statement", "new",
			`insert into statement select 9, 'new', kind, body, signatures, day from statement where n = 1`,
		},
		{"policy", "2", `insert into policy select 2, data, day from policy`},
		{"member", "mallory", `insert into member values ('mallory', 'm@example.org', '', x'', x'', x'', '')`},
		{
			"case", "zz",
			`insert into cases select 'zz', 'zz', x'00', institution, category, track, state, previous, received, ` +
				`changed, due, due_id, epoch, sequence, reporter_recipient, reporter_verifier from cases where id = '` +
				c + `'`,
		},
		{"code", c + "/0", `insert into case_code select '` + c +
			`', 0, mark, recipient, verifier, envelope_id, signature, day from case_code`},
		{
			"epoch", c + "/1",
			`insert into case_epoch select case_id, 1, recipient, signer, signature, day from case_epoch where ` +
				`case_id = '` + c + `'`,
		},
		{"event", c + "/99", `insert into case_event values ('` + c + `', 99, 'closed', '2026-11-22')`},
		{"grant", c + "/mallory/g", `insert into case_grant values ('g', '` + c +
			`', 'mallory', 'reporter', 'routed', 0, 0, '2026-11-22', x'00', x'00')`},
		{"envelope", "e", `insert into envelope values ('` + c +
			`', 2, 'e', 'message', 'anna', 0, 1, '2026-11-22', x'00')`},
		{"envelope", "e", `insert into envelope values ('', 0, 'e', 'message', 'anna', 0, 1, '2026-11-22', x'00')`},
		{
			"envelope", "e",
			`insert into envelope values ('unknown case', 0, 'e', 'message', 'anna', 0, 1, '2026-11-22', x'00')`,
		},
		{"proposal", "p", `insert into proposal values ('p', '` + c +
			`', 'close', 'anna', 'approved', 'berta', '2026-11-22')`},
		{"vault", "v", `insert into vault values ('v', 'unknown case', 'reporter', '', '2026-11-22', x'00')`},
		{"vault_share", "v" + c + "/mallory", `insert into vault_share values ('v` + c + `', 'mallory', '` + c +
			`', 'reporter', x'00', '2026-11-22', x'00')`},
		{"vault_request", "r", `insert into vault_request values ('r', '` + c +
			`', 'v', 'open', 'anna', 'berta', 'used', '2026-11-22', '2026-11-29', x'')`},
		{"measure", c + "/2", `insert into measure values ('` + c + `', 2, '2026-11-22', 'open')`},
		{
			"file", "f",
			`insert into file select 'f', draft, state, case_id, envelope_id, 0, 0, sha256, x'', day from file ` +
				`where id = '` + f + `'`,
		},
		{
			"file", "f",
			`insert into file select 'f', draft, state, '', envelope_id, 0, 0, sha256, x'', day from file where id ` +
				`= '` + f + `'`,
		},
		{"erasure_asked", "e", `insert into erasure_asked select 'e', '` + c +
			`', number, institution, asked, digest, grounds, first, first_signature from erasure_asked`},
		{"erasure", c, `insert into erasure select '` + c +
			`', number, institution, asked, digest, grounds, first, first_signature, second, second_signature, day, ` +
			`until from erasure`},
		{"tombstone", c, `insert into tombstone select '` + c +
			`', 'n', institution, category, track, first, last from tombstone`},
		{"lesson", "l", `insert into lesson values ('l', '2026-11-22', 't', 'x')`},
		{"gift", "g", `insert into gift select 'g', institution, 'n', verifier, day, sealed from gift`},
		{
			"talk", "t",
			`insert into consultation select 't', 'n', x'00', institution, parties, state, received, changed, ` +
				`until, recipient, verifier from consultation`,
		},
		{
			"said", "s",
			`insert into consultation_text select consultation_id, 1, 's', kind, author, readers, day, sealed from ` +
				`consultation_text`,
		},
		{"cosignature", "128/k", `insert into cosignature values (128, 'k', 'x', '2026-11-22')`},
		{"chunk", f + "/3", `insert into chunk values ('` + f + `', 3, x'00')`},
		{"chunk", f + "/-1", `insert into chunk values ('` + f + `', -1, x'00')`},
		{"chunk", "nobody/0", `insert into chunk values ('nobody', 0, x'00')`},
		{"entry", strconv.Itoa(size), `insert into entry select ` + strconv.Itoa(size) + `, ` + ofEntry},
		{"entry", "-1", `insert into entry select -1, ` + ofEntry},
		{"node", "9999", `insert into node select 9999, hash from node where id = 0`},
		{"node", "-5", `insert into node select -5, hash from node where id = 0`},
		{
			"checkpoint", "2026-11-20",
			`insert into checkpoint select '2026-11-20', size, note from checkpoint where day = '2026-11-22'`,
		},
		{
			"checkpoint", "2026-11-23",
			`insert into checkpoint select '2026-11-23', size, note from checkpoint where day = '2026-11-22'`,
		},
		{
			"map", "case/new",
			`insert into stream select bucket, 'case/new', count, last from stream where stream = 'roster'`,
		},
		{"map", "", `insert into bucket select max(block) + 1, roots from bucket`},
	} {
		t.Run(x.kind+" "+x.row, func(t *testing.T) {
			w := from.Copy(t)
			w.Exec(x.query)
			want, other := why[x.kind]
			if !other {
				want = whyAdded
			}
			row := x.row
			if x.kind == "checkpoint" {
				row = "" // which of the two is the other one?
			}
			w.Damaged(x.kind, row)
			w.Names(x.kind, row, want)
		})
	}
}

// TestVerifyFindsACheckpointOfNoClosing: a head that was signed once, of a moment when
// no day was closed, is no checkpoint.
func TestVerifyFindsACheckpointOfNoClosing(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	w.Exec(`insert into checkpoint select '2026-11-23', size, note from tree_head`)
	w.Names("checkpoint", "2026-11-23", "the log closed no day there")
}

// TestVerifyFindsAnotherCheckpoint: the same head with something beside it, which
// opens as well, is not the one that the next closing names.
func TestVerifyFindsAnotherCheckpoint(t *testing.T) {
	from, _ := populated(t)
	w := from.Copy(t)
	key, err := note.NewSigner(other(t))
	must(t, err)
	n, err := note.Open([]byte(w.Text(`select note from checkpoint where day = '2026-11-21'`)),
		note.VerifierList(w.Log.Verifier()))
	must(t, err)
	more, err := note.Sign(n, key)
	must(t, err)
	w.Exec(`update checkpoint set note = ? where day = '2026-11-21'`, more)
	w.Names("checkpoint", today, "another checkpoint stands before it")
}

func other(t *testing.T) string {
	t.Helper()
	text, _, err := audit.NewLogKey("other.example/log")
	must(t, err)
	return text
}

// TestVerifyFindsWhatEnded: a row that was taken away, put back as it was.
func TestVerifyFindsWhatEnded(t *testing.T) {
	w := founded(t)
	filed := w.File()
	id := filed.ID
	kept := w.Column(`select hex(digest) || ' ' || hex(sealed) from vault_share where member_id = 'berta'`)[0]
	digest, sealed, _ := strings.Cut(kept, " ")
	w.LeavesVault(filed, "berta")
	w.Sound()
	w.Exec(`insert into vault_share values ('v' || ?1, 'berta', ?1, 'reporter', unhex(?2), '2026-11-22', unhex(?3))`,
		id, digest, sealed)
	w.Damaged("vault_share", "v"+id+"/berta")
	w.Names("vault_share", "v"+id+"/berta", whyEnded)
}

func TestVerifyFindsSwappedRows(t *testing.T) {
	from, cases := populated(t)
	a, b := cases[0], cases[1]
	for _, x := range []struct{ name, table, rows, columns string }{
		{"statements", "statement", `n < 2`, "body, signatures"},
		{"members", "member", `id in ('anna', 'berta')`, "sealed_secret"},
		{"cases", "cases", `id <> ''`, "reporter_recipient"},
		{"grants", "case_grant", `case_id = '` + a.ID + `' and via = 'routed'`, "sealed"},
		{"events", "case_event", `n < 2 and case_id = '` + a.ID + `'`, "name"},
		{"envelopes of a case", "envelope", `case_id = '` + a.ID + `'`, "sealed"},
		{"envelopes of two cases", "envelope", `sequence = 1`, "sealed"},
		{"epochs of two cases", "case_epoch", `epoch = 0`, "recipient, signature"},
		{"proposals", "proposal", `state = 'open'`, "case_id"},
		{"vaults of two cases", "vault", `id <> ''`, "recipient, sealed"},
		{"shares of two holders", "vault_share", `case_id = '` + a.ID + `'`, "digest, sealed"},
		{"shares of two cases", "vault_share", `member_id = 'anna'`, "digest, sealed"},
		{"requests of two cases", "vault_request", `id <> ''`, "sealed"},
		{"files", "file", `state = 'filed'`, "sha256, chunk_digests"},
		{"chunks of a file", "chunk", `file_id = '` + a.Stored.ID + `' and n < 2`, "data"},
		{"chunks of two files", "chunk", `file_id in ('` + a.Stored.ID + `', '` + b.Stored.ID + `') and n = 1`, "data"},
		{"entries", "entry", `idx in (1, 2)`, "day, prev, sum, kind, actor, body, blinding"},
		{"bodies", "entry", `idx in (1, 2)`, "sum, kind, actor, body, blinding"},
		{"nodes", "node", `id in (0, 3)`, "hash"},
		{"checkpoints", "checkpoint", `day <> ''`, "size, note"},
		{"streams", "stream", `stream in ('case/` + a.ID + `', 'case/` + b.ID + `')`, "count, last"},
		{"buckets", "bucket", `block in (select block from bucket order by block limit 2)`, "roots"},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := from.Copy(t)
			w.Swap(x.table, x.rows, x.columns)
			w.Damaged(kindOf(x.table), "")
		})
	}
}

// TestVerifyFindsAnotherSpelling: a column that is read as a list has one spelling. With
// a tab in front of an id a consultation would stand in nobody's list, and bear the
// digest that the log knows; what stands beside a signature would be read by nobody.
func TestVerifyFindsAnotherSpelling(t *testing.T) {
	from, _ := populated(t)
	for kind, query := range map[string]string{
		"talk": `update consultation set parties = char(9) || parties`,
		"said": `update consultation_text set readers = readers || ' '`,
		"statement": `update statement set signatures = cast(replace(cast(signatures as text), '[{', ` +
			`'[{"more":"x",') as blob) where n = 0`,
	} {
		w := from.Copy(t)
		w.Exec(query)
		w.Damaged(kind, "")
	}
}
