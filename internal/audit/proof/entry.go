package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Entry is one entry of the audit record as its hash covers it: these fields, in
// this order.
type Entry struct {
	Seq         int64  `json:"seq"` // 1, 2, 3 …
	At          string `json:"at"`  // UTC, to the microsecond
	ActorAgency string `json:"actor_agency"`
	ActorID     string `json:"actor_id"`
	ActorRole   string `json:"actor_role"`
	Purpose     string `json:"purpose"`
	Action      string `json:"action"`
	Kind        string `json:"kind"`
	Agency      string `json:"agency"`
	Subject     string `json:"subject"`
	Detail      string `json:"detail"`
	// Salt is random: who has only the hash cannot try out what the entry says.
	Salt string `json:"salt"`
	Prev string `json:"prev"` // the hash of the entry before; the first has none
}

// Text is the entry in the bytes that are hashed: one line of JSON, without the
// end of the line.
func (e Entry) Text() []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		panic(err) // strings and numbers always marshal
	}
	return b.Bytes()[:b.Len()-1]
}

// Hash is the SHA-256 of an entry's text, in hexadecimal.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Hidden is the line of an entry that is not the reader's to see: its place, its
// hash and the hash of the entry before.
func Hidden(seq int64, hash, prev string) []byte {
	return fmt.Appendf(nil, `{"seq":%d,"hash":"%s","prev":"%s"}`, seq, hash, prev)
}
