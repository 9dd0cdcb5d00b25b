# The commands of the house. Each does what its line in `make help` says; what they run stands in scripts/.

target := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help run test check bench build

help: ## say what each command does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build, then serve a demo workspace from ./data on an embedded database
	@echo 'make: starting the server with a demo workspace; its data stays in ./data' >&2
	@$(target)/release/parlance serve --demo

test: ## run every test on SQLite and on a throw-away PostgreSQL
	@scripts/test

check: ## format, lints, documentation, licences, shell scripts
	@scripts/check

bench: ## measure a release build and print the published figures
	@echo 'make: building the server and the load generator with optimisation' >&2
	@cargo build --release --locked -p parlance-server -p parlance-bench
	@$(target)/release/parlance-bench

build: ## build target/release/parlance
	@echo 'make: building the server with optimisation (a few minutes the first time)' >&2
	@cargo build --release --locked
