package store

import (
	"slices"
	"strings"
	"testing"
)

type columnInfo struct{ table, name, kind string }

func columns(t *testing.T, w *world) []columnInfo {
	t.Helper()
	var out []columnInfo
	for _, table := range recordTables {
		rows, err := w.raw().Query(`select name, type from pragma_table_info('` + table + `')`)
		must(t, err)
		for rows.Next() {
			c := columnInfo{table: table}
			must(t, rows.Scan(&c.name, &c.kind))
			out = append(out, c)
		}
		must(t, rows.Close())
	}
	return out
}

// oneRow picks the row that a test spoils: of file, a filed one.
func oneRow(table string) string {
	switch table {
	case "file":
		return `rowid = (select min(rowid) from file where state = 'filed')`
	case "chunk":
		return `rowid = (select min(rowid) from chunk where file_id in (select id from file where state = 'filed') and n = 1)`
	}
	return `rowid = (select max(rowid) from ` + table + `)`
}

// TestVerifyFindsEveryChangedColumn flips each column of each record table.
func TestVerifyFindsEveryChangedColumn(t *testing.T) {
	from, _ := populated(t)
	special := map[string]string{
		"case_grant.via": "'assigned'", "erasure.second_signature": "x'00'", "case_grant.stated": "1 - stated", "envelope.reporter": "1 - reporter",
		"vault_request.purpose": "'renew'", "vault_request.state": "'used'", "proposal.state": "'approved'", "measure.state": "'done'", "file.state": "'received'", "installation.demo": "1 - demo",
		"consultation.state": "'ended'", "consultation_text.kind": "'consultation_note'",
		"chunk.n": "n + 100", "entry.idx": "idx + 100", "node.id": "id + 1000",
	}
	untouchable := []string{"installation.id", "tree_head.id"} // check (id = 1)
	flipped := 0
	for _, c := range columns(t, from) {
		name := c.table + "." + c.name
		if slices.Contains(untouchable, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := from.copy(t)
			value := special[name]
			if value == "" {
				value = map[string]string{
					"TEXT": c.name + " || 'x'", "INTEGER": c.name + " + 1",
					"BLOB": "cast((case when substr(" + c.name + ", 1, 1) = x'ff' then x'00' else x'ff' end) || substr(" + c.name + ", 2) as blob)",
				}[strings.ToUpper(c.kind)]
			}
			w.exec(`update ` + c.table + ` set ` + c.name + ` = ` + value + ` where ` + oneRow(c.table))
			w.damaged(tableOf[c.table], "")
		})
		flipped++
	}
	if flipped < 90 {
		t.Errorf("only %d columns: is a table missing?", flipped)
	}
}

// damaged wants damage in this table, and in this row where one is given.
func (w *world) damaged(table, row string) {
	w.t.Helper()
	v := w.verify(VerifyOptions{Founders: &w.founders})
	if v.Damage == nil {
		w.t.Fatal("not found")
	}
	if v.Damage.Table != table || (row != "" && v.Damage.Row != row) || v.Damage.Row == "" || v.Damage.Why == "" {
		w.t.Errorf("named %v, want %s %s", v.Damage, table, row)
	}
}

// because wants the damage explained in these words.
func (w *world) because(why string) {
	w.t.Helper()
	if v := w.verify(VerifyOptions{Founders: &w.founders}); v.Damage == nil || !strings.Contains(v.Damage.Why, why) {
		w.t.Errorf("explained as %v, want %q", v.Damage, why)
	}
}

