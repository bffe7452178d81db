# Short names for the scripts; `make help` lists them.
.PHONY: help build test fast demo lint fmt bench

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

build: ## build/mqtt-vitals, as it ships
	./scripts/build

test: ## everything: unit, property, end-to-end
	./scripts/test

fast: ## the tests that need no broker
	./scripts/test --fast

demo: ## a broker of our own, frozen, thawed, killed and stopped
	./scripts/demo

lint: ## format, shell scripts, includes
	./scripts/format --check
	shellcheck scripts/* .ci/run
	python3 tests/structure/check_includes.py

fmt: ## format all C++
	./scripts/format

bench: ## the benchmarks
	./scripts/bench
