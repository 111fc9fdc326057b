package proof

import (
	"errors"
	"math/bits"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is the Merkle tree over the entries' hashes (RFC 6962) as far as it has
// grown. Only the roots of its whole subtrees are held, the biggest first: as
// many as the size has binary ones, 27 at most for 100 million entries.
type Tree struct {
	size  int64
	roots []tlog.Hash
}

// Add grows the tree by one entry's hash, in the letters it is written in.
func (t *Tree) Add(hash string) {
	t.roots = append(t.roots, tlog.RecordHash([]byte(hash)))
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.roots) - 1
		t.roots[last-1] = tlog.NodeHash(t.roots[last-1], t.roots[last])
		t.roots = t.roots[:last]
	}
	t.size++
}

// Root is the hash that every entry so far, and their order, goes into. A tree
// without entries has none.
func (t *Tree) Root() tlog.Hash {
	if t.size == 0 {
		return tlog.Hash{}
	}
	last := len(t.roots) - 1
	root := t.roots[last]
	for i := last - 1; i >= 0; i-- {
		root = tlog.NodeHash(t.roots[i], root)
	}
	return root
}

// Edge is the tree in one line, from which it can go on growing.
func (t *Tree) Edge() string {
	words := make([]string, len(t.roots))
	for i, r := range t.roots {
		words[i] = r.String()
	}
	return strings.Join(words, " ")
}

// treeOf is the tree of a size and an edge.
func treeOf(size int64, edge string) (Tree, error) {
	t := Tree{size: size}
	for _, word := range strings.Fields(edge) {
		h, err := tlog.ParseHash(word)
		if err != nil {
			return t, err
		}
		t.roots = append(t.roots, h)
	}
	if len(t.roots) != bits.OnesCount64(uint64(size)) {
		return t, errors.New("the edge of the tree does not fit its size")
	}
	return t, nil
}
