package proof

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Origin is the first line of every head and the name in its signature.
const Origin = "homeward-audit"

// Head says how many entries there were at an instant and what their tree's root
// was. Signed and kept elsewhere, it fixes the past: no other entries have that
// root.
type Head struct {
	Size int64
	Root tlog.Hash
	At   time.Time
}

// Text is what is signed: the origin, the size, the root and the instant, a line
// each.
func (h Head) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s\n", Origin, h.Size, h.Root, h.At.UTC().Format(time.RFC3339))
}

// Sign gives the signed note that is kept.
func (h Head) Sign(signer note.Signer) (string, error) {
	signed, err := note.Sign(&note.Note{Text: h.Text()}, signer)
	return string(signed), err
}

// Signer gives, from 32 secret bytes, what signs heads, and the public key that
// their signatures are checked by.
func Signer(seed []byte) (signer note.Signer, public string) {
	private := ed25519.NewKeyFromSeed(seed) // panics unless there are 32
	public, err := note.NewEd25519VerifierKey(Origin, private.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err) // the name and the length are good
	}
	const ed25519Kind = "\x01"
	name := strings.Join(strings.SplitN(public, "+", 3)[:2], "+")
	signer, err = note.NewSigner("PRIVATE+KEY+" + name + "+" + base64.StdEncoding.EncodeToString([]byte(ed25519Kind+string(seed))))
	if err != nil {
		panic(err)
	}
	return signer, public
}

var errNotHead = errors.New("this is not a head of Homeward's audit record")

// OpenHead reads a signed head. It takes no head that the key did not sign.
func OpenHead(signed []byte, public string) (Head, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Head{}, errors.New("the public key is not one of Homeward's: it is one line that begins with " + Origin + "+")
	}
	n, err := note.Open(signed, note.VerifierList(verifier))
	if _, other := errors.AsType[*note.UnverifiedNoteError](err); other {
		return Head{}, errors.New("the head was signed with another key than this public key's")
	}
	if _, bad := errors.AsType[*note.InvalidSignatureError](err); bad {
		return Head{}, errors.New("the signature of the head is wrong: the head is not as it was signed")
	}
	if err != nil {
		return Head{}, errNotHead
	}
	// One way to write a signature, so that no byte of a head can be changed.
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil || len(n.UnverifiedSigs) > 0 {
		return Head{}, errNotHead
	}
	return parseHead(n.Text)
}

func parseHead(text string) (h Head, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[0] != Origin {
		return h, errNotHead
	}
	var errs [3]error
	h.Size, errs[0] = strconv.ParseInt(lines[1], 10, 64)
	h.Root, errs[1] = tlog.ParseHash(lines[2])
	h.At, errs[2] = time.Parse(time.RFC3339, lines[3])
	if errors.Join(errs[:]...) != nil || h.Size < 1 || h.Text() != text {
		return h, errNotHead
	}
	return h, nil
}
