package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"homeward/internal/fault"
)

// Front is how requests come to the site.
type Front struct {
	// Secure says that people reach it by TLS, done here or by a proxy.
	Secure bool
	// Proxies are who does TLS before it. Where there are any, nobody else is
	// answered, and they say who asked.
	Proxies []netip.Prefix
	// Hosts are the names it answers to; none: any. A page on this machine alone
	// answers to this machine's names, or a hostile site whose name is pointed
	// here could read it in the visitor's own browser.
	Hosts []string
}

// The limits of a request. An import is the one thing that may be large; a
// larger region goes in by the command line. A request that takes longer than
// its time is given up, its transaction with it.
const (
	maxBody       = 1 << 20
	maxImportBody = 30 << 20
	pageTime      = 30 * time.Second
	importTime    = 5 * time.Minute
	answerTime    = 30 * time.Second // to send what was made, over a slow line
)

// headers is what every answer carries: pages, errors, redirects, files.
var headers = [][2]string{
	{"Content-Security-Policy", policy("'none'")},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), " +
		"magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"},
	{"Cache-Control", "no-store"},
	{"X-Robots-Tag", "noindex, nofollow"},
}

// policy is the content security policy: nothing from elsewhere, nothing in
// line, and scripts from where it says.
func policy(scripts string) string {
	return "default-src 'none'; script-src " + scripts + "; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// guard sets what every answer carries and refuses what comes by another way or
// from other sites.
func (f Front) guard(next http.Handler) http.Handler {
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "This was sent from another site, so nothing was done. Open Homeward and do it there.")
	}))
	next = own.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range headers {
			w.Header().Set(h[0], h[1])
		}
		if f.Secure {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		r, ok := f.admit(r)
		switch {
		case !ok:
			refuse(w, http.StatusForbidden, "Homeward is reached by https, through the proxy in front of it.")
		case len(f.Hosts) > 0 && !slices.Contains(f.Hosts, hostOf(r)):
			refuse(w, http.StatusMisdirectedRequest, "Homeward does not answer to this name here. Use the address it printed when it started.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// refuse answers outside the site's pages, where nobody is recognised yet.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(message + "\n"))
}

func hostOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		return host
	}
	return strings.Trim(r.Host, "[]")
}

// admit lets in what comes by the way it should. What a request says of its own
// way is believed of a proxy alone, and is gone when the pages see it.
func (f Front) admit(r *http.Request) (*http.Request, bool) {
	proto, chain := r.Header.Values("X-Forwarded-Proto"), strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	r = r.Clone(r.Context())
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"} {
		r.Header.Del(name)
	}
	if len(f.Proxies) == 0 {
		return r, true
	}
	peer, ok := addressOf(r.RemoteAddr)
	if !ok || !f.isProxy(peer) || len(proto) != 1 || proto[0] != "https" {
		return r, false
	}
	r.RemoteAddr = netip.AddrPortFrom(f.client(peer, chain), 0).String()
	return r, true
}

// client is who asked the outermost proxy: the last in the chain that is no
// proxy itself. Whoever asks can write the beginning of the chain.
func (f Front) client(peer netip.Addr, chain string) netip.Addr {
	for _, said := range slices.Backward(strings.Split(chain, ",")) {
		addr, ok := addressOf(strings.TrimSpace(said))
		if !ok {
			return peer
		}
		if !f.isProxy(addr) {
			return addr
		}
	}
	return peer
}

func (f Front) isProxy(addr netip.Addr) bool {
	return slices.ContainsFunc(f.Proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// addressOf reads an address that may carry a port.
func addressOf(s string) (netip.Addr, bool) {
	if both, err := netip.ParseAddrPort(s); err == nil {
		return both.Addr().Unmap(), true
	}
	addr, err := netip.ParseAddr(s)
	return addr.Unmap(), err == nil
}

// letScript lets one page run the site's own script. What else its route may
// answer, an error or a redirect, runs none.
func letScript(w http.ResponseWriter) { w.Header().Set("Content-Security-Policy", policy("'self'")) }

// limit holds a request to the size and the time of its route.
func (rt route) limit(w http.ResponseWriter, r *http.Request) (*http.Request, context.CancelFunc) {
	size, long := int64(maxBody), pageTime
	if rt.large {
		size, long = max(maxImportBody, rt.most), importTime
	}
	ctx, cancel := context.WithTimeout(r.Context(), long)
	deadline, _ := ctx.Deadline()
	line := http.NewResponseController(w)
	// Where the line has no deadlines, in tests, the context alone holds.
	_ = line.SetReadDeadline(deadline)
	_ = line.SetWriteDeadline(deadline.Add(answerTime))
	r = r.WithContext(ctx)
	r.Body = http.MaxBytesReader(w, r.Body, size)
	return r, cancel
}

var errFormTooLarge = fault.New(fault.TooLarge, "What you sent is larger than a form can be (1 MB). Nothing was changed. Go back and make it shorter.")

// readForm reads a posted form before its page does, so that every page refuses
// alike what is too large or cut off. A route that takes uploads reads its own.
func (v *visit) readForm() error {
	if v.route.large {
		return nil
	}
	if v.r.ContentLength > maxBody {
		return errFormTooLarge
	}
	if !v.posted() {
		return nil
	}
	err := v.r.ParseForm()
	if err == nil {
		err = v.r.ParseMultipartForm(maxBody)
	}
	switch _, large := errors.AsType[*http.MaxBytesError](err); {
	case large:
		return errFormTooLarge
	case err != nil && !errors.Is(err, http.ErrNotMultipart):
		return fault.Wrap(fault.Invalid, "Your answers could not be read, and nothing was changed. Go back and send them again.", err)
	}
	return nil
}

// inTime says in words that a request was given up for taking too long.
func inTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.NotReady, "Homeward took too long over this and stopped. Look whether it was done before you try again.", err)
	}
	return err
}

// elsewhere answers what no row of the table answers: a page that is there for
// another way of asking says so, and there is nothing else.
func elsewhere(mux *http.ServeMux) func(*visit) error {
	return func(v *visit) error {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			asked := v.r.Clone(v.r.Context())
			asked.Method = method
			if _, pattern := mux.Handler(asked); pattern != "/" {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 {
			return noPage(v)
		}
		v.w.Header().Set("Allow", strings.Join(allowed, ", "))
		body := struct{ Message, Incident string }{Message: "This address cannot be used in this way. Go to the home page and find it from there."}
		return v.showStatus(http.StatusMethodNotAllowed, "error", page{Title: "This could not be done"}, body)
	}
}

var errNoPage = fault.New(fault.NotFound, "There is no such page. Check the address, or go to the home page.")

func noPage(*visit) error { return errNoPage }

// robots keeps the whole site out of search engines that ask.
func robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /\n"))
}

// staticTypes are the files served as they stand, by ending; others are not.
var staticTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2",
}

// static serves the files built into the program by their exact names, and
// lists no folder. They hold nothing of anyone and are all that may be kept.
func static(files fs.FS, missing http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("file")
		kind, known := staticTypes[path.Ext(name)]
		data, err := fs.ReadFile(files, name)
		if !known || err != nil {
			missing.ServeHTTP(w, r)
			return
		}
		sum := sha256.Sum256(data)
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
		r.Header.Del("Range") // they are small, and whole
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	})
}
