package policy

// Consultation is the track of a consultation with trust persons, which makes no case.
const Consultation = "consultation"

// ConsultationRules says how long consultations are kept.
type ConsultationRules struct {
	KeepDays int `yaml:"keep_days"` // after their end
	IdleDays int `yaml:"idle_days"` // without a word, until they end by themselves
}

// Until is the day on which a consultation that ends on a day is erased.
func (t ConsultationRules) Until(ended Day) Day { return ended.AddPeriod(Days(t.KeepDays)) }

// Idle is the last day of a newest text that is too old on this day.
func (t ConsultationRules) Idle(day Day) Day { return day.AddPeriod(Days(-t.IdleDays)) }

func (c *checker) consultations() {
	if t := c.p.Consultations; t.KeepDays < 1 || t.IdleDays < 1 {
		c.fail(fileWorkflow, "consultations: want keep_days and idle_days, a day at least")
	}
}
