# The two commands are `make demo` and `make test`: each does all its set-up. On
# a fresh machine they need make, Go 1.26 and Node 20 or later; as root they
# install the Debian packages that are missing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export CGO_ENABLED ?= 0
export GOFLAGS ?= -buildvcs=false

CSS := internal/web/static/built/homeward.css
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help
help: ## List what make can do
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.PHONY: demo
demo: build ## Make a synthetic region and serve it on this machine
	bin/homeward demo

.PHONY: build
build: $(CSS) ## Build bin/homeward, one static binary, and the verifier of its audit record
	go build -trimpath -o bin/ ./cmd/homeward ./cmd/homeward-verify

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

$(CSS): node_modules/.package-lock.json $(wildcard internal/web/style/*.scss)
	npm run --silent build:css

.PHONY: setup
setup: ## Install the Debian packages the tests use (PostgreSQL, Chromium)
	scripts/setup

.PHONY: test
test: setup $(CSS) lint ## Run everything: lint, unit, property, both databases, browser with axe
	HOMEWARD_TEST_REQUIRE=1 scripts/with-postgres bash -c 'go test -timeout 20m ./... && scripts/second-line'
	@echo "make test: $$(go version), $$(chromium --version 2>/dev/null), $$(scripts/sqlite-version)"

.PHONY: lint
lint: ## Check format, vet and staticcheck
	@unformatted=$$(gofmt -s -l cmd internal); if [ -n "$$unformatted" ]; then echo "gofmt -s -w these:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go mod verify >/dev/null
	go run $(STATICCHECK) ./...

.PHONY: bench
bench: $(CSS) ## Measure speed and memory against the published limits
	scripts/bench

.PHONY: soak
soak: setup $(CSS) ## What takes long: fuzzing, kill tests, crawls
	scripts/soak

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin node_modules internal/web/static/built
