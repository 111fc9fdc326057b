package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"homeward/internal/db"
	"homeward/internal/work"

	"github.com/alexedwards/scs/v2"
)

// sessionLife is how long a session lasts, however busy.
const sessionLife = 12 * time.Hour

// Facts is what a session knows: nothing personal. Every one is asked about on
// every request.
type Facts struct {
	Account   string
	Epoch     int64 // of the account when this session began
	Factor    Factor
	Begun     time.Time
	Seen      time.Time
	Confirmed time.Time // when they last proved who they are
}

// ConfirmedWithin tells whether somebody proved not long ago who they are: for
// sensitive acts.
func (f Facts) ConfirmedWithin(now time.Time, d time.Duration) bool {
	return !f.Confirmed.After(now) && now.Sub(f.Confirmed) <= d
}

// Recognise tells whose session this is, if it is still good. It is asked on
// every request, inside that request's unit of work or just before, so that who
// was ended, signed out everywhere or given another role is out at once.
func (g *Gate) Recognise(u *work.Unit, f Facts) (Account, bool, error) {
	if f.Account == "" {
		return Account{}, false, nil
	}
	a, ok, err := byID(u, f.Account)
	if err != nil || !ok || !g.good(u, a, f) {
		return Account{}, false, err
	}
	return a, true, nil
}

func (g *Gate) good(u *work.Unit, a Account, f Facts) bool {
	return a.State != Ended && a.Epoch == f.Epoch &&
		f.Begun.Sub(u.Now) < time.Minute && u.Now.Sub(f.Begun) < sessionLife && u.Now.Sub(f.Seen) < g.idle
}

// Sessions keeps what belongs to a browser on the server, under a random token
// that only the browser knows: the table holds its hash.
type Sessions struct{ *scs.SessionManager }

// NewSessions keeps sessions in the desk's database. Secure is for pages served
// by https.
func NewSessions(desk *work.Desk, secure bool) *Sessions {
	s := scs.New()
	s.Store, s.Lifetime, s.HashTokenInStore = shelf{desk}, sessionLife, true
	s.Cookie = scs.SessionCookie{Name: "homeward", Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	if secure {
		s.Cookie.Name = "__Host-homeward" // browsers then let no other host set it
	}
	return &Sessions{s}
}

const factsKey = "facts"

// Facts gives what the session of a request knows of who signed in.
func (s *Sessions) Facts(ctx context.Context) (f Facts, ok bool) {
	text := s.GetString(ctx, factsKey)
	return f, text != "" && json.Unmarshal([]byte(text), &f) == nil
}

// SignIn puts facts into the session, under a new token: one that somebody
// planted or saw before is worth nothing after. What else it held is forgotten.
func (s *Sessions) SignIn(ctx context.Context, f Facts) error {
	if err := s.Clear(ctx); err != nil {
		return err
	}
	if err := s.RenewToken(ctx); err != nil {
		return err
	}
	return s.put(ctx, f)
}

func (s *Sessions) put(ctx context.Context, f Facts) error {
	text, err := json.Marshal(f)
	if err == nil {
		s.Put(ctx, factsKey, string(text))
	}
	return err
}

// Touch notes that a session was used, at most once a minute.
func (s *Sessions) Touch(ctx context.Context, f Facts, now time.Time) error {
	if now.Sub(f.Seen) < time.Minute {
		return nil
	}
	f.Seen = now
	return s.put(ctx, f)
}

// SignOut ends the session.
func (s *Sessions) SignOut(ctx context.Context) error { return s.Destroy(ctx) }

// Keep puts something into the session for the next step; "" takes it out.
func (s *Sessions) Keep(ctx context.Context, what, value string) {
	if value == "" {
		s.Remove(ctx, "kept "+what)
		return
	}
	s.Put(ctx, "kept "+what, value)
}

// Take gives what was kept and takes it out: good once.
func (s *Sessions) Take(ctx context.Context, what string) string {
	return s.PopString(ctx, "kept "+what)
}

// shelf is where sessions lie. How long one lies there goes by the desk's clock;
// whether it is good is for Recognise to say.
type shelf struct{ desk *work.Desk }

// db is the database on behalf of whoever stands at the door.
func (s shelf) db() *db.DB { return s.desk.DB.As(db.Scope{Role: string(Doorkeeper.Role)}) }

// FindCtx gives a session's data.
func (s shelf) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.db().Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT data FROM session WHERE token = $1 AND expiry > $2 AND LENGTH(data) > 0", token, db.Instant{Time: s.desk.Clock()}).Scan(&data)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx writes a session's data.
func (s shelf) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	return s.db().Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO session (token, data, expiry) VALUES ($1, $2, $3) ON CONFLICT (token) DO UPDATE SET data = $2, expiry = $3 WHERE LENGTH(session.data) > 0",
			token, data, db.Instant{Time: s.desk.Clock().Add(sessionLife)})
		return err
	})
}

// DeleteCtx empties a session. Its row stays until it runs out, so that another
// request of the same browser, still under way, cannot bring it back.
func (s shelf) DeleteCtx(ctx context.Context, token string) error {
	return s.db().Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE session SET data = $2 WHERE token = $1", token, []byte{})
		return err
	})
}

// Find is FindCtx for a caller without a context.
func (s shelf) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for a caller without a context.
func (s shelf) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for a caller without a context.
func (s shelf) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
