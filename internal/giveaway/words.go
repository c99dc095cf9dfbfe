package giveaway

import "strings"

// The words of the four languages, by their first word; a star ends a stem.
var (
	onlyI = lexicon(
		"tikai es", "tikai man", "tikai mani", "tikai manis", "tikai ar mani", "tikai pie manis",
		"vienīgi es", "vienīgi man",
		"es vienīg*", "es esmu vienīg*", "es biju vienīg*", "esmu vienīg*", "biju vienīg*", "man vienīg*",
		"mani vienīg*", "vienīgais es", "vienīgā es",
		"es viena pati", "es viens pats", "neviens cits kā es", "izņemot mani", "neviens bez manis",
		"только я", "только мне", "только меня", "только мной", "только со мной", "только у меня", "лишь я", "лишь мне",
		"один я", "одна я",
		"я единственн*", "я был единственн*", "я была единственн*", "был единственным", "была единственной",
		"мне единственн*", "меня единственн*",
		"я одна знаю", "я один знаю", "никто кроме меня", "кроме меня",
		"only i", "only me", "only to me", "only with me", "i was the only", "i am the only", "i'm the only",
		"i was the sole", "i am the sole", "i alone", "me alone",
		"nobody but me", "no one but me", "nobody else but me", "no one else but me", "nobody except me",
		"no one except me", "except me", "except for me", "apart from me",
		"тек мен", "тек маған", "тек менің", "тек мені", "тек менде", "тек менен", "тек қана мен", "жалғыз мен",
		"жалғыз маған", "мен жалғыз*", "мен ғана", "маған ғана", "менен басқа",
	)
	closings = lexicon(
		"ar cieņu", "patiesā cieņā", "ar patiesu cieņu", "cieņā", "ar sveicieniem", "ar labiem vēlējumiem",
		"с уважением", "с наилучшими пожеланиями", "искренне ваш", "искренне ваша", "с почтением",
		"құрметпен", "зор құрметпен", "ізгі ниетпен",
		"best regards", "kind regards", "warm regards", "with regards", "regards", "sincerely", "yours sincerely",
		"sincerely yours", "yours faithfully", "yours truly", "best wishes", "respectfully",
	)
	// shortClosings count only with a name at the text's very end.
	shortClosings = lexicon("jūsu", "ваш", "ваша", "yours", "сіздің", "paraksts", "подпись", "signed", "қолы")
	introductions = lexicon(
		"mani sauc", "mans vārds ir", "mans vārds", "mans vārds un uzvārds", "mans vārds un uzvārds ir",
		"меня зовут", "моё имя", "мое имя", "моя фамилия", "my name is", "my name's", "менің атым", "менің есімім",
		"менің аты жөнім",
	)
	// selves count with a comma, a name and a family name after them.
	selves = lexicon("es", "я", "i", "мен")
)

func lexicon(phrases ...string) map[string][][]string {
	out := map[string][][]string{}
	for _, p := range phrases {
		w := strings.Fields(p)
		out[w[0]] = append(out[w[0]], w)
	}
	return out
}
