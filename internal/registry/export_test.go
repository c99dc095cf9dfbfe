package registry

// What the tests of simultaneous requests call directly.
var (
	AddSignature = addSignature
	State        = (*Service).state
	Found        = (*Service).found
)
