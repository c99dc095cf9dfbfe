package member

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"svilpe/internal/auth"
	"svilpe/internal/casework"
	"svilpe/internal/derive"
	"svilpe/internal/ethics"
	"svilpe/internal/httpd"
	"svilpe/internal/policy"
)

type vaultView struct {
	httpd.Page
	Number  string
	Notice  *httpd.Notice
	Erased  ethics.Day // when their time was over; then there is nothing else
	Holders []casework.Keeper
	Stuck   bool // no two of those who hold the case could open it
	Mine    bool
	Waiting string // a colleague to whom a share was lent
	From    string // who lent the viewer a share, "" when nobody did
	Until   ethics.Day
	Renew   bool // the share was lent for dealing anew
	Request string
	Head    httpd.FormHead
	Acts    []link // what the viewer may ask for
	Details []fact // shown once, in the answer to the form
}

// Format hides the reporter's details.
func (vaultView) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(ethics.Redacted)) }

// identity shows who keeps the reporter's details, and what the viewer may do.
func (s *Site) identity(c echo.Context, who *auth.Session) error {
	var note *httpd.Notice
	if c.QueryParam("done") == "renewed" {
		note = &httpd.Notice{Kind: "done", Text: s.words(c).T("vault.desk.renewed")}
	}
	return s.showVault(c, who, http.StatusOK, note, nil)
}

func (s *Site) showVault(c echo.Context, who *auth.Session, status int, note *httpd.Notice, details []fact) error {
	o, err := s.Casework.Open(c.Request().Context(), &who.Acting, c.Param("number"))
	switch {
	case errors.Is(err, casework.ErrNotStated):
		return s.cover(c, who, c.Param("number"), http.StatusOK, typed{})
	case errors.Is(err, ethics.ErrUntrusted):
		return s.distrusted(c, who, c.Param("number"))
	case err != nil:
		return err
	}
	w := s.words(c)
	v := vaultView{
		Page: s.page(c, who, "vault.desk.title", "Number", o.Number), Number: o.Number, Notice: note,
		Details: details, Head: httpd.FormHead{Draft: derive.New().Text(), Lang: w.Lang()},
	}
	if o.Vault == nil {
		if v.Erased = policy.IdentityErased(o.Events); v.Erased == "" {
			return seeOther(c, "/desk/cases/"+o.Number)
		}
		return s.render(c, status, "vault", v)
	}
	v.Holders, v.Stuck, v.Mine, v.Waiting = o.Vault.Holders, !o.Vault.Openable(), o.Vault.Mine, o.Vault.Waiting
	if l := o.Vault.Loan; l != nil {
		v.From, v.Until, v.Request, v.Renew = l.From, l.Until, l.Request, l.Purpose == ethics.LoanRenew
	}
	v.Acts = s.actLinks(builder{words: w, o: o, path: "/desk/cases/" + o.Number}, "identity")
	return s.render(c, status, "vault", v)
}

// openIdentity uses the share that a colleague lent: the details stand on this
// one answer and nowhere else, or the vault is dealt anew and nothing is shown.
func (s *Site) openIdentity(c echo.Context, who *auth.Session) error {
	form, err := s.Desk.Server.ReadForm(c, nil)
	if err != nil {
		return err
	}
	draft, err := derive.ReadDraft(form.Get("draft"))
	if err != nil {
		return httpd.ErrMalformed
	}
	ctx, number, w := c.Request().Context(), c.Param("number"), s.words(c)
	if form.Get("step") == ethics.LoanRenew {
		err = s.Casework.RenewVault(ctx, &who.Acting, number, form.Get("request"), draft)
		if err == nil {
			return seeOther(c, "/desk/cases/"+number+"/identity?done=renewed")
		}
		return s.vaultRefused(c, who, err)
	}
	details, err := s.Casework.OpenIdentity(ctx, &who.Acting, number, form.Get("request"), draft)
	if err != nil {
		return s.vaultRefused(c, who, err)
	}
	return s.showVault(c, who, http.StatusOK, nil, w.details(details))
}

// vaultRefused says calmly why nothing was opened.
func (s *Site) vaultRefused(c echo.Context, who *auth.Session, err error) error {
	w, key := s.words(c), ""
	switch {
	case errors.Is(err, casework.ErrNotStated):
		return seeOther(c, "/desk/cases/"+c.Param("number"))
	case errors.Is(err, ethics.ErrUntrusted):
		return s.distrusted(c, who, c.Param("number"))
	case errors.Is(err, ethics.ErrConflict), errors.Is(err, ethics.ErrRefused):
		key = "vault.desk.nothing_lent"
	case errors.Is(err, ethics.ErrNobodyToSeal), errors.Is(err, ethics.ErrExcludedAll):
		key = "vault.desk.too_few"
	default:
		return err
	}
	return s.showVault(c, who, http.StatusUnprocessableEntity,
		&httpd.Notice{Kind: "due", Title: w.T("desk.refused.title"), Text: w.T(key)}, nil)
}

// vaultLink is the key of the words that lead to the page about the details.
func vaultLink(o *casework.Opened) string {
	switch {
	case o.Vault != nil:
		return "vault.desk.link"
	case policy.IdentityErased(o.Events) != "":
		return "loose.desk.link"
	}
	return ""
}

// details are the reporter's answers in words, in the order of the form.
func (w words) details(x ethics.Identity) []fact {
	var out []fact
	for _, f := range w.policy.IdentityFields(policy.Whistleblower) {
		text := ""
		for _, v := range x.Answers[f.ID] {
			for _, o := range f.Options {
				if o.ID == v {
					v = w.in(o.Label)
				}
			}
			if text != "" {
				text += "\n"
			}
			text += v
		}
		if text == "" && f.ID == "identity_disclosure_consent" {
			text = w.T("vault.consent.nobody")
		}
		if text != "" {
			out = append(out, fact{w.T("vault.label." + f.ID), text})
		}
	}
	return out
}

// aboutIdentity words what was done with the details, for the thread.
func (b builder) aboutIdentity(x *item, i casework.Item) {
	switch {
	case i.Identified != nil:
		x.Kind, x.Text = b.T("vault.thread.reporter"), b.T("vault.thread."+i.Identified.Act)
		if i.Identified.Recognise {
			x.Text += " " + b.T("vault.thread.recognise")
		}
	case i.Revealed != nil:
		x.Kind, x.Text = b.T("vault.thread.opened"), i.Revealed.Reason
		if i.Revealed.Until != "" {
			x.Facts = append(x.Facts, fact{b.T("vault.thread.deferred"), b.Day(i.Revealed.Until)})
		}
	}
}
