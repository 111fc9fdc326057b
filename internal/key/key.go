// Package key is the installation's secrets: one file with one random master
// secret, from which every other key is derived for one use each.
//
// What it gives: keyed hashes (so that a log can be searched for a known value
// without holding it), sealing (so that a copy of the database alone opens
// nothing sealed), and the seed of the key that signs audit checkpoints. Losing
// the file loses what is sealed: it is kept and backed up apart from the
// database.
package key

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"homeward/internal/fault"
)

// header is the first line of a key file: what it is, and of which form.
const header = "homeward-keys-1"

// Ring derives every key from one master secret.
type Ring struct{ master []byte }

// New makes a ring that is kept nowhere: for demonstrations and tests.
func New() *Ring {
	master := make([]byte, 32)
	rand.Read(master) // never fails: see crypto/rand
	return &Ring{master}
}

// Create makes a new key file that its owner alone may read. It never writes
// over one that is there.
func Create(path string) (*Ring, error) {
	r := New()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.NotReady, fmt.Sprintf("The key file %s cannot be made. Is there one already, and may you write there?", path), err)
	}
	_, err = fmt.Fprintf(f, "%s\n%s\n", header, base64.StdEncoding.EncodeToString(r.master))
	if err == nil {
		err = f.Sync()
	}
	return r, errors.Join(err, f.Close())
}

// Open reads a key file. One that others may read is refused.
func Open(path string) (*Ring, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(fault.NotReady, fmt.Sprintf("There is no key file at %s. Put it back from where you keep it, or for a new installation make one with: homeward migrate", path), err)
	case err != nil:
		return nil, fault.Wrap(fault.NotReady, fmt.Sprintf("The key file %s cannot be read.", path), err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fault.New(fault.NotReady, fmt.Sprintf("Others may read the key file %s. Mend it with: chmod 600 %s", path, path))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.NotReady, fmt.Sprintf("The key file %s cannot be read.", path), err)
	}
	lines := strings.Fields(string(text))
	if len(lines) != 2 || lines[0] != header {
		return nil, fault.New(fault.NotReady, fmt.Sprintf("%s is not a key file of Homeward: its first line must be %s.", path, header))
	}
	master, err := base64.StdEncoding.DecodeString(lines[1])
	if err != nil || len(master) != 32 {
		return nil, fault.New(fault.NotReady, fmt.Sprintf("The key in %s is damaged. Put the file back from where you keep its copy.", path))
	}
	return &Ring{master}, nil
}

// Derive gives the 32 bytes of the key for one use.
func (r *Ring) Derive(use string) []byte {
	derived, err := hkdf.Key(sha256.New, r.master, nil, "homeward "+use, 32)
	if err != nil {
		panic(err) // only for lengths hkdf cannot give
	}
	return derived
}

// Hash is the keyed hash of a value for one use: the same value gives the same
// hash, and without the key file nobody can tell which value it was.
func (r *Ring) Hash(use, value string) string {
	mac := hmac.New(sha256.New, r.Derive("hash "+use))
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Seal encrypts a secret for one use and one owner: what is sealed for one row
// does not open in another.
func (r *Ring) Seal(use, owner string, secret []byte) []byte {
	nonce := make([]byte, 12)
	rand.Read(nonce)
	return r.box(use).Seal(nonce, nonce, secret, []byte(owner))
}

// Unseal gives back what Seal sealed for the same use and owner.
func (r *Ring) Unseal(use, owner string, sealed []byte) ([]byte, error) {
	if len(sealed) < 12 {
		return nil, errors.New("key: what is sealed is too short")
	}
	secret, err := r.box(use).Open(nil, sealed[:12], sealed[12:], []byte(owner))
	if err != nil {
		return nil, fmt.Errorf("key: sealed with another key or for another owner: %w", err)
	}
	return secret, nil
}

func (r *Ring) box(use string) cipher.AEAD {
	block, err := aes.NewCipher(r.Derive("seal " + use))
	if err != nil {
		panic(err) // 32 bytes are always a key
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return box
}
