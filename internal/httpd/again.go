package httpd

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"maps"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// The same form sent twice, by a double click or by a browser that tries again, is one
// act and one answer: who comes second waits for the first and gets its answer. So does
// who comes within the next seconds, where the form has a draft: a page that was opened
// anew has another, and what is sent from there is meant anew. That things are stored
// once is the acts' own part, by the same draft; this is for answers that cannot be made
// twice: a code that works once, a name shown once, a case that one has just left.
const (
	repeatTime  = 5 * time.Second
	mostAnswer  = 128 << 10 // bytes; a larger one is a file, and is made again
	mostAnswers = 16 << 20  // bytes together; what comes above is not kept
)

// MadeAgain says of an answer that its handler makes it again from the form's draft, as
// often as it is asked: it is not kept, and a code stands nowhere longer than it must.
func MadeAgain(c echo.Context) { c.Set(madeAgain, true) }

const madeAgain = "made again"

// repeats are the forms that are being answered, or were a moment ago. Answers are
// plaintext, and wiped when their time is over.
type repeats struct {
	sync.Mutex
	key     []byte // of this process: what is kept names no form
	answers map[formID]*answer
	size    int // bytes of answers
}

type formID = [sha256.Size]byte

// answer is one to a form, once done is closed. Of one that was no good, or was
// wiped, there is no status.
type answer struct {
	done   chan struct{}
	status int
	header http.Header
	body   []byte
}

func newRepeats() *repeats {
	r := &repeats{key: make([]byte, sha256.Size), answers: map[formID]*answer{}}
	_, _ = rand.Read(r.key)
	return r
}

// once lets one of several same forms through at a time. Forms with files are not
// among them: they are read as they come.
func (s *Server) once(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		kind, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
		if r.Method != http.MethodPost || kind != echo.MIMEApplicationForm {
			return next(c)
		}
		body, whole := s.readAhead(c)
		if !whole {
			return next(c)
		}
		id := s.repeats.id(r, body)
		for {
			a, first := s.repeats.enter(id)
			if first {
				return s.repeats.answerOnce(c, id, a, bytes.HasPrefix(body, []byte("draft=")), next)
			}
			select {
			case <-a.done:
			case <-r.Context().Done():
				return r.Context().Err()
			}
			if s.repeats.replay(c, a) {
				return nil
			}
		}
	}
}

// readAhead reads a form that its handler will read again, and tells whether that is all.
func (s *Server) readAhead(c echo.Context) ([]byte, bool) {
	r := c.Request()
	body, err := io.ReadAll(io.LimitReader(s.rolling(c), encoding*maxText+1))
	rest := io.Reader(r.Body)
	if err != nil {
		rest = failing{err}
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), r.Body}
	return body, err == nil && len(body) <= encoding*maxText
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// id is one form's: the same words to the same address from the same browser.
func (p *repeats) id(r *http.Request, body []byte) formID {
	h := hmac.New(sha256.New, p.key)
	for _, part := range []string{
		r.Host, r.RequestURI, r.Header.Get("Cookie"), r.Header.Get("Accept-Language"), string(body),
	} {
		sum := sha256.Sum256([]byte(part))
		h.Write(sum[:])
	}
	return formID(h.Sum(nil))
}

// enter is the answer to a form, and whether this one is to make it.
func (p *repeats) enter(id formID) (a *answer, first bool) {
	p.Lock()
	defer p.Unlock()
	if a := p.answers[id]; a != nil {
		return a, false
	}
	a = &answer{done: make(chan struct{})}
	p.answers[id] = a
	return a, true
}

// answerOnce lets the form's handler answer. A panic there leaves nobody waiting.
func (p *repeats) answerOnce(c echo.Context, id formID, a *answer, drafted bool, next echo.HandlerFunc) error {
	w := &recorder{ResponseWriter: c.Response().Writer}
	c.Response().Writer = w
	good := false
	defer func() {
		p.keepAnswer(id, a, w, good, drafted)
		close(a.done)
	}()
	err := next(c)
	good = err == nil && c.Get(madeAgain) == nil && w.status != 0 && w.status < http.StatusBadRequest &&
		w.body.Len() <= mostAnswer
	return err
}

// keepAnswer keeps a good answer: for a moment, or for those who wait.
func (p *repeats) keepAnswer(id formID, a *answer, w *recorder, good, drafted bool) {
	p.Lock()
	defer p.Unlock()
	body := w.body.Bytes()
	if !good || p.size+len(body) > mostAnswers {
		clear(body)
		delete(p.answers, id)
		return
	}
	p.size += len(body)
	a.status, a.header, a.body = w.status, w.header, body
	if !drafted {
		delete(p.answers, id) // who comes from now on is answered anew
	}
	time.AfterFunc(repeatTime, func() {
		p.Lock()
		defer p.Unlock()
		clear(body)
		p.size -= len(body)
		a.status = 0
		if p.answers[id] == a {
			delete(p.answers, id)
		}
	})
}

// replay answers with what was answered, and tells whether there was anything.
func (p *repeats) replay(c echo.Context, a *answer) bool {
	p.Lock()
	status, header, body := a.status, a.header.Clone(), bytes.Clone(a.body)
	p.Unlock()
	if status == 0 {
		return false
	}
	defer clear(body)
	maps.Copy(c.Response().Header(), header)
	c.Response().WriteHeader(status)
	_, _ = c.Response().Write(body) // a visitor who left is no error of ours
	return true
}

// recorder keeps what it passes on.
type recorder struct {
	http.ResponseWriter
	status int
	header http.Header
	body   bytes.Buffer
}

func (k *recorder) Unwrap() http.ResponseWriter { return k.ResponseWriter }

func (k *recorder) WriteHeader(status int) {
	k.status, k.header = status, k.Header().Clone()
	k.ResponseWriter.WriteHeader(status)
}

func (k *recorder) Write(b []byte) (int, error) {
	if k.body.Len() <= mostAnswer {
		k.body.Write(b)
	}
	return k.ResponseWriter.Write(b)
}
