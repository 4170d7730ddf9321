SWIFT ?= swift
SOURCES = $(wildcard Package.swift Sources plugins Tests Benchmarks)

.DEFAULT_GOAL := help
.PHONY: help packages test-packages build test fuzz demo bench lint format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages: ## Install the Debian packages a build needs, those that are missing
	@scripts/install-packages.sh

test-packages: ## The same, and those the tests need
	@scripts/install-packages.sh --test
	@scripts/install-stores.sh

build: packages ## Build the release binary, .build/release/catchment
	$(SWIFT) build -c release --static-swift-stdlib --product catchment

test: test-packages ## Build and run all tests
	@scripts/generate-elements.py --check
	$(SWIFT) test
	@scripts/compare-decoders.py --binary .build/debug/catchment
	@scripts/check-object-stores.py --binary .build/debug/catchment --kills 3

fuzz: packages ## Run what reads bytes of strangers on damaged inputs, for an hour
	scripts/fuzz.py

demo: build ## Run the agent on recorded traffic and show what it writes
	@scripts/demo.sh

bench: build ## Measure
	Benchmarks/run.sh

lint: ## Check the formatting
	$(SWIFT) format lint --strict -r $(SOURCES)

format: ## Format in place
	$(SWIFT) format -i -r $(SOURCES)

clean: ## Remove what builds and the demonstration made
	rm -rf .build demo
