package appoint

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Whoever asks whether two member ids are two people asks here, and nowhere else
// are two ids compared for that (internal/floors). Every enrolment makes a new
// id, so two ids of one name are one person, and so are two that others signed to
// be the same, and whoever is one with either; until two others sign of two that
// they are two.

// People counts the people behind these ids, and never more than there are: each
// of those it counts is another than all the rest of them. An id that the roster
// does not know is nobody.
func (r *Roster) People(ids ...string) int {
	most := 0
	for first := range ids { // which of several namesakes comes first must not matter
		var counted []string
		for n := range ids {
			id := ids[(first+n)%len(ids)]
			if r.knows(id) && !r.Among(counted, id) {
				counted = append(counted, id)
			}
		}
		most = max(most, len(counted))
	}
	return most
}

// Another tells whether two ids are two members who are two people: asked where
// two must act, so it says no where anything is unknown.
func (r *Roster) Another(a, b string) bool { return r.knows(a) && r.knows(b) && !r.Same(a, b) }

// Same tells whether two ids stand for one person: asked where somebody is kept
// away. What others signed of the two decides, else whoever is one with both.
func (r *Roster) Same(a, b string) bool {
	if one, judged := r.judged(a, b); judged {
		return one
	}
	return slices.Contains(r.reached(a), b)
}

// ByName tells that two different ids are taken for one person: what a page
// explains, since nobody thinks of the own other ids.
func (r *Roster) ByName(a, b string) bool { return a != b && r.Same(a, b) }

// Among tells whether a member is one of these people.
func (r *Roster) Among(ids []string, member string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return r.Same(id, member) })
}

// IDs are all ids of the person behind one, that one first.
func (r *Roster) IDs(id string) []string {
	return slices.DeleteFunc(r.reached(id), func(x string) bool { return !r.Same(id, x) })
}

// reached are the ids that lead from one to the next by name or statement.
func (r *Roster) reached(id string) []string {
	out := []string{id}
	for n := 0; n < len(out); n++ {
		for _, x := range r.linked(out[n]) {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
	}
	return out
}

// linked are the ids that are one person with this one by name or statement.
func (r *Roster) linked(id string) []string {
	var out []string
	if m := r.members[id]; m != nil {
		for _, n := range m.names {
			if n.index < r.at {
				out = append(out, r.Alike(id, n.text)...)
			}
		}
	}
	for _, x := range r.paired[id] {
		if one, judged := r.judged(id, x); judged && one {
			out = append(out, x)
		}
	}
	return out
}

// Alike are the other members of this name whom nothing tells apart from an id,
// which may be one that is not appointed yet.
func (r *Roster) Alike(id, name string) []string {
	var out []string
	for _, n := range r.byName[folded(name)] {
		_, judged := r.judged(id, n.text)
		if n.text != id && n.index < r.at && !judged && !slices.Contains(out, n.text) {
			out = append(out, n.text)
		}
	}
	return out
}

// judgement is a signed statement that two ids are one person, or two.
type judgement struct {
	index int64
	one   bool
}

// judged is the newest verdict on two ids, if there is one.
func (r *Roster) judged(a, b string) (one, judged bool) {
	for _, v := range r.judgements[[2]string{min(a, b), max(a, b)}] {
		if v.index < r.at {
			one, judged = v.one, true
		}
	}
	return one, judged
}

func (r *Roster) judge(pair [2]string, v judgement) {
	r.judgements[pair] = append(r.judgements[pair], v)
	r.paired[pair[0]] = append(r.paired[pair[0]], pair[1])
	r.paired[pair[1]] = append(r.paired[pair[1]], pair[0])
}

// lookalikes are letters and digits that nobody can tell from another one: a name
// written with one of them is the same name to whoever signs.
var lookalikes = strings.NewReplacer(
	"а", "a", "в", "b", "ь", "b", "ԁ", "d", "е", "e", "ә", "ə", "і", "i", "ӏ", "i", "ј", "j", "к", "k", "м", "rn", "н",
	"h", "һ", "h", "о", "o",
	"р", "p", "ԛ", "q", "с", "c", "ѕ", "s", "т", "t", "у", "y", "ү", "y", "ѵ", "v", "ԝ", "vv", "х", "x", "ѳ", "ө",
	"ı", "i", "l", "i", "ł", "i", "ø", "o", "đ", "d", "ħ", "h", "ŧ", "t", "ĸ", "k", "0", "o", "1", "i", "3", "з",
	"m", "rn", "w", "vv", // as two letters look beside each other
)

// OneName tells whether two names are one, as people count by it.
func OneName(a, b string) bool { return folded(a) == folded(b) }

// Legible tells whether a name is written in Latin or Cyrillic letters, of which it
// is known which look alike. In those of other scripts, or in letters that no eye
// sees, one name could be shown for another.
func Legible(name string) bool {
	plain := norm.NFKD.String(name)
	return folded(name) != "" && !strings.ContainsFunc(plain, func(c rune) bool {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsNumber(c), unicode.Is(unicode.Lm, c) && c < 0x300: // an apostrophe, say
			return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c)
		case unicode.IsNumber(c):
			return c > unicode.MaxASCII
		}
		return c > 0x17F && c != 'ə' && c != 'Ə' && (c < 0x400 || c > 0x52F)
	})
}

// folded is what counts of a name: its letters and digits, without case, accents,
// spaces and punctuation, sorted. So words in another order are the same name, with a
// space between them or without. Two real people whose names are of the same letters
// are told apart as namesakes are: by statement.
func folded(name string) string {
	plain := strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) && !unicode.IsNumber(c) || unicode.Is(unicode.Lm, c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFKD.String(name))
	letters := []rune(lookalikes.Replace(plain))
	slices.Sort(letters)
	return string(letters)
}
