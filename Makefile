# Two commands on a fresh machine, nothing before them:
#
#   make demo    sets up, then runs a campaign from a contact file to its analytics
#   make test    sets up, then runs everything that CI runs
#
# `make setup` is what both share; it is safe to run at any time and takes no time when nothing changed.

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint

help:
	@sed -n 's/^#   \(make\)/  \1/p' Makefile

setup:
	@sh scripts/setup.sh

demo: setup
	@.venv/bin/outbound demo

test: setup
	@.venv/bin/outbound dev test

lint: setup
	@.venv/bin/outbound dev lint
