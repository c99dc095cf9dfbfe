# Svilpe: everything a developer or an operator runs from a checkout.
# `make` alone prints the targets. Only Go, gcc and make are needed for run and
# build; each target that needs more says so, or installs it where it can.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Go is found also where it was unpacked but not put on the PATH.
export PATH := $(PATH):/usr/local/go/bin

# What the released program is built with; `go test ./...` works without them.
#   sqlite_omit_load_extension  SQLite cannot load code from a file
#   sqlite_secure_delete        deleted rows are overwritten with zeros
#   netgo, osusergo             no libc resolver, so that the link is static
#   timetzdata                  Europe/Riga is known on a machine without tzdata
TAGS := sqlite_omit_load_extension,sqlite_secure_delete,netgo,osusergo,timetzdata
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -linkmode external -extldflags -static
export CGO_ENABLED := 1

# Where goroutines share state. The race detector costs several times the time,
# so that only these are run a second time under it.
RACE := $(addsuffix /...,$(addprefix ./,$(wildcard internal/store internal/httpd internal/intake internal/auth internal/audit)))

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BIN := $(CURDIR)/.bin

# need(packages): Debian packages that a target cannot do without. Root installs
# what is missing; anyone else is told the one line to run.
define need
missing=; for p in $(1); do \
  [ "$$(dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null)" = installed ] || missing="$$missing $$p"; done; \
if [ -n "$$missing" ]; then \
  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    echo "installing:$$missing"; apt-get update -q; \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
  else echo "missing:$$missing. Run: sudo apt-get install --no-install-recommends$$missing" >&2; exit 1; fi; fi
endef

.PHONY: help run test axe-all check lint build bench pages pictures fuzz docker image umoci clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build and serve a practice instance on http://127.0.0.1:8080
	mkdir -p demo
	dist/svilpe demo --data demo/data --keys demo/keys --listen 127.0.0.1:8080 --credentials demo/credentials.json

test: ## install what the tests need, then run all of them
	@$(call need,gcc libc6-dev chromium fonts-dejavu-core fonts-noto-core poppler-utils tidy)
	go test -tags $(TAGS) -timeout 14m ./...
ifneq ($(RACE),)
	go test -tags $(TAGS) -timeout 14m -race $(RACE)
endif

axe-all: ## look at every page and state in every language, theme and width, some ten minutes
	@$(call need,chromium fonts-dejavu-core fonts-noto-core tidy)
	FACES=all go test -tags $(TAGS) -count 1 -timeout 60m -v -run '^TestFacesAll$$' ./cmd/svilpe | grep -vE '^ *(=== (RUN|PAUSE|CONT|NAME)|--- PASS)'

check: ## gofmt, go vet and staticcheck
	@bad=$$(gofmt -l cmd internal web); if [ -n "$$bad" ]; then echo "not gofmt'ed:"; echo "$$bad"; exit 1; fi
	go vet -tags $(TAGS) ./...
	if go tool -n staticcheck >/dev/null 2>&1; then go tool staticcheck -tags $(TAGS) ./...; \
	else $(MAKE) --no-print-directory $(BIN)/staticcheck; $(BIN)/staticcheck -tags $(TAGS) ./...; fi

lint: $(BIN)/golangci-lint ## golangci-lint with .golangci.yml (built into .bin/, some minutes the first time)
	$(BIN)/golangci-lint run --build-tags $(TAGS) ./...

$(BIN)/staticcheck:
	GOBIN=$(BIN) go install $(STATICCHECK)

$(BIN)/golangci-lint:
	GOBIN=$(BIN) go install $(GOLANGCI)

build: ## build dist/svilpe, one static file
	@command -v gcc >/dev/null || { echo "gcc is missing (SQLite is C). Run: sudo apt-get install gcc libc6-dev" >&2; exit 1; }
	go build -trimpath -buildvcs=false -tags $(TAGS) -ldflags '$(LDFLAGS)' -o dist/svilpe ./cmd/svilpe

