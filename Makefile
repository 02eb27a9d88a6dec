# Saldo's commands. Each target tracks its inputs, so that a second run starts at once.
# .SHELLFLAGS needs version 4, which --output-sync came with; macOS brings 3.81.
ifeq ($(filter output-sync,$(.FEATURES)),)
  $(error Saldo needs GNU make 4 or newer, and this is $(MAKE_VERSION): install it (on macOS: brew install make, then gmake))
endif
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

APP := .venv
BOT := .venv-bot
MODEL := var/models/saldo.tar.gz
TRAINING_LOG := var/logs/train.log
VALIDATION_LOG := var/logs/validate.log
WEB := handoff/web
NODE := PATH="$(CURDIR)/$(APP)/bin:$$PATH"
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
# Without compiled files each of the many processes that the tests start would compile every library anew.
unexport PYTHONDONTWRITEBYTECODE
# Rasa's libraries warn about each other at every start; nobody here can act on it.
BOT_PYTHON := PYTHONWARNINGS=ignore TF_CPP_MIN_LOG_LEVEL=3 $(BOT)/bin/python

PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

say = @printf '\033[2m%s\033[0m\n' "$(1)"
# Rasa says a great deal while it trains; the log keeps it, the terminal shows which part is at work.
training_steps = grep --line-buffered --only-matching --extended-regexp "Starting to train component '[A-Za-z]+'|Your Rasa model is trained"
# Says at each line which of the lanes side by side it comes from; nothing waits in a buffer.
lane = awk '{ print "$(1)  " $$0; fflush() }'
test-%: export PYTHONUNBUFFERED := 1
download_failed = { echo 'A download failed: check the network connection (or the proxy settings), then run the same command again.' >&2; exit 1; }

WEB_SOURCES := $(shell find $(WEB) -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print 2>/dev/null)
BOT_SOURCES := config.yml $(shell find data bot/domain bot/nlu -name '*.yml' -o -path 'bot/nlu/*.py' 2>/dev/null)

.PHONY: help install web run test check train clean test-long test-python test-pages test-talks test-system test-bot test-web slowest bench bench-latency bench-understanding bench-billing audit-injection requirements

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(APP)/.installed: requirements/dev.txt requirements/uv.txt pyproject.toml
	@[ -n '$(PYTHON)' ] || { echo 'Saldo needs Python 3.11 or newer with venv: install it (on Debian: apt install python3 python3-venv), then run make again.' >&2; exit 1; }
	$(call say,Installing the main environment into $(APP) …)
	@[ -x $(APP)/bin/python ] || $(PYTHON) -m venv $(APP)
	@$(APP)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt || $(download_failed)
	@$(APP)/bin/uv pip sync --quiet --python $(APP)/bin/python --require-hashes requirements/dev.txt || $(download_failed)
	@$(APP)/bin/uv pip install --quiet --python $(APP)/bin/python --no-deps --editable . || $(download_failed)
	@touch $@