func TestVerifyFindsRemovedRows(t *testing.T) {
	from, _ := populated(t)
	for _, table := range recordTables {
		t.Run(table, func(t *testing.T) {
			w := from.copy(t)
			w.exec(`delete from ` + table + ` where ` + oneRow(table))
			w.damaged(tableOf[table], "")
		})
	}
	t.Run("the last entry", func(t *testing.T) {
		w := from.copy(t)
		w.exec(`delete from entry where idx = 128`)
		w.damaged("entry", "128")
	})
	t.Run("an entry amid others", func(t *testing.T) {
		w := from.copy(t)
		w.exec(`delete from entry where idx = 7`)
		w.damaged("entry", "7")
		w.because(whyMissing)
	})
	t.Run("a node amid others", func(t *testing.T) {
		w := from.copy(t)
		w.exec(`delete from node where id = 7`)
		w.damaged("node", "7")
		w.because(whyMissing)
	})
	t.Run("the first chunk", func(t *testing.T) {
		w := from.copy(t)
		id := w.text(`select id from file where state = 'filed' limit 1`)
		w.exec(`delete from chunk where n = 0 and file_id = ?`, id)
		w.damaged("chunk", id+"/0")
	})
	t.Run("all chunks", func(t *testing.T) {
		w := from.copy(t)
		w.exec(`delete from chunk`)
		w.damaged("chunk", "")
	})
	t.Run("a whole case", func(t *testing.T) {
		w := from.copy(t)
		id := w.text(`select max(id) from cases`)
		for _, q := range []string{`delete from case_epoch where case_id = ?`, `delete from case_event where case_id = ?`,
			`delete from case_grant where case_id = ?`, `delete from envelope where case_id = ?`, `delete from cases where id = ?`} {
			w.exec(q, id)
		}
		w.damaged("case", id)
	})
}

func TestVerifyFindsAddedRows(t *testing.T) {
	from, cases := populated(t)
	c, f := cases[0].ID, cases[0].file.ID
	added := map[string]string{"entry": "not under the signed head", "node": "not under the signed head", "chunk": "no", "appointment": whyAdded}
	for _, x := range []struct{ table, row, query string }{
		{"appointment", "new", `insert into statement select 9, 'new', kind, body, signatures, day from statement where n = 1`},
		{"member", "mallory", `insert into member values ('mallory', 'm@example.org', '', x'', x'', x'', '')`},
		{"case", "zz", `insert into cases select 'zz', 'zz', x'00', institution, category, track, state, previous, received, changed, due, due_id, epoch, sequence, reporter_recipient, reporter_verifier from cases where id = '` + c + `'`},
		{"epoch", c + "/1", `insert into case_epoch select case_id, 1, recipient, signer, signature, day from case_epoch where case_id = '` + c + `'`},
		{"event", c + "/99", `insert into case_event values ('` + c + `', 99, 'closed', '2026-11-22')`},
		{"status", c + "/99", `insert into case_status select case_id, 99, body, author, signature, day from case_status where case_id = '` + c + `' and n = 0`},
		{"status", "nothing/0", `insert into case_status select 'nothing', 0, body, author, signature, day from case_status where case_id = '` + c + `' and n = 0`},
		{"grant", c + "/mallory/g", `insert into case_grant values ('` + c + `', 'mallory', 'g', 'reporter', 'routed', 0, 0, '2026-11-22', x'00')`},
		{"envelope", "e", `insert into envelope values ('` + c + `', 2, 'e', 'message', 'anna', 0, 1, '2026-11-22', x'00')`},
		{"envelope", "e", `insert into envelope values ('', 0, 'e', 'message', 'anna', 0, 1, '2026-11-22', x'00')`},
		{"envelope", "e", `insert into envelope values ('unknown case', 0, 'e', 'message', 'anna', 0, 1, '2026-11-22', x'00')`},
		{"proposal", "p", `insert into proposal values ('p', '` + c + `', 'close', 'anna', 'approved', 'berta', '2026-11-22')`},
		{"vault", "v", `insert into vault values ('v', 'unknown case', 'reporter', '', '2026-11-22', x'00')`},
		{"vault_share", "v" + c + "/mallory", `insert into vault_share values ('v` + c + `', '` + c + `', 'mallory', 'reporter', x'00', '2026-11-22', x'00')`},
		{"vault_request", "r", `insert into vault_request values ('r', '` + c + `', 'v', 'open', 'anna', 'berta', 'used', '2026-11-22', '2026-11-29', x'')`},
		{"file", "f", `insert into file select 'f', draft, state, case_id, envelope_id, 0, 0, sha256, x'', day from file where id = '` + f + `'`},
		{"file", "f", `insert into file select 'f', draft, state, '', envelope_id, 0, 0, sha256, x'', day from file where id = '` + f + `'`},
		{"chunk", f + "/3", `insert into chunk values ('` + f + `', 3, x'00')`},
		{"chunk", f + "/-1", `insert into chunk values ('` + f + `', -1, x'00')`},
		{"chunk", "nobody/0", `insert into chunk values ('nobody', 0, x'00')`},
		{"entry", "129", `insert into entry select 129, 'new', day, kind, actor, case_id, details, blinding from entry where idx = 1`},
		{"entry", "-1", `insert into entry select -1, 'new', day, kind, actor, case_id, details, blinding from entry where idx = 1`},
		{"node", "9999", `insert into node select 9999, hash from node where id = 0`},
		{"node", "-5", `insert into node select -5, hash from node where id = 0`},
		{"checkpoint", "2026-11-20", `insert into checkpoint select '2026-11-20', size, note from checkpoint where day = '2026-11-22'`},
	} {
		t.Run(x.table+" "+x.row, func(t *testing.T) {
			w := from.copy(t)
			w.exec(x.query)
			w.damaged(x.table, x.row)
			if why := added[x.table]; why != "" {
				w.because(why)
			} else {
				w.because(whyAdded)
			}
		})
	}
}

