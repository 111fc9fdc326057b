// Command dex is a real OpenID Connect provider for the tests of account: the
// Dex project's server on loopback, with its storage in memory, one person and
// two clients. Nothing of it is in the product.
//
// It reads its settings as JSON from standard input, writes the address of its
// issuer as its first line, and ends when standard input is closed, so that no
// test leaves one running.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	gosundheit "github.com/AppsFlyer/go-sundheit"
	"github.com/dexidp/dex/server"
	"github.com/dexidp/dex/server/connectors"
	"github.com/dexidp/dex/server/signer"
	"github.com/dexidp/dex/storage"
	"github.com/dexidp/dex/storage/memory"
	"github.com/dexidp/dex/web"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/crypto/bcrypt"
)

// settings are what a test chooses.
type settings struct {
	Login, Password, Subject string
	Clients                  []storage.Client
	TokensValidFor           time.Duration
}

func main() {
	if err := serve(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dex:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	var chosen settings
	decoder := json.NewDecoder(in)
	if err := decoder.Decode(&chosen); err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	issuer := "http://" + listener.Addr().String() + "/dex"
	provider, err := newProvider(ctx, issuer, chosen)
	if err != nil {
		return err
	}
	go http.Serve(listener, provider)
	fmt.Fprintln(out, issuer)
	_, err = io.Copy(io.Discard, in) // until the test closes it or ends
	return err
}

func newProvider(ctx context.Context, issuer string, chosen settings) (http.Handler, error) {
	log := slog.New(slog.DiscardHandler)
	hash, err := bcrypt.GenerateFromPassword([]byte(chosen.Password), bcrypt.DefaultCost)
	if err != nil {
		return nil, err
	}
	store := storage.WithStaticClients(memory.New(log), chosen.Clients)
	store = storage.WithStaticPasswords(store, []storage.Password{{Email: chosen.Login, Hash: hash, UserID: chosen.Subject}}, log)
	store = storage.WithStaticConnectors(store, []storage.Connector{{ID: connectors.LocalConnector, Name: "Email", Type: connectors.LocalConnector}})
	keys, err := (&signer.LocalConfig{KeysRotationPeriod: "6h"}).Open(ctx, store, chosen.TokensValidFor, time.Now, log)
	if err != nil {
		return nil, err
	}
	return server.NewServer(ctx, server.Config{
		Issuer: issuer, Storage: store, Signer: keys, IDTokensValidFor: chosen.TokensValidFor,
		SkipApprovalScreen: true, Web: server.WebConfig{WebFS: web.FS()},
		Logger: log, HealthChecker: gosundheit.New(), PrometheusRegistry: prometheus.NewRegistry(),
	})
}
