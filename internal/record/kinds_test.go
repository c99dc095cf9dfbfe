package record

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// change makes a field another.
func change(t *testing.T, field any, n int) {
	t.Helper()
	switch f := field.(type) {
	case *string:
		*f += fmt.Sprintf("-%d", n)
	case *[]byte:
		*f = append(slices.Clone(*f), byte(n))
	case *int:
		*f += n
	case *int64:
		*f += int64(n)
	case *bool:
		*f = !*f
	case *IDs:
		*f = append(slices.Clone(*f), fmt.Sprint(n))
	case signatures:
		*f.of = append(slices.Clone(*f.of), appoint.Signature{Member: fmt.Sprint(n), Bytes: []byte{byte(n)}})
	default:
		t.Fatalf("a field of type %T", field)
	}
}

// address is where a field is stored.
func address(field any) uintptr {
	if s, ok := field.(signatures); ok {
		return reflect.ValueOf(s.of).Pointer()
	}
	return reflect.ValueOf(field).Pointer()
}

// filled is a row with something else in each column.
func filled(t *testing.T, d Descriptor) any {
	t.Helper()
	row := d.New()
	for n, f := range d.Scan(row) {
		change(t, f, n+1)
	}
	return row
}

// TestEveryColumnIsNoted: a changed byte in any column is another digest, and no
// two columns hide each other.
func TestEveryColumnIsNoted(t *testing.T) {
	for _, d := range All {
		name := d.About().Name
		base := d.Noted(filled(t, d))
		if again := d.Noted(filled(t, d)); again != base {
			t.Errorf("%s: one row has two digests", name)
		}
		seen := map[audit.Digest]string{base.Digest: "nothing"}
		for n, column := range d.About().Columns {
			for _, by := range []int{1, 77} {
				row := filled(t, d)
				change(t, d.Scan(row)[n], by)
				if _, flips := d.Scan(row)[n].(*bool); flips && by != 1 {
					continue // it has but one other value
				}
				digest := d.Noted(row).Digest
				if other, ok := seen[digest]; ok {
					t.Errorf("%s: %s changed is as %s changed", name, column, other)
				}
				seen[digest] = column
			}
		}
	}
}

// notColumns are fields of rows that are no columns of them, and why.
var notColumns = map[string]string{
	"grant.Stated":                  "a copy: the envelope says it",
	"statement.Index":               "the log says it: see Ledger.Place",
	"statement.Leaf":                "the log says it",
	"erasure_asked.Second":          "nobody has signed second yet",
	"erasure_asked.SecondSignature": "nobody has signed second yet",
	"erasure_asked.Day":             "not erased yet",
	"erasure_asked.Until":           "not erased yet",
}

// TestEveryFieldIsAColumn: a field that is added to a row, and not to its
// descriptor, is one that anybody may change.
func TestEveryFieldIsAColumn(t *testing.T) {
	left := maps.Clone(notColumns)
	for _, d := range All {
		row := d.New()
		fields, columns := d.Scan(row), d.About().Columns
		if len(fields) != len(columns) {
			t.Errorf("%s: %d fields for %d columns", d.About().Name, len(fields), len(columns))
		}
		at := map[uintptr]bool{}
		for n, f := range fields {
			if at[address(f)] {
				t.Errorf("%s: a field stands twice, for %s too", d.About().Name, columns[n])
			}
			at[address(f)] = true
		}
		walk(reflect.ValueOf(row).Elem(), func(name string, address uintptr) {
			name = d.About().Name + "." + name
			if why := left[name]; why != "" {
				delete(left, name)
			} else if !at[address] {
				t.Errorf("%s is no column", name)
			}
		})
	}
	if len(left) != 0 {
		t.Errorf("there are none of these any more, or they are columns: %v", left)
	}
}

// walk visits the fields of a row, and those of what is embedded or of kin.
func walk(v reflect.Value, visit func(name string, address uintptr)) {
	for n := range v.NumField() {
		f := v.Field(n)
		if f.Kind() == reflect.Struct {
			walk(f, visit)
			continue
		}
		visit(v.Type().Field(n).Name, f.Addr().Pointer())
	}
}

// TestDescriptorsAreDistinct: one name, one table, one kind.
func TestDescriptorsAreDistinct(t *testing.T) {
	names, tables := map[string]bool{keys.Name: true}, map[string]bool{}
	for _, d := range All {
		i := d.About()
		for _, name := range []string{i.Name, i.Again} {
			if names[name] || strings.ContainsAny(name, ":/ ") {
				t.Errorf("%s: the name %q is taken, or no name", i.Name, name)
			}
			names[name] = name != ""
		}
		if i.Name == "" || i.Table == "" || tables[i.Table] {
			t.Errorf("%s: the table %q is taken, or no table", i.Name, i.Table)
		}
		tables[i.Table] = true
		unique := slices.Compact(slices.Sorted(slices.Values(slices.Concat(i.Columns, i.Copies))))
		if len(unique) != len(i.Columns)+len(i.Copies) || slices.Contains(unique, "") {
			t.Errorf("%s: a column twice, or without a name: %v", i.Name, unique)
		}
		if i.Keys < 1 || i.Keys > len(i.Columns) || len(i.In) == 0 {
			t.Errorf("%s: %d keys of %d columns, streams %v", i.Name, i.Keys, len(i.Columns), i.In)
		}
		for _, column := range []string{i.Case, i.Object} {
			if column != "" && !slices.Contains(i.Columns, column) {
				t.Errorf("%s: names its object by %s, which is no column", i.Name, column)
			}
		}
		if byName[i.Name] != i || i.Again != "" && byName[i.Again] != i {
			t.Errorf("%s is not found by its name", i.Name)
		}
	}
}

