# Each target makes its own environment in .venv. `make demo` asks for nothing; `make test` needs a browser.
PYTHON ?= python3
PORT ?= 8799
DESK ?= fr
BIN := .venv/bin

.PHONY: demo test check-code measure-tact screenshots browser lock clean
.DEFAULT_GOAL := demo

.venv/.ready: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[dev]'
	@touch $@

demo: .venv/.ready  ## The bot with an example brand, on a Telegram on this computer (PORT=8800: there; DESK=en).
	$(BIN)/python -m bot demo --port $(PORT) --language $(DESK)

test: .venv/.ready browser check-code  ## Everything that must hold: style, types, stories, page, short fault runs.
	$(BIN)/pytest -n 4 --dist loadfile --cov=bot --cov-report=term:skip-covered

check-code: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

measure-tact: .venv/.ready  ## How often a person is asked about a reply, rightly and for nothing.
	$(BIN)/python -m tests.tact.measure

screenshots: .venv/.ready browser  ## The pictures of README and docs/, made again by playing the demo.
	$(BIN)/python -m tests.pictures

browser: .venv/.ready  ## A real browser for the page test, if there is none yet.
	@tests/install-browser

lock: ## Write down the versions that were tried.
	$(BIN)/pip freeze --exclude-editable | sed -e '/^first-responder/d' -e 's/+cpu$$//' -e '/@/d' > requirements.lock

clean:
	rm -rf .venv .venv-bench .mypy_cache .pytest_cache .ruff_cache

include tests/load/load.mk tests/faults/faults.mk models/models.mk
