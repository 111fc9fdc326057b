package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"homeward/internal/fault"
	"homeward/internal/web"
)

type serveCommand struct {
	Listen       string `help:"The address to listen on; until accounts exist only this machine's own." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Organisation string `help:"Who runs this installation, for its accessibility statement." env:"HOMEWARD_ORGANISATION" placeholder:"NAME"`
	Email        string `help:"The address for people who cannot use a page." env:"HOMEWARD_ACCESSIBILITY_EMAIL" placeholder:"ADDRESS"`
	Phone        string `help:"The telephone number for people who cannot use a page." env:"HOMEWARD_ACCESSIBILITY_PHONE" placeholder:"NUMBER"`
	Tested       string `help:"When and by whom the pages were tested." env:"HOMEWARD_ACCESSIBILITY_TESTED" placeholder:"WORDS"`
}

// Run serves until it is told to stop.
func (c serveCommand) Run(s *shop) (err error) {
	desk, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	return s.serve(&web.Site{Desk: desk, Installation: web.Installation{Organisation: c.Organisation, Email: c.Email, Phone: c.Phone, Tested: c.Tested}}, c.Listen)
}

// The limits that keep one slow or hostile connection from holding the server.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = 2 * time.Minute
	closeTimeout = 10 * time.Second
	maxHeader    = 1 << 16
)

func (s *shop) serve(site *web.Site, address string) error {
	if err := onlyThisMachine(address); err != nil {
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
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fault.Wrap(fault.NotReady, fmt.Sprintf("Homeward cannot listen on %s. Is another program there already?", address), err)
	}
	server := &http.Server{Handler: handler, ReadTimeout: readTimeout, ReadHeaderTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader}
	fmt.Fprintf(s.out, "Homeward is at http://%s/\n", listener.Addr())
	return serveUntilDone(s.ctx, server, listener)
}

func serveUntilDone(ctx context.Context, server *http.Server, listener net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	return server.Shutdown(closing)
}

// onlyThisMachine refuses an address that another machine could reach: until
// accounts exist anybody who reaches the pages could choose to be anybody.
func onlyThisMachine(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fault.Wrap(fault.Usage, "Write the address to listen on as HOST:PORT, such as 127.0.0.1:8080.", err)
	}
	if host != "127.0.0.1" {
		return fault.New(fault.Usage, "Until sign-in is built Homeward answers its own machine only: listen on 127.0.0.1.")
	}
	return nil
}
