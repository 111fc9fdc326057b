package proof

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Walk goes along the record entry by entry, and past every head that was signed
// over it.
type Walk struct {
	tree   Tree
	prev   string
	heads  []Head // still ahead, the nearest first
	passed int64  // the size of the last head that was right
}

// NewWalk begins at the first entry.
func NewWalk(heads ...Head) *Walk {
	w := &Walk{heads: slices.Clone(heads)}
	slices.SortFunc(w.heads, func(a, b Head) int { return cmp.Compare(a.Size, b.Size) })
	return w
}

// Resume goes on where a head was signed, given the tree's edge there and the
// hash of the last entry.
func Resume(from Head, edge, prev string) (*Walk, error) {
	tree, err := treeOf(from.Size, edge)
	if err == nil && tree.Root() != from.Root {
		err = fmt.Errorf("the tree kept with the head over %d entries is not the one that was signed", from.Size)
	}
	return &Walk{tree: tree, prev: prev, passed: from.Size}, err
}

// Size is how many entries lie behind.
func (w *Walk) Size() int64 { return w.tree.size }

// Prev is the hash of the last entry.
func (w *Walk) Prev() string { return w.prev }

// Edge is the tree so far, for Resume.
func (w *Walk) Edge() string { return w.tree.Edge() }

// Head is the head to sign here.
func (w *Walk) Head(at time.Time) Head {
	return Head{Size: w.tree.size, Root: w.tree.Root(), At: at}
}

// Pass takes one entry that was found good, and compares the heads signed there.
func (w *Walk) Pass(hash string) error {
	w.tree.Add(hash)
	w.prev = hash
	for len(w.heads) > 0 && w.heads[0].Size == w.tree.size {
		head := w.heads[0]
		if head.Root != w.tree.Root() {
			return fmt.Errorf("of the entries %d to %d one is not as it was written: they do not give the root that was signed over %d entries %s",
				w.passed+1, head.Size, head.Size, when(head))
		}
		w.heads, w.passed = w.heads[1:], head.Size
	}
	return nil
}

// End says whether a head was signed over more entries than there are.
func (w *Walk) End() error {
	if len(w.heads) == 0 {
		return nil
	}
	head := w.heads[len(w.heads)-1]
	return fmt.Errorf("entry %d is missing: the record ends before it, and a head was signed over %d entries %s", w.tree.size+1, head.Size, when(head))
}

func when(h Head) string { return "on " + h.At.Format("2 January 2006 at 15:04:05 MST") }
