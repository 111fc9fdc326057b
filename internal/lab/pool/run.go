package pool

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"homeward/internal/fault"
)

// head is the first line of a file of results: whose they are and what their
// numbers mean.
type head struct {
	Scenario    string   `json:"scenario"`
	Fingerprint string   `json:"fingerprint"`
	Flows       []string `json:"flows"`
	Stocks      []string `json:"stocks"`
	Councils    []string `json:"councils"`
}

func (s *Scenario) head() []byte {
	h := head{Scenario: s.Name, Fingerprint: s.Fingerprint(), Flows: FlowNames, Stocks: StockNames}
	for _, c := range s.councils() {
		h.Councils = append(h.Councils, c.Code)
	}
	return line(h)
}

func line(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers and names
	}
	return append(text, '\n')
}

// Options are how a run is done; none of them changes its results.
type Options struct {
	Processors int                   // goroutines; 1 if not said
	Done       int                   // replications in the file already
	Progress   func(done, total int) // told after each replication
	planner    Planner               // for tests: instead of the policy's
}

// Run plays a scenario's replications and writes each as a line, in order, after
// a line that says what they are. A run that is cut short has written whole
// replications alone; Resume says where to go on.
func Run(ctx context.Context, s *Scenario, out io.Writer, o Options) error {
	if o.Done == 0 {
		if _, err := out.Write(s.head()); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	made := start(ctx, s, o)
	for i := o.Done; i < s.Replications; i++ {
		got, ok := <-made[i%len(made)]
		if !ok {
			return ctx.Err()
		}
		if got.err != nil {
			return got.err
		}
		if _, err := out.Write(got.text); err != nil {
			return err
		}
		if o.Progress != nil {
			o.Progress(i+1, s.Replications)
		}
	}
	return nil
}

// PlayOne plays one replication and gives its line, without its end: what Run
// writes of it, whenever and in whatever order it is asked for.
func PlayOne(ctx context.Context, s *Scenario, replication int) ([]byte, error) {
	got := newSim(newSetup(s, planners[s.Policy.Planner])).safely(ctx, replication)
	return bytes.TrimSuffix(got.text, []byte("\n")), got.err
}

type played struct {
	text []byte
	err  error
}

// start sets the players to work: the first takes every so manieth replication,
// the second the next, so that their order is known however fast each is.
func start(ctx context.Context, s *Scenario, o Options) []chan played {
	planner := o.planner
	if planner == nil {
		planner = planners[s.Policy.Planner]
	}
	m := newSetup(s, planner)
	players := make([]chan played, max(1, o.Processors))
	for i := range players {
		players[i] = make(chan played, 1)
	}
	for n := range players {
		first := o.Done + n
		go play(ctx, newSim(m), first, len(players), players[first%len(players)])
	}
	return players
}

func play(ctx context.Context, player *sim, first, step int, out chan<- played) {
	defer close(out)
	for i := first; i < player.scenario.Replications; i += step {
		select {
		case out <- player.safely(ctx, i):
		case <-ctx.Done():
			return
		}
	}
}

// safely turns a fault of the program into an error that names the replication,
// so that it does not take down what is running beside it.
func (s *sim) safely(ctx context.Context, replication int) (got played) {
	defer func() {
		if fault := recover(); fault != nil {
			got.err = fmt.Errorf("replication %d of %q stopped: %v", replication, s.scenario.Name, fault)
		}
	}()
	result, err := s.play(ctx, replication)
	if err != nil {
		return played{err: err}
	}
	return played{text: line(result)}
}

// Resume reads the results of a scenario that are in a file already, and says
// how many bytes of it are whole: what follows is a line cut short, to be cut off
// before the run goes on with Options.Done = len(results).
func Resume(s *Scenario, in io.Reader) (results []Result, whole int64, err error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, 0, err
	}
	first, rest, ok := bytes.Cut(text, []byte("\n"))
	if !ok && bytes.HasPrefix(s.head(), first) {
		return nil, 0, nil // it was killed at once
	}
	var h head
	if err := json.Unmarshal(first, &h); err != nil || h.Fingerprint == "" {
		return nil, 0, fault.New(fault.Invalid, "this is not a file of this scenario's results; give another name, and nothing in it is touched")
	}
	if h.Fingerprint != s.Fingerprint() {
		return nil, 0, fault.New(fault.Invalid, fmt.Sprintf("these are results of another scenario (%q), number of replications or version of the laboratory; write to a new file", h.Scenario))
	}
	whole = int64(len(first) + 1)
	for {
		next, after, ok := bytes.Cut(rest, []byte("\n"))
		if !ok && len(results) == 0 {
			return nil, 0, nil // the head alone: Run writes it again
		}
		if !ok {
			return results, whole, nil
		}
		var r Result
		if err := json.Unmarshal(next, &r); err != nil || r.Replication != len(results) {
			return nil, 0, fault.New(fault.Invalid, fmt.Sprintf("line %d of the results is damaged; take it and all after it away, and run again", len(results)+2))
		}
		results, rest, whole = append(results, r), after, whole+int64(len(next)+1)
	}
}

// Play is Run, with the results kept and not written.
func Play(ctx context.Context, s *Scenario, o Options) ([]Result, error) {
	var out bytes.Buffer
	o.Done = 0
	if err := Run(ctx, s, &out, o); err != nil {
		return nil, err
	}
	results, _, err := Resume(s, &out)
	return results, err
}
