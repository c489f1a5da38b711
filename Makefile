# Two commands: `make demo` and `make test`. Each makes .venv from a hashed lock, once.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
LANGUAGE ?= nl
SHARED ?= ../shared
# A lock names everything; left to solve it again, pip may take a newer release than the lock knows, and refuses its hash.
INSTALL := $(BIN)/python -m pip install --quiet --no-deps
# Also where Python is told to write no bytecode: compiling our own code takes a third of a second of every command.
COMPILE := $(BIN)/python -m compileall -q formulary matcher service

.PHONY: demo test check-all bench accuracy warm peers lock clean

demo: .venv/ready-to-run
	$(BIN)/formulary demo --lang $(LANGUAGE)

test: .venv/ready-to-test
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term tests

# What CI runs after `make test`: format, lint, types, and one round of every benchmark.
check-all: .venv/ready-to-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest benchmarks --benchmark-disable -q

bench: .venv/ready-to-test
	$(BIN)/python -m pytest benchmarks --benchmark-columns=min,median,rounds --benchmark-sort=name -s

# How right identification is on real labels: figures, the page of errors by cause, the reliability plot.
accuracy: .venv/ready-to-test
	$(BIN)/python benchmarks/accuracy.py $(SHARED)/data .accuracy

# What one label costs, what a second run costs, and how both grow with the catalogue.
warm: .venv/ready-to-test
	PYTHONPATH=. $(BIN)/python benchmarks/warm.py

# The same labels by us and by the usual matchers, in one run; SHARED holds the generator and the real labels.
peers: .venv/ready-to-test
	$(INSTALL) --require-hashes -r locks/peers.lock
	$(BIN)/python $(SHARED)/perf/gen.py --out .peers --lines --dirty 20000 200000
	PYTHONPATH=. $(BIN)/python benchmarks/peers.py .peers $(SHARED)/data

.venv/bin/python:
	PYTHON="$(PYTHON)" sh .ci/make-venv

.venv/ready-to-run: .venv/bin/python locks/run.lock pyproject.toml
	$(INSTALL) --require-hashes -r locks/run.lock
	$(INSTALL) --no-build-isolation -e .
	$(COMPILE)
	touch $@

.venv/ready-to-test: .venv/bin/python locks/dev.lock pyproject.toml
	$(INSTALL) --require-hashes -r locks/dev.lock
	$(INSTALL) --no-build-isolation -e .
	$(COMPILE)
	touch .venv/ready-to-run $@

# Solve the dependencies anew; the locks name versions and hashes, never an address.
lock: .venv/bin/python
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --generate-hashes --no-header --no-annotate \
	  pyproject.toml locks/build.in -o locks/run.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --generate-hashes --no-header --no-annotate \
	  -c locks/run.lock pyproject.toml locks/dev.in -o locks/dev.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  -c locks/dev.lock locks/peers.in -o locks/peers.lock

clean:
	rm -rf .venv formulary-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
