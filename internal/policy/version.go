package policy

// Version is that of the reference data in force. 1 is what the program ships.
const Version = 1