$(BOT)/.installed: requirements/bot.txt | $(APP)/.installed
	$(call say,Installing the bot's environment (Rasa on Python 3.10) into $(BOT) …)
	@[ -x $(BOT)/bin/python ] || $(APP)/bin/uv venv --quiet --python 3.10 $(BOT) || \
		{ echo 'The bot needs Python 3.10, and none was found or could be downloaded: install Python 3.10 (for example with pyenv), then run make again.' >&2; exit 1; }
	@$(APP)/bin/uv pip sync --python $(BOT)/bin/python --require-hashes requirements/bot.txt 2>&1 | grep -E '^(Resolved|Prepared|Installed|error|  )' || $(download_failed)
	@touch $@

$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json | $(APP)/.installed
	$(call say,Installing the web front end's libraries …)
	@cd $(WEB) && $(NODE) npm ci --silent || $(download_failed)
	@touch $@

$(WEB)/dist/.built: $(WEB_SOURCES) $(WEB)/node_modules/.installed
	$(call say,Building the web front end …)
	@cd $(WEB) && $(NODE) npm run --silent build
	@touch $@

$(MODEL): $(BOT_SOURCES) $(BOT)/.installed
	$(call say,Training the bot: several minutes the first time; two or so after new phrases; seconds after a new sentence …)
	@mkdir -p $(dir $(MODEL)) $(dir $(TRAINING_LOG))
	@$(BOT_PYTHON) -m bot train --config config.yml --domain bot/domain --data data --out $(dir $(MODEL)) --fixed-model-name saldo 2>&1 \
		| tee $(TRAINING_LOG) | $(training_steps) || { tail -n 40 $(TRAINING_LOG) >&2; exit 1; }
	@touch $@

install: $(APP)/.installed $(BOT)/.installed $(WEB)/node_modules/.installed ## Install both environments and the web front end's libraries

web: $(WEB)/dist/.built ## Build the web front end if its sources changed

run: install $(WEB)/dist/.built $(MODEL) ## Start the whole system on this machine and print its addresses
	@exec $(APP)/bin/saldo up

train: $(MODEL) ## Train the bot if its inputs changed

check: $(APP)/.installed $(WEB)/node_modules/.installed ## Lint, types, import rules
	$(APP)/bin/ruff check .
	$(APP)/bin/ruff format --check .
	$(APP)/bin/mypy
	$(APP)/bin/lint-imports
	cd $(WEB) && $(NODE) npm run --silent check

test: install ## Everything that CI runs
	@# Lanes side by side: training uses one core, and a talk with the running system is waiting for half of its time.
	@$(MAKE) --jobs=3 test-python test-pages test-talks

test-long: install ## The same, with many more cases of what is drawn at random (about twice as long)
	@TEST_EFFORT=long $(MAKE) test

test-web: $(WEB)/node_modules/.installed
	@cd $(WEB) && $(NODE) npm run --silent test 2>&1 | $(call lane,web)

test-bot: $(MODEL)
	@$(BOT_PYTHON) -m bot data validate --fail-on-warnings --config config.yml --domain bot/domain --data data >$(VALIDATION_LOG) 2>&1 || { tail -n 40 $(VALIDATION_LOG) >&2; exit 1; }
	@$(BOT_PYTHON) -m pytest -c tests/bot/pytest.ini tests/bot/nlu 2>&1 | $(call lane,bot)

test-python: install
	@# Politely: what runs beside takes longer in a row.
	@nice -n 5 $(APP)/bin/pytest --numprocesses logical --dist worksteal --ignore tests/e2e 2>&1 | $(call lane,python)

test-pages: test-web $(WEB)/dist/.built $(MODEL)
	@$(APP)/bin/pytest tests/e2e -m 'not rough' 2>&1 | $(call lane,pages)

test-talks: test-bot $(WEB)/dist/.built $(MODEL)
	@$(APP)/bin/pytest tests/e2e -m rough 2>&1 | $(call lane,talks)

test-system: test-pages test-talks

slowest: install ## Show which tests without the running system take longest
	$(APP)/bin/pytest --numprocesses logical --dist worksteal --ignore tests/e2e --quiet --durations 40 --durations-min 1

bench: install $(MODEL) ## Measure a dialogue turn beside stock Rasa (half an hour; nothing else should run)
	$(APP)/bin/python -m tests.bench.turns

bench-latency: install $(MODEL) $(WEB)/dist/.built ## Measure how long customers wait for an answer, on the website and on the phone (two minutes)
	$(APP)/bin/python -m tests.bench.latency

bench-understanding: install ## Measure understanding on public data sets beside stock Rasa's figures; DATA=FOLDER (half an hour the first time)
	@[ -n '$(DATA)' ] || { echo 'Say where the public sets are: make bench-understanding DATA=FOLDER (tests/bench/understanding.py says which and from where).' >&2; exit 1; }
	$(BOT_PYTHON) -m tests.bench.understanding '$(DATA)'

bench-billing: install ## Measure the billing run, explaining, auditing, tariffs and imports (about ten minutes)
	$(APP)/bin/python -m tests.bench.billing_run
	$(APP)/bin/python -m tests.bench.explain
	$(APP)/bin/python -m tests.bench.tariffs
	$(APP)/bin/python -m tests.bench.exchange
	$(APP)/bin/python -m tests.bench.money_histories

audit-injection: install ## Put thousands of faults into bills and see what the fairness audit finds
	$(APP)/bin/python -m tests.injection

requirements: $(APP)/.installed ## Compile requirements/*.txt anew from pyproject.toml
	compile='$(APP)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --upgrade'; \
	$$compile --python-version 3.11 pyproject.toml --output-file requirements/app.txt; \
	$$compile --python-version 3.11 pyproject.toml --group dev --output-file requirements/dev.txt; \
	$$compile --python-version 3.10 --group bot --output-file requirements/bot.txt; \
	grep -A99 '^uv==' requirements/dev.txt | awk 'NR > 1 && !/^ / { exit } { print }' > requirements/uv.txt

clean: ## Remove what was installed, built, trained and stored (the demo database too)
	rm -rf $(APP) $(BOT) var $(WEB)/node_modules $(WEB)/dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .rasa .import_linter_cache *.egg-info
