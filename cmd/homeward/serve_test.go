package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"
)

func TestTheDoorIsShutToWhatIsNotSafe(t *testing.T) {
	proxied := func(listen string, proxies ...string) door { return door{Listen: listen, BehindProxy: proxies} }
	for name, c := range map[string]struct {
		door door
		says string // of the refusal; "" where it opens
	}{
		"this machine":                        {door{Listen: "127.0.0.1:8080"}, ""},
		"this machine by name":                {door{Listen: "localhost:0"}, ""},
		"this machine in IPv6":                {door{Listen: "[::1]:8080"}, ""},
		"TLS for everybody":                   {door{Listen: ":443", TLSCert: "c", TLSKey: "k"}, ""},
		"TLS on a name":                       {door{Listen: "homeward.example:443", TLSCert: "c", TLSKey: "k"}, ""},
		"a proxy on this machine":             {proxied("127.0.0.1:8080", "127.0.0.1"), ""},
		"a proxy near by":                     {proxied("10.1.2.3:8080", "10.1.2.4", "fd00::/64"), ""},
		"everybody without TLS":               {door{Listen: "0.0.0.0:8080"}, "127.0.0.1"},
		"everybody in IPv6 without TLS":       {door{Listen: "[::]:8080"}, "127.0.0.1"},
		"a private address without TLS":       {door{Listen: "10.1.2.3:8080"}, "--tls-cert"},
		"a name without TLS":                  {door{Listen: "homeward.example:80"}, "127.0.0.1"},
		"no address":                          {door{Listen: ":8080"}, "127.0.0.1"},
		"a name that begins like ours":        {door{Listen: "127.0.0.1.evil.example:80"}, "127.0.0.1"},
		"no port":                             {door{Listen: "127.0.0.1"}, "HOST:PORT"},
		"a certificate without its key":       {door{Listen: ":443", TLSCert: "c"}, "both files"},
		"a key without its certificate":       {door{Listen: "127.0.0.1:443", TLSKey: "k"}, "both files"},
		"TLS twice":                           {door{Listen: "127.0.0.1:1", TLSCert: "c", TLSKey: "k", BehindProxy: []string{"127.0.0.1"}}, "not both"},
		"plain HTTP to the world":             {proxied("0.0.0.0:8080", "10.1.2.4"), "private address"},
		"plain HTTP on a public address":      {proxied("203.0.113.9:8080", "10.1.2.4"), "private address"},
		"plain HTTP on a name":                {proxied("homeward.example:80", "10.1.2.4"), "private address"},
		"a proxy that is everybody":           {proxied("127.0.0.1:8080", "0.0.0.0/0"), "address of a proxy"},
		"a proxy that is everybody, in IPv6":  {proxied("127.0.0.1:8080", "::/0"), "address of a proxy"},
		"a proxy that is a name":              {proxied("127.0.0.1:8080", "proxy.example"), "address of a proxy"},
		"one good proxy and one that is none": {proxied("127.0.0.1:8080", "10.0.0.1", ""), "address of a proxy"},
	} {
		front, err := c.door.front()
		if c.says == "" {
			if err != nil || front.Secure != (c.door.TLSCert != "" || len(c.door.BehindProxy) > 0) || len(front.Proxies) != len(c.door.BehindProxy) {
				t.Errorf("%s: %+v, %v", name, front, err)
			}
			if plain := !front.Secure; plain != (len(front.Hosts) > 0) {
				t.Errorf("%s answers to the names %v", name, front.Hosts)
			}
			continue
		}
		if fault.KindOf(err) != fault.Usage || !strings.Contains(fault.Message(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	front, err := proxied("10.1.2.3:8080", "10.1.2.4").front()
	if err != nil || !front.Proxies[0].Contains(netip.MustParseAddr("10.1.2.4")) || front.Proxies[0].Contains(netip.MustParseAddr("10.1.2.5")) {
		t.Errorf("a proxy's own address is read as %v, %v", front.Proxies, err)
	}
}

func TestDemonstrationAccountsAreServedToThisMachineAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk := &work.Desk{DB: d}
		stub := func(found bool, err error) func(*work.Unit) (bool, error) {
			return func(*work.Unit) (bool, error) { return found, err }
		}
		here, broken := door{Listen: "127.0.0.1:8080"}, errors.New("broken")
		open := []door{{Listen: ":443", TLSCert: "c", TLSKey: "k"}, {Listen: "127.0.0.1:8080", BehindProxy: []string{"127.0.0.1"}}, {Listen: "10.0.0.5:8080", BehindProxy: []string{"10.0.0.4"}}, {Listen: "nonsense"}}
		if err := refuseDemonstration(t.Context(), desk, here, stub(true, broken)); err != nil {
			t.Errorf("on this machine: %v", err)
		}
		for _, door := range open {
			if err := refuseDemonstration(t.Context(), desk, door, stub(false, nil)); err != nil {
				t.Errorf("%+v without such accounts: %v", door, err)
			}
			if err := refuseDemonstration(t.Context(), desk, door, stub(true, nil)); fault.KindOf(err) != fault.Usage || !strings.Contains(fault.Message(err), "demonstration accounts") {
				t.Errorf("%+v with such accounts: %v", door, err)
			}
			if err := refuseDemonstration(t.Context(), desk, door, stub(false, broken)); !errors.Is(err, broken) {
				t.Errorf("%+v where nobody can tell: %v", door, err)
			}
		}
	})
}

