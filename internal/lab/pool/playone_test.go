package pool

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

// TestOneReplicationIsThatOfTheRun plays each by itself, the last first.
func TestOneReplicationIsThatOfTheRun(t *testing.T) {
	for _, search := range []string{ByWorker, ByAdopter, ByPlan} {
		s := small(t)
		s.Policy.Search = search
		_, lines, _ := bytes.Cut(written(t, s, Options{}), []byte("\n"))
		for i, want := range bytes.Split(bytes.TrimSuffix(lines, []byte("\n")), []byte("\n")) {
			got, err := PlayOne(t.Context(), s, i)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: replication %d is another by itself (%v)", search, i, err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err := PlayOne(ctx, s, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: cancelled, it says %v", search, err)
		}
	}
}

func TestATableIsOfEveryWay(t *testing.T) {
	s := small(t)
	ways, err := Ways(s, []string{"DER"})
	if err != nil || len(ways) < 2 {
		t.Fatal(len(ways), err)
	}
	if _, err := Tabulate(s, []string{"DER"}, make([][]Result, len(ways)-1)); err == nil {
		t.Error("a table was made though a way was not played")
	}
}