// TestLabelsAreReadBack: a row's label tells its kind and key, and may stand in the
// row's stream; that stream names the object of the row.
func TestLabelsAreReadBack(t *testing.T) {
	for _, d := range All {
		i, row := d.About(), filled(t, d)
		label, stream := d.Noted(row).Label, d.StreamOf(row)
		if KindOf(label) != i.Name || KeyOf(label) == "" || KindOf(label)+":"+KeyOf(label) != label {
			t.Errorf("%s: label %q is of kind %q, key %q", i.Name, label, KindOf(label), KeyOf(label))
		}
		if !i.May(stream) {
			t.Errorf("%s may not stand in its own stream %s", i.Name, stream)
		}
		column := i.Case
		if column == "" {
			column = i.Object
		}
		if column == "" {
			continue
		}
		of := d.Scan(row)[slices.Index(i.Columns, column)].(*string)
		if _, id, _ := strings.Cut(stream, "/"); id != *of {
			t.Errorf("%s of %s stands in %s", i.Name, *of, stream)
		}
		*of = "another"
		if other := d.StreamOf(row); other == stream {
			t.Errorf("%s of another object stands in %s too", i.Name, stream)
		}
	}
}

// TestOneRowOneLabel: rows that differ in their key do not share a label.
func TestOneRowOneLabel(t *testing.T) {
	for _, d := range All {
		if d.About().Name == Installations.Name || d.About().Name == Envelopes.Name ||
			d.About().Name == ConsultationTexts.Name {
			continue // there is one; the others are labelled by their id, and found by their place
		}
		i, row := d.About(), filled(t, d)
		label := d.Noted(row).Label
		for n := range i.Keys {
			if i.Name == Statements.Name {
				n = slices.Index(i.Columns, "id")
			}
			other := filled(t, d)
			change(t, d.Scan(other)[n], 5)
			if d.Noted(other).Label == label {
				t.Errorf("%s: two rows with another %s are %s", i.Name, i.Columns[n], label)
			}
		}
	}
}

func TestMemberOfAndRowID(t *testing.T) {
	g := Grant{Case: theCase, Member: anna, ID: "g", Via: ViaAssigned}
	later := g
	later.Via = ViaRenewed
	share := ethics.VaultShare{Vault: theVault, Member: berta, Case: theCase}
	for label, want := range map[string][3]string{ // the label itself, whose it is, what a header calls it
		Grants.Label(&g):     {"grant:" + theCase + "/" + anna + "/g", anna, "g"},
		Grants.Label(&later): {"renewal:" + theCase + "/" + anna + "/g", anna, "g"},
		Shares.Label(&share): {"vault_share:" + theVault + "/" + berta, berta, theVault},
		Envelopes.Label(&ethics.Envelope{ID: "e", Case: theCase}):  {"envelope:e", "", "e"},
		Epochs.Label(&Epoch{Case: theCase, Number: 12}):            {"epoch:" + theCase + "/12", "", "12"},
		Vaults.Label(&ethics.Vault{ID: theVault, Case: theCase}):   {"vault:" + theVault, "", theVault},
		Requests.Label(&ethics.VaultRequest{ID: "r", Asker: anna}): {"vault_request:r", "", "r"},
		Members.Label(&Member{ID: anna}):                           {"member:" + anna, "", anna},
		Cosignatures.Label(&Cosignature{Size: 64, Key: "w+ab"}):    {"cosignature:64/w+ab", "", "64/w+ab"},
		"grant:x":                 {"grant:x", "", ""},
		"envelope:":               {"envelope:", "", ""},
		"vault_share":             {"vault_share", "", ""},
		"grants:a/" + anna + "/b": {"grants:a/" + anna + "/b", "", "a/" + anna + "/b"},
	} {
		if got := [3]string{label, MemberOf(label), RowID(label)}; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for label, want := range map[string][2]string{
		"a:b:c": {"a", "b:c"}, "a": {"a", ""}, "": {"", ""}, ":b": {"", "b"},
	} {
		if got := [2]string{KindOf(label), KeyOf(label)}; got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
}

// TestUnreadableSignaturesAreNone: and so without effect.
func TestUnreadableSignaturesAreNone(t *testing.T) {
	st := appoint.Statement{Signatures: []appoint.Signature{{Member: anna, Bytes: []byte("s")}}}
	field := signatures{&st.Signatures}
	stored := string(column(field))
	for _, v := range []any{
		"", "x", []byte(`[{"member":"a"`), `{"member":"a"}`, `[{"member":"a","signature":"!"}]`, nil, 5,
	} {
		st.Signatures = []appoint.Signature{{Member: berta}}
		if err := field.Scan(v); err != nil || st.Signatures != nil {
			t.Errorf("%v reads as %v (%v)", v, st.Signatures, err)
		}
	}
	for _, v := range []any{stored, []byte(stored)} {
		if err := field.Scan(v); err != nil || len(st.Signatures) != 1 || string(column(field)) != stored {
			t.Errorf("%s reads as %v (%v)", v, st.Signatures, err)
		}
	}
}

// TestEveryRowOfADayIsDated: a row that says its day is held against that of its
// entry when it is written.
func TestEveryRowOfADayIsDated(t *testing.T) {
	for _, d := range All {
		if _, dated := d.DayOf(d.New()); !dated && slices.Contains(d.About().Columns, "day") {
			t.Errorf("%s is not", d.About().Name)
		}
	}
}
