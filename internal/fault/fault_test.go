package fault

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
)

func TestUnknownErrorsTellNothing(t *testing.T) {
	err := errors.New("pq: column birth_name does not exist")
	if got := Message(err); got != "Something went wrong in Homeward. Nothing was changed." {
		t.Errorf("message = %q", got)
	}
	if HTTPStatus(err) != http.StatusInternalServerError || ExitCode(err) != 1 {
		t.Errorf("status %d, exit %d", HTTPStatus(err), ExitCode(err))
	}
}

func TestKindSurvivesWrapping(t *testing.T) {
	cause := errors.New("disk says no")
	err := fmt.Errorf("import: %w", Wrap(TooLarge, "The file is too large.", cause))
	if KindOf(err) != TooLarge || Message(err) != "The file is too large." {
		t.Errorf("kind %v message %q", KindOf(err), Message(err))
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost to the log")
	}
}

func TestAnInternalMessageIsNeverShown(t *testing.T) {
	err := New(Internal, "index out of range in seal")
	if Message(err) == "index out of range in seal" {
		t.Error("an internal message reached a person")
	}
}

func TestEveryKindHasAStatusAndAnExitCode(t *testing.T) {
	for k := Internal; k <= NotReady; k++ {
		if httpStatus[k] == 0 || exitCode[k] == 0 {
			t.Errorf("kind %d has status %d, exit %d", k, httpStatus[k], exitCode[k])
		}
	}
	if ExitCode(nil) != 0 {
		t.Error("no error must exit 0")
	}
}
