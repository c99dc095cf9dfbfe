package record

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Generation is the log's: a restore begins another (sealing.md §12.7).
const Generation = 1

// FactDay is the day that a closing closes. Its entry's own is later where somebody
// wrote before the day was closed.
const FactDay = "day"

// Erases tells whether an entry takes the bodies of its stream's older ones away:
// cases alone are erased.
func Erases(e audit.Entry) bool {
	return e.Kind == KindErased && ethics.CaseOf(e.Stream) != ""
}

// Stands tells whether an entry is one that can be, whoever signed it: of this
// generation, of a day, of a stream that there is, and with nothing in it that has no
// place there. What follows what is asked elsewhere. Of an erased body only the frame
// is looked at.
func Stands(e audit.Entry) error {
	wrong := func(why string) error {
		return fmt.Errorf("%w: entry %d %s", audit.ErrTampered, e.Index, why)
	}
	switch {
	case e.Generation != Generation:
		return wrong("is of another generation")
	case !isDay(e.Day):
		return wrong("is of a day that there is not")
	case !ethics.IsStream(e.Stream):
		return wrong("is of a stream that there is not")
	case e.Erased():
		return nil
	case e.Kind == KindErased && !Erases(e):
		return wrong("erases what is not erased")
	case e.Number == 0 && !Begins(e.Stream, e.Changes):
		return wrong("begins " + e.Stream + " without its row")
	case (e.Stream == ethics.StreamFiller) != (e.Kind == audit.KindFiller),
		e.Kind == audit.KindFiller && len(e.Changes)+len(e.Facts)+len(e.Commitment) > 0:
		return wrong("is no filler, or says something")
	case e.Stream == ethics.StreamDays && e.Kind == KindDayClosed:
		if day := string(e.FactOf(FactDay)); !isDay(day) || day > e.Day {
			return wrong("closes a day that has not been")
		}
	}
	return nil
}

// Begins tells whether changes can be the first of a stream: those of an object bring
// its own row, or there would be rows of what nobody filed. Row and stream are named
// alike.
func Begins(stream string, changes []audit.Change) bool {
	kind, id, object := strings.Cut(stream, "/")
	return !object || slices.ContainsFunc(changes, func(c audit.Change) bool {
		return c.Op == audit.Added && c.Label == kind+":"+id
	})
}

func isDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Format(time.DateOnly) == s
}