// made is a certificate of a test, signed by itself unless told otherwise.
type made struct {
	template *x509.Certificate
	key      crypto.Signer
	pair     [2]string // the files
}

// certify writes a certificate for this machine and its key.
func certify(t *testing.T, dir, name string, from, until time.Time, key crypto.Signer, by *made) *made {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	m := &made{key: key, pair: [2]string{filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")}, template: &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until, DNSNames: []string{"localhost"},
		IsCA: by == nil, BasicConstraintsValid: true,
	}}
	if by == nil {
		by = m
	}
	der, err := x509.CreateCertificate(rand.Reader, m.template, by.template, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range []*pem.Block{{Type: "CERTIFICATE", Bytes: der}, {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(m.pair[i], pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func curveKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// tlsServer serves one line by TLS until the test ends.
func tlsServer(t *testing.T, d door) string {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	config, err := d.tls(log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("here")) })
	go func() { done <- serveUntilDone(ctx, newServer(handler, config, log), listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// shake makes a handshake as a client would and gives whose certificate it saw.
func shake(address string, config *tls.Config) (tls.ConnectionState, error) {
	config.InsecureSkipVerify = true
	c, err := tls.Dial("tcp", address, config)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	return c.ConnectionState(), c.Close()
}

func TestOldTLSIsNotSpoken(t *testing.T) {
	m := certify(t, t.TempDir(), "first", time.Now().Add(-time.Hour), time.Now().Add(time.Hour), curveKey(t), nil)
	address := tlsServer(t, door{TLSCert: m.pair[0], TLSKey: m.pair[1]})
	for name, config := range map[string]*tls.Config{
		"TLS 1.0":              {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10},
		"TLS 1.1":              {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
		"TLS 1.2 with CBC":     {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA}},
		"TLS 1.2 with old RSA": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}},
	} {
		if state, err := shake(address, config); err == nil {
			t.Errorf("%s is spoken: %x %x", name, state.Version, state.CipherSuite)
		}
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		if state, err := shake(address, &tls.Config{MinVersion: version, MaxVersion: version, NextProtos: []string{"h2"}}); err != nil || state.Version != version || state.NegotiatedProtocol != "h2" {
			t.Errorf("%x: %+v, %v", version, state.Version, err)
		}
	}
}

func TestARenewedCertificateIsTakenUp(t *testing.T) {
	dir := t.TempDir()
	from, until := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	first := certify(t, dir, "first", from, until, curveKey(t), nil)
	second := certify(t, dir, "second-name", from, until, curveKey(t), nil)
	address := tlsServer(t, door{TLSCert: first.pair[0], TLSKey: first.pair[1]})
	shows := func(step, want string) {
		t.Helper()
		state, err := shake(address, &tls.Config{})
		if err != nil || state.PeerCertificates[0].Subject.CommonName != want {
			t.Errorf("%s: %v, want %s", step, err, want)
		}
	}
	take := func(i int) {
		t.Helper()
		data, err := os.ReadFile(second.pair[i])
		if err == nil {
			err = os.WriteFile(first.pair[i], data, 0o600)
		}
		// A clock too coarse to tell the two writings apart must not decide the test.
		if err == nil {
			err = os.Chtimes(first.pair[i], time.Time{}, time.Now().Add(time.Minute))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	shows("before", "first")
	take(0)
	shows("with half of the renewal", "first")
	take(1)
	shows("after", "second-name")
	if err := os.Remove(first.pair[0]); err != nil {
		t.Fatal(err)
	}
	shows("with the file gone", "second-name")
}

func TestACertificateThatCannotBeUsedStopsTheStart(t *testing.T) {
	dir := t.TempDir()
	a := certify(t, dir, "a", time.Now(), time.Now().Add(time.Hour), curveKey(t), nil)
	b := certify(t, dir, "b", time.Now(), time.Now().Add(time.Hour), curveKey(t), nil)
	for _, d := range []door{{TLSCert: a.pair[0], TLSKey: b.pair[1]}, {TLSCert: filepath.Join(dir, "none"), TLSKey: a.pair[1]}, {TLSCert: a.pair[1], TLSKey: a.pair[0]}} {
		if _, err := d.tls(nil); fault.KindOf(err) != fault.NotReady || !strings.Contains(fault.Message(err), d.TLSCert) {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

// TestAStopLetsWhatIsUnderWayEnd stops the server while a request waits.
func TestAStopLetsWhatIsUnderWayEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	arrived, stopped := make(chan struct{}), make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-ctx.Done() // the stop has been asked for
		if r.Context().Err() != nil {
			t.Error("the stop cut the request off")
		}
		_, _ = w.Write([]byte("ended"))
	})
	go func() {
		stopped <- serveUntilDone(ctx, newServer(handler, nil, slog.New(slog.DiscardHandler)), listener)
	}()
	answered := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer answer.Body.Close()
		body := make([]byte, 5)
		n, _ := answer.Body.Read(body)
		answered <- string(body[:n])
	}()
	<-arrived
	stop()
	if got := <-answered; got != "ended" {
		t.Error(got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		t.Error("the door is still open")
	}
}

func TestEveryLimitOfTheServerIsSet(t *testing.T) {
	s := newServer(nil, nil, slog.New(slog.DiscardHandler))
	if slices.Contains([]time.Duration{s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout, s.IdleTimeout}, 0) || s.MaxHeaderBytes == 0 || s.MaxHeaderBytes > 1<<17 {
		t.Errorf("%+v", s)
	}
}