bench: ## print the benchmarks, one package after another, each beside its baseline
	go test -tags $(TAGS) -p 1 -timeout 60m -run '^$$' -bench . -benchmem ./...

pages: ## pictures of every page and state into pages/, and a sheet of them; LANGS=all for four languages
	@$(call need,chromium fonts-dejavu-core fonts-noto-core)
	rm -rf pages && mkdir pages
	PAGES_DIR=$(CURDIR)/pages go test -tags $(TAGS) -count 1 -timeout 30m -run '^TestPages$$' ./cmd/svilpe
	@[ -n "$$(ls pages)" ] || { echo "no page was drawn" >&2; exit 1; }

pictures: ## draw the pictures of the documents into docs/img/
	@$(call need,chromium fonts-dejavu-core fonts-noto-core)
	PICTURES_DIR=$(CURDIR)/docs/img go test -tags $(TAGS) -count 1 -timeout 10m -run '^TestPictures$$' ./cmd/svilpe

fuzz: ## fuzz every Fuzz function for 20 seconds
	@found=$$(grep -rnoE '^func Fuzz[A-Za-z0-9_]+' --include='*_test.go' cmd internal web | sed -E 's|^(.*)/[^/]*:[0-9]+:func (.*)|\1 \2|' || true); \
	[ -n "$$found" ] || { echo "no Fuzz function was found" >&2; exit 1; }; \
	while read -r dir name; do echo "$$dir $$name"; \
	  go test -tags $(TAGS) -run '^$$' -fuzz "^$$name\$$" -fuzztime 20s "./$$dir" </dev/null; done <<<"$$found"

docker: ## build the container image with docker or podman
	@engine=$$(command -v docker || command -v podman) || { echo "neither docker nor podman is here: make image needs no engine" >&2; exit 1; }; \
	"$$engine" build --build-arg VERSION=$(VERSION) -t svilpe:$(VERSION) .

# The same image as the Dockerfile's, put together without an engine and
# without root: umoci writes the OCI layout and maps the builder's own id to
# root for the program and to 65532 for the two folders. OCI knows no health
# check; whoever runs the image gives the engine `svilpe serve --probe`.
image: umoci build ## write dist/svilpe-oci.tar without an engine (umoci, from Debian)
	rm -rf dist/oci dist/root dist/svilpe-oci.tar
	install -d -m 0700 dist/root/data dist/root/keys
	install -m 0755 dist/svilpe dist/root/svilpe
	umoci init --layout dist/oci
	umoci new --image dist/oci:svilpe
	umoci insert --image dist/oci:svilpe --uid-map 0:$$(id -u):1 --gid-map 0:$$(id -g):1 dist/root/svilpe /svilpe
	for d in data keys; do umoci insert --image dist/oci:svilpe \
	  --uid-map 65532:$$(id -u):1 --gid-map 65532:$$(id -g):1 dist/root/$$d /$$d; done
	umoci config --image dist/oci:svilpe --config.user 65532:65532 \
	  --config.entrypoint /svilpe --config.cmd serve --config.volume /data --config.volume /keys \
	  --config.exposedports 8080/tcp --config.env SVILPE_PATHS__DATA=/data \
	  --config.env SVILPE_PATHS__KEYS=/keys --config.env SVILPE_LISTEN__PUBLIC=0.0.0.0:8080 \
	  --config.label org.opencontainers.image.version=$(VERSION) \
	  --config.label org.opencontainers.image.licenses=EUPL-1.2
	umoci gc --layout dist/oci
	tar -C dist/oci -cf dist/svilpe-oci.tar .
	@echo "dist/svilpe-oci.tar: load it with docker load, podman load or skopeo copy oci-archive:"

umoci:
	@command -v umoci >/dev/null || { echo "umoci is missing. Run: sudo apt-get install umoci" >&2; exit 1; }

clean: ## remove what was built (never data/, keys/ or demo/)
	rm -rf dist pages .bin
