package web

import (
	"slices"
	"sync"
	"time"

	"homeward/internal/exchange"
	"homeward/internal/work"
)

// The limits of what is kept between a preview and its confirmation.
const (
	mostUploads     = 4
	mostUploadBytes = 2 * maxImportBody
	uploadLife      = 15 * time.Minute
)

// uploads keeps what somebody has sent and not yet confirmed: in memory, a few
// at a time and not for long. It never lies on a disk in the clear.
type uploads struct {
	mu   sync.Mutex
	list []upload // the oldest first
	life time.Duration
}

// upload is the files one worker has sent.
type upload struct {
	id, worker string
	files      []exchange.Upload
	size       int64
}

// keep keeps files for a worker and gives the reference they are found by. The
// oldest make way for them.
func (s *uploads) keep(worker string, files []exchange.Upload) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := upload{id: work.NewID(), worker: worker, files: files}
	for _, f := range files {
		one.size += f.Size
	}
	s.list = append(s.list, one)
	for len(s.list) > 1 && (len(s.list) > mostUploads || s.bytes() > mostUploadBytes) {
		s.list = slices.Delete(s.list, 0, 1)
	}
	time.AfterFunc(s.life, func() { s.drop(one.id) })
	return one.id
}

func (s *uploads) bytes() (n int64) {
	for _, u := range s.list {
		n += u.size
	}
	return n
}

// find gives the files of a reference to the worker who sent them.
func (s *uploads) find(id, worker string) (files []exchange.Upload, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.list {
		if u.id == id && u.worker == worker {
			return slices.Clone(u.files), true
		}
	}
	return nil, false
}

// drop forgets the files of a reference.
func (s *uploads) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(u upload) bool { return u.id == id })
}
