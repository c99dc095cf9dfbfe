package audit

// KindFiller is the kind of the entries that [Fillers] asks for. They state
// nothing; the day's growth with them is one of a few numbers.
const KindFiller EntryKind = "filler"

// dayStep is the smallest growth of a day; each next step is four times larger.
const dayStep = 64

// Fillers is the number of filler entries that bring a day's growth of
// entriesToday to the next of 64, 256, 1,024, … entries. Checkpoints and heads
// are no entries, so there is nothing else to count. A day on which nothing
// happened grows by 64 like one on which a report came.
func Fillers(entriesToday int64) int64 {
	step := int64(dayStep)
	for step < entriesToday {
		step *= 4
	}
	return step - entriesToday
}
