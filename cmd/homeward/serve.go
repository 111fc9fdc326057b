package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"homeward/internal/account"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/lab/study"
	"homeward/internal/web"
	"homeward/internal/work"
)

type serveCommand struct {
	door
	Origin       string `help:"The address people open, such as https://homeward.example.org. Passkeys and councils' own sign-in go by it." env:"HOMEWARD_ORIGIN" placeholder:"URL"`
	Organisation string `help:"Who runs this installation, for its accessibility statement." env:"HOMEWARD_ORGANISATION" placeholder:"NAME"`
	Email        string `help:"The address for people who cannot use a page." env:"HOMEWARD_ACCESSIBILITY_EMAIL" placeholder:"ADDRESS"`
	Phone        string `help:"The telephone number for people who cannot use a page." env:"HOMEWARD_ACCESSIBILITY_PHONE" placeholder:"NUMBER"`
	Tested       string `help:"When and by whom the pages were tested." env:"HOMEWARD_ACCESSIBILITY_TESTED" placeholder:"WORDS"`
}

// Run serves until it is told to stop.
func (c serveCommand) Run(s *shop) (err error) {
	front, err := c.front()
	if err != nil {
		return err
	}
	if front.Secure && c.Origin != "" && !strings.HasPrefix(c.Origin, "https://") {
		return fault.New(fault.Usage, "People open Homeward by TLS, so --origin begins with https://.")
	}
	desk, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	desk.DB = desk.DB.As(db.Scope{}) // nobody's, until somebody is recognised
	if err := refuseDemonstration(s.ctx, desk, c.door, account.HasDemonstration); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(s.ctx)
	var swept sync.WaitGroup
	swept.Go(func() { sweep(ctx, desk, s.log) })
	swept.Go(func() { playStudies(ctx, desk, s.log) })
	defer swept.Wait()
	defer stop()
	return s.serveAt(c.door, &web.Site{Desk: desk, Origin: strings.TrimSuffix(c.Origin, "/"), Installation: web.Installation{Organisation: c.Organisation, Email: c.Email, Phone: c.Phone, Tested: c.Tested}})
}

// studyPause is how long the laboratory rests before it looks whether anything has
// been asked.
const studyPause = 3 * time.Second

// playStudies plays what has been put to the laboratory, on one processor.
func playStudies(ctx context.Context, desk *work.Desk, log *slog.Logger) {
	idle := time.NewTicker(studyPause)
	defer idle.Stop()
	(&study.Player{Desk: desk, Log: log}).Play(ctx, idle.C)
}

