package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
)

// TestEveryEditedColumnIsSeen: whatever column somebody edits, with the file and no
// key, of where a case or a consultation stands, its events, its measures, what was signed: it
// cannot be trusted. Reporter and member are told so, by the program that runs and by
// one that starts, and verification names the row.
func TestEveryEditedColumnIsSeen(t *testing.T) {
	from, cases := populated(t)
	id := cases[0].ID
	values := map[string]string{
		"measure.state": "'done'", "consultation.state": "'ended'", "consultation_text.kind": "'consultation_note'",
	}
	consultations := []record.Descriptor{record.Consultations, record.ConsultationTexts}
	for _, d := range []record.Descriptor{
		record.Cases, record.Events, record.Measures, record.Statuses, record.Consultations, record.ConsultationTexts,
	} {
		i := d.About()
		for _, column := range i.Columns {
			if column == "id" && i.Table != "consultation_text" {
				continue // nothing of that id is there any more
			}
			t.Run(i.Table+"."+column, func(t *testing.T) {
				w := from.Copy(t)
				_, err := w.CaseFile(id, false)
				must(t, err) // a program that has read the case
				value := values[i.Table+"."+column]
				kind := w.Text(`select type from pragma_table_info(?) where name = ?`, i.Table, column)
				switch {
				case value != "":
				case strings.EqualFold(kind, "integer"):
					value = column + " + 20"
				case strings.EqualFold(kind, "blob"):
					value = "cast(" + column + " || x'01' as blob)"
				default:
					value = column + " || 'x'"
				}
				of := i.Case + ` = '` + id + `'`
				if slices.Contains(consultations, d) {
					of = `true`
				}
				newest := `(select max(rowid) from ` + i.Table + ` where ` + of + `)`
				w.Exec(`update ` + i.Table + ` set ` + column + ` = ` + value + ` where rowid = ` + newest)
				for range 2 {
					if slices.Contains(consultations, d) {
						consultationRefused(t, w)
					} else {
						for _, reporter := range []bool{true, false} {
							if _, err := w.CaseFile(id, reporter); !errors.Is(err, ethics.ErrUntrusted) {
								t.Errorf("reporter %v: read, %v", reporter, err)
							}
						}
					}
					w.Names(i.Name, "", "")
					w.Stop()
					w.Open()
				}
			})
		}
	}
}

// talkRefused wants the consultation, or a text of it, to be believed by nobody.
func consultationRefused(t *testing.T, w *world) {
	t.Helper()
	f, err := consultationFile(w)
	sound := err == nil && f.Missing == 0 &&
		!slices.ContainsFunc(f.Texts, func(s store.ConsultationText) bool { return !f.Trusted(s) })
	if err != nil && !errors.Is(err, ethics.ErrUntrusted) || sound {
		t.Errorf("read: %v", err)
	}
}

func consultationFile(w *world) (f store.ConsultationFile, err error) {
	err = w.S.Read(w.T.Context(), func(tx *store.ReadTx) error {
		f, err = tx.ConsultationFile("talk")
		return err
	})
	return f, err
}
