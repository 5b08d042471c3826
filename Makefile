.DEFAULT_GOAL := demo
.PHONY: install demo test check proof bench clean

PY := .venv/bin/python
STAMP := .venv/.installed

install: $(STAMP)

$(STAMP): pyproject.toml pins.txt
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -c pins.txt -e ".[dense,dev]"
	touch $(STAMP)

demo: install  ## the main job on sample data: no token, no network, no server
	.venv/bin/troly demo

test: install
	$(PY) -m pytest -m "not proof" -n logical --maxprocesses 4 --dist worksteal

check: install  ## lint, types, rules of the house
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

proof: install  ## what is too long for every run
	$(PY) -m pytest -m proof --no-cov

bench: install
	$(PY) -m tests.benchmarks

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache
