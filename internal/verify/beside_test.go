package verify_test

import (
	"errors"
	"testing"

	"svilpe/internal/ethics"
	"svilpe/internal/record"
	"svilpe/internal/store"
	"svilpe/internal/store/storetest"
)

func lessons(w *world) (list []store.Lesson, err error) {
	err = w.S.Read(w.T.(*testing.T).Context(), func(tx *store.ReadTx) error {
		list, err = tx.Lessons(10)
		return err
	})
	return list, err
}

// TestALessonThatNobodyReleased: a row without an entry is read by no program, and
// named by each.
func TestALessonThatNobodyReleased(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world, _ filed, start func()) {
		w.Exec(`insert into lesson values ('l', '2026-11-22', 't', 'x')`)
		start()
		if list, err := lessons(w); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("%d are read: %v", len(list), err)
		}
		w.Names("lesson", "l", whyAdded)
	})
}

// TestALessonOutlivesItsCase: one program erases the case that a lesson came from. For
// those beside it, who had read the case or had not, and for one that starts, the case
// is gone, the lesson stays, and all is sound.
func TestALessonOutlivesItsCase(t *testing.T) {
	w, cases := storetest.WithAuditor(t)
	f := cases[0]
	w.Write("step", ofCase(f.ID), func(tx *store.Tx) error {
		return tx.AddLesson(store.Lesson{ID: "l", Day: today, Title: "t", Text: "x"})
	})
	first, second, third := w.S, w.Another(), w.Another()
	w.S = second
	_, err := w.CaseFile(f.ID, false)
	must(t, err)
	w.S = first
	e := w.Erasure(f, "anna", "audra")
	must(t, w.Approve(e))
	must(t, w.Erase(e))
	gone := func(who string) {
		t.Helper()
		if _, err := w.CaseFile(f.ID, false); !errors.Is(err, ethics.ErrNotFound) {
			t.Errorf("%s: the case is read: %v", who, err)
		}
		if list, err := lessons(w); err != nil || len(list) != 1 || list[0].ID != "l" {
			t.Errorf("%s: lessons %v, %v", who, list, err)
		}
		w.Sound()
	}
	for who, s := range map[string]*store.Store{
		"who erased it": first, "who had read it": second, "who had not": third,
	} {
		w.S = s
		gone(who)
	}
	for _, s := range []*store.Store{first, second, third} {
		must(t, s.Close())
	}
	w.Open()
	gone("who starts")
}

// TestAListThatIsShorter: a member's grant is deleted. Each program's list is shorter
// than the log says, the case itself is refused, and verification names the row.
func TestAListThatIsShorter(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world, f filed, start func()) {
		w.Exec(`delete from case_grant where case_id = ? and member_id = 'berta'`, f.ID)
		start()
		w.Read(func(tx *store.ReadTx) error {
			list, err := tx.MemberCases("berta", store.Filter{}, store.Key{}, 10)
			n, err2 := tx.Counter(record.Held("berta"))
			if len(list) != 1 || n != 2 {
				t.Errorf("%d listed, the log has %d", len(list), n)
			}
			return errors.Join(err, err2)
		})
		if _, err := w.CaseFile(f.ID, false); !errors.Is(err, ethics.ErrUntrusted) {
			t.Errorf("read: %v", err)
		}
		w.Names("grant", "", whyMissing)
	})
}
