package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"homeward/internal/agency"
	"homeward/internal/work"
)

// Demonstration accounts share one password and one secret that are printed for
// everybody to see. A server that others can reach refuses to start with one.
const (
	DemonstrationPassword = "only for demonstration"
	DemonstrationSecret   = "HOMEWARDDEMONSTRATIONNOTASECRET2"
)

// DemonstrationCode is the code of every demonstration account at a moment.
func DemonstrationCode(now time.Time) (string, error) {
	return Enrolment{Secret: DemonstrationSecret}.Code(now)
}

// Demonstrate makes an account for each worker, named by what they work as and
// for whom. One hash serves all.
func (g *Gate) Demonstrate(ctx context.Context, u *work.Unit, workers []agency.Worker) ([]Account, error) {
	hash, err := g.oven.make(ctx, DemonstrationPassword)
	if err != nil {
		return nil, err
	}
	list, made, taken := make([]newAccount, len(workers)), make([]Account, len(workers)), map[string]int{}
	for i, w := range workers {
		name := strings.ReplaceAll(string(w.Role), "_", "-") + "." + strings.ToLower(w.Agency)
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s.%d", name, taken[name])
		}
		list[i] = newAccount{work.NewID(), w.Agency, w.ID, normal(name), hash, true}
		made[i] = Account{ID: list[i].id, Worker: w, SignInName: list[i].name, State: Active, Demonstration: true, Epoch: 1, Made: u.Now, Opened: u.Now, TOTP: true}
		note(u, "added", made[i], "demonstration")
	}
	if err := insert(u, list...); err != nil {
		return nil, err
	}
	for _, a := range list {
		if err := g.writeTOTP(u, a.id, DemonstrationSecret, 0); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// HasDemonstration tells whether there is a demonstration account.
func HasDemonstration(u *work.Unit) (bool, error) {
	var n int
	err := u.QueryRow("SELECT COUNT(*) FROM account WHERE demonstration AND state <> $1", string(Ended)).Scan(&n)
	return n > 0, err
}
