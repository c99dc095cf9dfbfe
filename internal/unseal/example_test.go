package unseal_test

import (
	"bytes"
	"fmt"
	"io"

	"svilpe/internal/derive"
	"svilpe/internal/seal"
	"svilpe/internal/unseal"
)

func ExampleFile() {
	secret := derive.New() // one-time, of this file alone
	identity, _ := secret.FileIdentity()

	var stored bytes.Buffer
	f, _ := seal.NewFile(&stored, identity.Recipient())
	_, _ = io.WriteString(f, "invoice")
	_ = f.Close()
	fmt.Println(stored.Len() > 64<<10) // its size tells a class only

	plain, _ := unseal.File(&stored, secret, f.Size)
	text, err := io.ReadAll(plain)
	fmt.Println(string(text), err)
	// Output:
	// true
	// invoice <nil>
}
