package member

// Practice is one login of a practice instance, shown on its sign-in page so
// that nobody needs an authenticator to practise. A real instance has none.
type Practice struct {
	Name, Email, Password string
	Code                  string // of this moment
	Office                string // role id; the page words it
}

// practice are the logins in the reader's words, none on a real instance.
func (s *Site) practice(lang string) []Practice {
	if s.Practice == nil {
		return nil
	}
	out := s.Practice()
	for i, p := range out {
		if role, ok := s.Policy.Role(p.Office); ok {
			out[i].Office = role.Name.In(lang)
		}
	}
	return out
}
