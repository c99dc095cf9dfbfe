package payload

// Sizes are classes: what is stored tells a class, not a length. Text payloads
// double from 2 KiB (reports from 16 KiB); files take four equal steps an
// octave from 64 KiB, 44 classes up to 100 MiB, a tenth more on average.

// Padded is the class, in bytes, of a text payload of n bytes.
func Padded(n, min int) int {
	size := min
	for size < n {
		size *= 2
	}
	return size
}

// MinFile is the smallest class of a file, in bytes.
const MinFile = 64 << 10

// FileClass is the class, in bytes, of a file of n bytes.
func FileClass(n int64) int64 {
	octave := int64(MinFile)
	if n <= octave {
		return octave
	}
	for n > 2*octave {
		octave *= 2
	}
	step := octave / 4
	return octave + (n-octave+step-1)/step*step
}
