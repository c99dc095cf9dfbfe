package derive

import "strings"

const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32 encodes with the BIP-173 checksum, without its length limit: age's own
// encoder is internal to age, and this is the whole of it.
func bech32(hrp string, data []byte) string {
	values := toFiveBits(data)
	var out strings.Builder
	out.WriteString(hrp + "1")
	for _, v := range values {
		out.WriteByte(charset[v])
	}
	sum := checksum(hrp, values)
	for i := range 6 {
		out.WriteByte(charset[sum>>(5*(5-i))&31])
	}
	return out.String()
}

func toFiveBits(data []byte) []byte {
	var out []byte
	acc, bits := uint32(0), 0
	for _, b := range data {
		acc = acc<<8 | uint32(b)
		bits += 8
		for bits >= 5 {
			bits -= 5
			out = append(out, byte(acc>>bits)&31)
		}
	}
	if bits > 0 {
		out = append(out, byte(acc<<(5-bits))&31)
	}
	return out
}

func checksum(hrp string, values []byte) uint32 {
	gen := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	sum := uint32(1)
	step := func(v byte) {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range gen {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for i := range len(hrp) {
		step(hrp[i] >> 5)
	}
	step(0)
	for i := range len(hrp) {
		step(hrp[i] & 31)
	}
	for _, v := range values {
		step(v)
	}
	for range 6 {
		step(0)
	}
	return sum ^ 1
}