// sweep takes away, every hour, what sign-in no longer needs.
func sweep(ctx context.Context, desk *work.Desk, log *slog.Logger) {
	hours := time.NewTicker(time.Hour)
	defer hours.Stop()
	for {
		if err := desk.Do(ctx, operator, "sweep", account.Sweep); err != nil && ctx.Err() == nil {
			log.Error("old sessions could not be taken away", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-hours.C:
		}
	}
}

// refuseDemonstration refuses to open the door to others where the database
// holds accounts that anybody may sign in as. A proxy opens it too, although the
// program behind it listens on this machine.
func refuseDemonstration(ctx context.Context, desk *work.Desk, d door, demonstration func(*work.Unit) (bool, error)) error {
	if d.ours() {
		return nil
	}
	found := false
	err := desk.Do(ctx, operator, "serve", func(u *work.Unit) (err error) { found, err = demonstration(u); return err })
	if err == nil && found {
		return fault.New(fault.Usage, "This database holds demonstration accounts, which anybody may sign in as, so it answers its own machine only: "+
			"listen on 127.0.0.1 without a proxy, or make a new database for real work.")
	}
	return err
}

// door is where and how people come to the pages.
type door struct {
	Listen      string   `help:"The address to listen on: one of this machine's own, unless TLS is done here." env:"HOMEWARD_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	TLSCert     string   `name:"tls-cert" help:"The certificate with its chain (PEM). A changed file is taken up at once." env:"HOMEWARD_TLS_CERT" placeholder:"FILE"`
	TLSKey      string   `name:"tls-key" help:"The certificate's private key (PEM)." env:"HOMEWARD_TLS_KEY" placeholder:"FILE"`
	BehindProxy []string `help:"The addresses of the proxies that do TLS in front of Homeward. Nobody else is answered." env:"HOMEWARD_BEHIND_PROXY" placeholder:"ADDRESS"`
}

// host is the address to listen on; one that is not written as numbers, or left
// out, is every address.
func (d door) host() (netip.Addr, error) {
	host, _, err := net.SplitHostPort(d.Listen)
	if err != nil {
		return netip.Addr{}, fault.Wrap(fault.Usage, "Write the address to listen on as HOST:PORT, such as 127.0.0.1:8080.", err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.IPv6Unspecified(), nil
	}
	return addr.Unmap(), nil
}

// ours tells whether nobody but this machine can come to the door.
func (d door) ours() bool {
	host, err := d.host()
	return err == nil && host.IsLoopback() && len(d.BehindProxy) == 0
}

// front reads the flags: without TLS this machine alone is answered, and behind
// a proxy nobody but the proxy, on an address that is not the world's.
func (d door) front() (web.Front, error) {
	host, err := d.host()
	withTLS := d.TLSCert != "" && d.TLSKey != ""
	switch {
	case err != nil:
		return web.Front{}, err
	case (d.TLSCert == "") != (d.TLSKey == ""):
		return web.Front{}, fault.New(fault.Usage, "TLS needs both files: --tls-cert and --tls-key.")
	case withTLS && len(d.BehindProxy) > 0:
		return web.Front{}, fault.New(fault.Usage, "Either Homeward does TLS (--tls-cert and --tls-key) or the proxy does (--behind-proxy), not both.")
	case withTLS:
		return web.Front{Secure: true}, nil
	case len(d.BehindProxy) > 0:
		return d.behind(host)
	case !host.IsLoopback():
		return web.Front{}, fault.New(fault.Usage, "Without TLS Homeward answers its own machine only: listen on 127.0.0.1, or give --tls-cert and --tls-key, or --behind-proxy.")
	}
	return web.Front{Hosts: []string{"localhost", "127.0.0.1", "::1", host.String()}}, nil
}

func (d door) behind(host netip.Addr) (web.Front, error) {
	f := web.Front{Secure: true}
	if !host.IsLoopback() && !host.IsPrivate() {
		return f, fault.New(fault.Usage, "Behind a proxy Homeward speaks plain HTTP, so it listens on a private address alone: write one, such as 127.0.0.1:8080 or 10.0.0.5:8080.")
	}
	for _, written := range d.BehindProxy {
		p, err := netip.ParsePrefix(written)
		if addr, single := netip.ParseAddr(written); single == nil {
			p, err = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
		}
		if err != nil || p.Bits() == 0 {
			return f, fault.New(fault.Usage, fmt.Sprintf("%q is not the address of a proxy. Write its own address, such as 10.0.0.4, or its network, such as 10.0.0.0/28.", written))
		}
		f.Proxies = append(f.Proxies, p.Masked())
	}
	return f, nil
}

// The limits that keep one slow or hostile connection from holding the server.
// A route that takes an upload has more time: see web's limit.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	closeTimeout  = 10 * time.Second
	maxHeader     = 1 << 16
)

// serve serves on an address of this machine's own.
func (s *shop) serve(site *web.Site, address string) error {
	return s.serveAt(door{Listen: address}, site)
}

func (s *shop) serveAt(d door, site *web.Site) (err error) {
	if site.Front, err = d.front(); err != nil {
		return err
	}
	site.Log = s.log
	handler, err := site.Handler()
	if err != nil {
		return err
	}
	if !web.Styled() {
		fmt.Fprintln(s.err, "The page styles are not in this program. Build it with: make build")
	}
	config, err := d.tls(s.log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", d.Listen)
	if err != nil {
		return fault.Wrap(fault.NotReady, fmt.Sprintf("Homeward cannot listen on %s. Is another program there already?", d.Listen), err)
	}
	scheme := "http"
	if config != nil {
		scheme = "https"
	}
	fmt.Fprintf(s.out, "Homeward is at %s://%s/\n", scheme, listener.Addr())
	return serveUntilDone(s.ctx, newServer(handler, config, s.log), listener)
}

func newServer(handler http.Handler, config *tls.Config, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, TLSConfig: config, MaxHeaderBytes: maxHeader,
		DisableGeneralOptionsHandler: true, // so that ours answers, with its headers
		ReadHeaderTimeout:            headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		// Handshakes that fail are every port scanner's: for whoever looks closely.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// serveUntilDone serves, lets what is under way end, and then cuts it off.
func serveUntilDone(ctx context.Context, server *http.Server, listener net.Listener) error {
	done := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			done <- server.ServeTLS(listener, "", "")
		} else {
			done <- server.Serve(listener)
		}
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	if err := server.Shutdown(closing); err != nil {
		return errors.Join(fmt.Errorf("some requests were cut off: %w", err), server.Close())
	}
	return nil
}

// tls is how TLS is spoken: 1.2 with forward secrecy and authenticated
// encryption, or 1.3; nil where it is not spoken here.
func (d door) tls(log *slog.Logger) (*tls.Config, error) {
	if d.TLSCert == "" {
		return nil, nil
	}
	c := &certificate{door: d, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, GetCertificate: c.current,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}, nil
}

// certificate is the one in the files, read anew when they change: nobody has to
// restart a service at night for a renewal.
type certificate struct {
	door door
	log  *slog.Logger

	mu    sync.Mutex
	read  string // the state of the files when they were last read
	valid *tls.Certificate
}

// current gives the certificate for a handshake. While the files do not fit
// together, in the middle of a renewal, the last good one holds.
func (c *certificate) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read == c.state() {
		return c.valid, nil
	}
	if err := c.load(); err != nil {
		c.log.Error("the changed certificate cannot be used, the last one holds", "error", err)
	}
	return c.valid, nil
}

func (c *certificate) load() error {
	c.read = c.state()
	pair, err := tls.LoadX509KeyPair(c.door.TLSCert, c.door.TLSKey)
	if err != nil {
		return fault.Wrap(fault.NotReady, fmt.Sprintf("The certificate in %s cannot be used with the key in %s. Are they PEM files, and of one another?", c.door.TLSCert, c.door.TLSKey), err)
	}
	c.valid = &pair
	return nil
}

// state changes when either file does.
func (c *certificate) state() (state string) {
	for _, path := range []string{c.door.TLSCert, c.door.TLSKey} {
		if info, err := os.Stat(path); err == nil {
			state += fmt.Sprint(info.ModTime().UnixNano(), info.Size(), ";")
		}
	}
	return state
}
