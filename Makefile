# Nothing but python3 (3.11 or newer) is needed: each command brings the rest into .venv.

PORT ?= 8000
export PORT

# The newest that really runs: a name on PATH may be a stub.
PYTHON3 := $(shell for p in python3.13 python3.12 python3.11 python3 /usr/bin/python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; \
	done)
PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test faults bench check lock python3

help: ## この一覧 / this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

python3:
	@test -n "$(PYTHON3)" || { \
		echo "Python 3.11 以上が必要です: apt-get install python3"; \
		echo "Python 3.11 or newer is needed: apt-get install python3"; exit 1; }

setup: python3 ## 動かすための環境を .venv につくる / make the environment in .venv
	@$(PYTHON3) tools/setup.py run

setup-dev: python3
	@$(PYTHON3) tools/setup.py dev

run: setup ## ひらく (PORT=8000) / open the house on 127.0.0.1
	@exec $(PYTHON) tools/run.py

test: setup-dev ## すべてのテスト (ARGS=… SHAPE=embedded|server) / every test, in both shapes
	@exec $(PYTHON) tools/test.py $(ARGS)

faults: setup-dev ## わざとこわして確かめる (静かな機械で2時間ほど) / break it on purpose, at full length (two hours or so)
	@exec $(PYTHON) tools/faults.py $(ARGS)

bench: setup-dev ## ほかと並べて測る (TIMES=3、静かな機械で30分ほど) / measure beside the peers (half an hour)
	@exec $(PYTHON) tools/bench.py

check: setup-dev ## 体裁・型・矢印・速いテスト / lint, types, import contracts, fast tests
	@exec $(PYTHON) tools/check.py

lock: python3 ## 依存を固定しなおす (uv が要る) / lock the dependencies again (needs uv)
	@command -v uv >/dev/null || { echo "uv が要ります / uv is needed: pip install uv"; exit 1; }
	@cd requirements && export UV_CUSTOM_COMPILE_COMMAND="make lock" \
	&& uv pip compile -q --universal --python-version 3.11 --generate-hashes run.in -o run.txt \
	&& uv pip compile -q --universal --python-version 3.11 --generate-hashes -c run.txt dev.in -o dev.txt
