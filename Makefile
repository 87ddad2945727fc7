# Postern's targets. `make up` shows it, `make test` proves it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# The demo, the tests and the bench look here, wherever else cargo is told to build.
export CARGO_TARGET_DIR := $(CURDIR)/target

# By name, so that rustup asks its server for nothing (tools/toolchain says which).
ifneq ($(filter-out help down clean,$(or $(MAKECMDGOALS),help)),)
RUSTUP_TOOLCHAIN := $(shell tools/toolchain || echo none)
ifeq ($(lastword $(RUSTUP_TOOLCHAIN)),none)
$(error there is no Rust to build with: see above)
endif
ifneq ($(RUSTUP_TOOLCHAIN),)
export RUSTUP_TOOLCHAIN
endif
endif

.PHONY: help up down test bench bench-growth bench-pages soak screenshots build filter fmt lint e2e wasm-test test-tls test-compose fuzz clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

up: build filter ## Start Envoy and backend, show the demo, stay until Ctrl-C
	@export POSTERN_ENVOY="$$(tools/envoy)" && [ -n "$$POSTERN_ENVOY" ] && exec target/release/postern-demo up

down: ## Stop what `POSTERN_DETACH=1 make up` left running
	@if [ -x target/release/postern-demo ]; then target/release/postern-demo down; else echo "Nothing was started here."; fi

test: ## Format, lints, and every test: native, in wasm, end to end, and in containers where an engine answers
	@tools/test

bench: build filter ## Measure the edge and the backend
	@export POSTERN_ENVOY="$$(tools/envoy)" && [ -n "$$POSTERN_ENVOY" ] && cargo run --release -p postern-bench

bench-growth: build filter ## Measure the backend as its store fills (GROWTH="--millions 0,1,10,50")
	@export POSTERN_ENVOY="$$(tools/envoy)" && [ -n "$$POSTERN_ENVOY" ] && cargo run --release -p postern-bench -- growth $(GROWTH)

bench-pages: build filter ## Measure the console's pages over 100,000 deliveries (PAGES="--stores sqlite")
	@cargo run --release -p postern-bench -- pages $(PAGES)

soak: build filter ## Good and hostile traffic for SOAK_SECONDS (600), memory judged, into docs/ or SOAK_OUT
	@export POSTERN_ENVOY="$$(tools/envoy)" && [ -n "$$POSTERN_ENVOY" ] && cargo run -p postern-tests --bin soak

screenshots: build filter ## Pictures of the console's pages, in both colours, into docs/screenshots
	@tools/need chromium:chromium chromedriver:chromium-driver :fonts-dejavu-core
	@export POSTERN_ENVOY="$$(tools/envoy)" && [ -n "$$POSTERN_ENVOY" ] && cargo run -p postern-tests --bin screenshots

build: ## Build backend and demo in release
	@tools/need cc:build-essential
	cargo build --release -p postern -p postern-stand

filter: ## Build the filter to target/postern_filter.wasm
	@tools/need cc:build-essential
	@tools/wasm build

fmt: ## Format the code
	cargo fmt --all

lint: ## Check the format, and clippy with warnings denied
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@tools/wasm lint

e2e: ## Only the end-to-end tests, on the newest and the lowest Envoy
	@tools/test e2e

wasm-test: ## Only the tests inside wasm
	@tools/test wasm

test-tls: ## Only testssl.sh, against the HTTPS listener that ships
	@tools/test tls

test-compose: ## Only docker-compose.yml, its images compiled in containers, on this machine's Docker engine
	@tools/test compose

fuzz: ## Fuzz the decoders, each for FUZZ_SECONDS (60)
	@tools/fuzz $(or $(FUZZ_SECONDS),60)

clean: down ## Stop the demo, remove what was built and the demo's state
	rm -rf target var
