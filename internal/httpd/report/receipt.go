package report

import (
	"slices"

	"svilpe/internal/locale"
)

// ReceiptText words the automatic first message: the text «receipt», version 1,
// with number, received and ack (days) as parameters. The case page shows the
// same text in its own language.
func ReceiptText(cat *locale.Catalogue) func(lang string, params map[string]string) string {
	return func(lang string, params map[string]string) string {
		if !slices.Contains(locale.Languages, lang) {
			lang = locale.Languages[0]
		}
		p := cat.Printer(lang)
		return p.T("reporter.receipt", "Number", params["number"], "Received", p.Day(params["received"]),
			"Ack", p.Day(params["ack"]))
	}
}
