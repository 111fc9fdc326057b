package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"

	"homeward/internal/audit/proof"
	"homeward/internal/db"
)

// benchEach runs fn on each database; PostgreSQL needs scripts/with-postgres.
func benchEach(b *testing.B, fn func(b *testing.B, d *db.DB)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, open(b, "sqlite:"+b.TempDir()+"/homeward.db")) })
	server, err := url.Parse(os.Getenv("HOMEWARD_TEST_POSTGRES"))
	if err != nil || server.Scheme == "" {
		return
	}
	b.Run("postgres", func(b *testing.B) {
		pool, err := sql.Open("pgx", server.String())
		if err != nil {
			b.Fatal(err)
		}
		defer pool.Close()
		schema := "b_" + strings.ToLower(rand.Text())
		if _, err := pool.Exec("CREATE SCHEMA " + schema); err != nil {
			b.Fatal(err)
		}
		query := server.Query()
		query.Set("search_path", schema)
		server.RawQuery = query.Encode()
		fn(b, open(b, server.String()))
	})
}

// BenchmarkAppend is what recording costs a page: one entry, and fifty, within
// one transaction, and a whole transaction with one entry and with none.
func BenchmarkAppend(b *testing.B) {
	benchEach(b, func(b *testing.B, d *db.DB) {
		page := make([]Entry, 50)
		for i := range page {
			page[i] = entry(i)
		}
		for name, entries := range map[string][]Entry{"one": page[:1], "fifty": page} {
			b.Run(name, func(b *testing.B) {
				write(b, d, func(tx *db.Tx) error {
					for b.Loop() {
						if err := Append(tx, entries); err != nil {
							return err
						}
					}
					return nil
				})
			})
		}
		for name, entries := range map[string][]Entry{"transaction": page[:1], "transaction-of-none": nil} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					write(b, d, func(tx *db.Tx) error {
						if _, err := tx.Exec("UPDATE revision SET n = n + 1"); err != nil {
							return err
						}
						return Append(tx, entries)
					})
				}
			})
		}
	})
}

// BenchmarkRecord is verifying, exporting, checking and signing a record of
// 100,000 entries.
func BenchmarkRecord(b *testing.B) {
	const n = 100_000
	benchEach(b, func(b *testing.B, d *db.DB) {
		write(b, d, func(tx *db.Tx) error {
			entries := make([]Entry, n)
			for i := range entries {
				entries[i] = entry(i)
				if i%4 > 0 {
					entries[i].Agency, entries[i].Who.Agency = "NOT", "NOT"
				}
			}
			return Append(tx, entries)
		})
		perSecond := func(b *testing.B) { b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "entries/s") }
		b.Run("sign", func(b *testing.B) {
			for b.Loop() {
				// rolled back, so that each goes over the whole record
				_ = d.Write(context.Background(), func(tx *db.Tx) error {
					if _, err := Checkpoint(tx, ring, nine); err != nil {
						b.Error(err)
					}
					return io.EOF
				})
			}
			perSecond(b)
		})
		signed := checkpoint(b, d, nine)
		b.Run("verify", func(b *testing.B) {
			for b.Loop() {
				if _, err := wholly(d); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b)
		})
		var out []byte
		b.Run("export", func(b *testing.B) {
			for b.Loop() {
				out, _ = export(b, d, "DER", signed.Head)
			}
			perSecond(b)
			b.ReportMetric(float64(len(out))/n, "bytes/entry")
		})
		b.Run("check", func(b *testing.B) {
			for b.Loop() {
				if _, err := proof.Check(bytes.NewReader(out), []byte(signed.Note), PublicKey(ring)); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b)
		})
	})
}
