// Package record says what a row may be. There is one descriptor a kind of row:
// its table and columns, what its digest covers, under which label and in which
// stream of the log it stands, whose it is, and whether it may be renewed. From
// it follow how a row is written, read, digested, verified and dropped, and the
// list of a case's rows: adding a kind is one value, its columns and its struct.
//
// A Ledger is what the entries of a stream say about its rows; a CaseFile and a
// ConsultationFile hold rows against it. Whatever is taken here can be believed as far as
// it can be without a key. No SQL, no clock, no key that opens.
package record

import (
	"fmt"
	"strconv"
	"strings"

	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Row is a row as the log names it: its label and its digest.
type Row struct {
	Label  string
	Digest audit.Digest
}

// Info is what can be said of a kind without its Go type.
type Info struct {
	Name      string   // in labels: "envelope"
	Table     string   // "" where the row is part of another one
	Columns   []string // as in the schema; what the digest covers
	Keys      int      // so many of them, from the first, are the primary key
	Copies    []string // columns beside them that lists are read from: not covered
	In        []string // beginnings of the streams in which it may stand
	OwnKey    bool     // its key begins with the id of the stream's object
	Case      string   // the column that names the case, "" where it is of none
	Object    string   // the column that names another object, a consultation
	Where     string   // the condition under which a row is record, where the table holds others too
	Order     string
	AddedBy   []audit.EntryKind // acts that may add a row: none for every act
	RenewedBy []audit.EntryKind // acts that may renew a row: none for what is written once, Any for every act
	EndedBy   []audit.EntryKind // acts that may end a row: none for what stays
	Again     string            // other name in labels of those rows for which Kind.Again says so
}

// Kind is the descriptor of one kind of row.
type Kind[R any] struct {
	Info
	Fields func(*R) []any  // pointers, in the order of Columns
	Key    func(*R) string // what stands behind the name in the label
	Stream func(*R) string
	Day    func(*R) ethics.Day // that of the entry which brought it; nil: it has none
	Again  func(*R) bool       // bears Info.Again instead of Name; nil: none does
}

// Descriptor is a Kind without its type parameter, for who walks all of them. The
// rows that it gives and takes are pointers.
type Descriptor interface {
	About() *Info
	New() any
	Scan(row any) []any
	Noted(row any) Row
	StreamOf(row any) string
	DayOf(row any) (day ethics.Day, has bool)
}

// About is the kind's Info.
func (k *Kind[R]) About() *Info { return &k.Info }

// New is an empty row.
func (k *Kind[R]) New() any { return new(R) }

// Scan gives the row's fields to be read into.
func (k *Kind[R]) Scan(row any) []any { return k.Fields(row.(*R)) }

// Noted is Row for who has no type.
func (k *Kind[R]) Noted(row any) Row { return k.Row(row.(*R)) }

// StreamOf is Stream for who has no type.
func (k *Kind[R]) StreamOf(row any) string { return k.Stream(row.(*R)) }

// DayOf is Day for who has no type.
func (k *Kind[R]) DayOf(row any) (ethics.Day, bool) {
	if k.Day == nil {
		return "", false
	}
	return k.Day(row.(*R)), true
}

// Label names a row in the log.
func (k *Kind[R]) Label(r *R) string {
	name := k.Name
	if k.Again != nil && k.Again(r) {
		name = k.Info.Again
	}
	return name + ":" + k.Key(r)
}

// Row is the row's label and digest: over every column, so that a changed byte in
// any of them shows.
func (k *Kind[R]) Row(r *R) Row {
	label := k.Label(r)
	fields := k.Fields(r)
	raw := make([][]byte, len(fields))
	for i, f := range fields {
		raw[i] = column(f)
	}
	return Row{Label: label, Digest: audit.RowDigest(label, raw...)}
}

// Former is a field that says itself what is stored of it: a string or bytes.
type Former interface{ Stored() any }

func column(f any) []byte {
	switch v := f.(type) {
	case *string:
		return []byte(*v)
	case *[]byte:
		return *v
	case *int:
		return strconv.AppendInt(nil, int64(*v), 10)
	case *int64:
		return strconv.AppendInt(nil, *v, 10)
	case *bool:
		if *v {
			return []byte("1")
		}
		return []byte("0")
	case Former:
		switch form := v.Stored().(type) {
		case string:
			return []byte(form)
		case []byte:
			return form
		}
	}
	panic(fmt.Sprintf("record: no column form for %T", f))
}

// Values are what stands behind a row's fields, as a database takes it.
func Values(fields []any) []any {
	out := make([]any, len(fields))
	for n, f := range fields {
		switch v := f.(type) {
		case *string:
			out[n] = *v
		case *[]byte:
			out[n] = *v
		case *int:
			out[n] = *v
		case *int64:
			out[n] = *v
		case *bool:
			out[n] = *v
		case Former:
			out[n] = v.Stored()
		}
	}
	return out
}

// KindOf is the kind of a label: what stands before its first colon.
func KindOf(label string) string {
	name, _, _ := strings.Cut(label, ":")
	return name
}

// KeyOf is what stands behind it.
func KeyOf(label string) string {
	_, key, _ := strings.Cut(label, ":")
	return key
}

// May tells whether a row of this kind may stand in a stream.
func (i *Info) May(stream string) bool {
	for _, in := range i.In {
		if stream == in || strings.HasSuffix(in, "/") && strings.HasPrefix(stream, in) {
			return true
		}
	}
	return false
}

// owns tells whether a key of this kind belongs to a stream.
func (i *Info) owns(stream, key string) bool {
	_, object, _ := strings.Cut(stream, "/")
	first, _, _ := strings.Cut(key, "/")
	return !i.OwnKey || first == object
}

// renewedBy tells whether an act may renew a row of this kind.
func (i *Info) renewedBy(act audit.EntryKind) bool {
	for _, a := range i.RenewedBy {
		if a == Any || a == act {
			return true
		}
	}
	return false
}