func TestVerifyFindsSwappedRows(t *testing.T) {
	from, cases := populated(t)
	a, b := cases[0], cases[1]
	for _, x := range []struct{ name, table, rows, columns string }{
		{"statements", "statement", `n < 2`, "body, signatures"},
		{"members", "member", `id in ('anna', 'berta')`, "sealed_secret"},
		{"cases", "cases", `id <> ''`, "reporter_recipient"},
		{"grants", "case_grant", `case_id = '` + a.ID + `'`, "sealed"},
		{"events", "case_event", `case_id = '` + a.ID + `' and n < 2`, "name"},
		{"statuses of a case", "case_status", `case_id = '` + a.ID + `' and n < 2`, "body, signature"},
		{"statuses of two cases", "case_status", `case_id <> 'talk' and n = 0`, "body, signature"},
		{"envelopes of a case", "envelope", `case_id = '` + a.ID + `'`, "sealed"},
		{"envelopes of two cases", "envelope", `sequence = 1`, "sealed"},
		{"epochs of two cases", "case_epoch", `epoch = 0`, "recipient, signature"},
		{"proposals", "proposal", `state = 'open'`, "case_id"},
		{"vaults of two cases", "vault", `id <> ''`, "recipient, sealed"},
		{"shares of two holders", "vault_share", `case_id = '` + a.ID + `'`, "digest, sealed"},
		{"shares of two cases", "vault_share", `member_id = 'anna'`, "digest, sealed"},
		{"requests of two cases", "vault_request", `id <> ''`, "sealed"},
		{"files", "file", `state = 'filed'`, "sha256, chunk_digests"},
		{"chunks of a file", "chunk", `file_id = '` + a.file.ID + `' and n < 2`, "data"},
		{"chunks of two files", "chunk", `file_id in ('` + a.file.ID + `', '` + b.file.ID + `') and n = 1`, "data"},
		{"entries", "entry", `idx in (1, 2)`, "day, kind, actor, case_id, details, blinding"},
		{"nodes", "node", `id in (0, 3)`, "hash"},
		{"checkpoints", "checkpoint", `day <> ''`, "size, note"},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := from.copy(t)
			w.swap(x.table, x.rows, x.columns)
			w.damaged(tableOf[x.table], "")
		})
	}
}

// swap exchanges columns between the two rows of a condition.
func (w *world) swap(table, rows, columns string) {
	w.t.Helper()
	db := w.raw()
	for _, q := range []string{
		`create table spare as select row_number() over (order by rowid) as at, rowid as place, * from ` + table + ` where ` + rows,
		`update ` + table + ` set (` + columns + `) = (select ` + columns + ` from spare where place <> ` + table + `.rowid) where ` + rows,
	} {
		if _, err := db.Exec(q); err != nil {
			w.t.Fatalf("%s: %v", q, err)
		}
	}
	var n int
	must(w.t, db.QueryRow(`select count(*) from spare`).Scan(&n))
	if n != 2 {
		w.t.Fatalf("%d rows, not two", n)
	}
	_, err := db.Exec(`drop table spare`)
	must(w.t, err)
}
