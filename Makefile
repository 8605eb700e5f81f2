# Two commands: `make run` and `make test`. Python 3.11 to 3.13 and make are all they need; both start at once the second time.
# Also: make lint, make bench, make fuzz, make manifests, make sbom, make lock, make clean; `make run FEEDS=my.opml` polls your own feeds.

FEEDS ?= seeds/feeds.opml

# The first Python that is new enough, not too new, and able to make an environment.
SUITABLE = import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	if $$python -c '$(SUITABLE)' >/dev/null 2>&1; then echo $$python; break; fi; done)

# What .venv was made from, and where: a changed lock or a moved folder makes it anew, and so does a half-made .venv.
KEY = $(CURDIR) $(shell cat requirements.lock pyproject.toml | cksum)

.PHONY: run test lint bench eval model fuzz manifests sbom lock clean environment fresh-environment chaos mutants soak backlog recovery screenshots

run: environment
	@exec .venv/bin/marsad run --feeds "$(FEEDS)"

test: lint
	.venv/bin/python -m pytest -n 3 --dist loadfile --durations=15

lint: environment
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

# Faults under load, seeded, half on one broker and half on three: 200 take about an hour; KINDS="full_disk slow_event"
# takes only these. The short form is in the test run. Then each safety rule switched off: its test must fail.
chaos: environment
	.venv/bin/python -m tests.chaos.run --faults $(or $(FAULTS),200) --seed $(or $(SEED),1) \
		$(if $(NODES),--nodes $(NODES)) $(if $(RATE),--rate $(RATE)) $(if $(KINDS),--only $(KINDS))

mutants: environment
	.venv/bin/python -m tests.chaos.mutants

# An hour under load with rebalances: fails where memory, open files, state or changelog grow. Plot: out/soak.svg.
soak: environment
	.venv/bin/python -m benchmarks.soak --minutes $(or $(MINUTES),60) --rate $(or $(RATE),30)

# 100,000 articles wait, then workers start: fails above 600 MB, on an eviction or a redelivery. About ten minutes.
backlog: environment
	.venv/bin/python -m benchmarks.backlog $(or $(ARTICLES),100000)

# Time to the first decision after all local state is lost, at up to a million articles; about ten minutes.
recovery: environment
	.venv/bin/python -m benchmarks.recovery $(or $(SIZES),10000 100000 1000000)

# The pictures in docs/, from our sample articles in the installed Chromium (Debian: apt-get install chromium).
screenshots: environment
	.venv/bin/python -m tests.browser.screenshots docs

# Ours beside Quix Streams, a bare confluent-kafka loop and `process`, over the same articles; latency; two workers beside
# one; start-up; growth (docs/growth.svg); then parts alone. It takes long; ARTICLES=1000 is a short form.
bench: environment
	.venv/bin/python -m benchmarks.engines $(or $(ARTICLES),20000)
	.venv/bin/python -m benchmarks.engines.latency 50
	.venv/bin/python -m benchmarks.engines.scaling $(or $(ARTICLES),6000)
	.venv/bin/python -m benchmarks.startup
	.venv/bin/python -m benchmarks.growth docs/growth.svg
	.venv/bin/python -m benchmarks.normalize
	.venv/bin/python -m benchmarks.feeds 1000
	.venv/bin/python -m benchmarks.page

# The tests' fuzzing of normalize, of feeds, and of the short way of reading them, at its full length: 100,000
# inputs each, minutes each.
fuzz: environment
	MARSAD_FUZZ=100000 .venv/bin/python -m pytest tests/normalize/test_fuzz.py tests/connectors/test_fuzz.py tests/connectors/test_plain.py

# Precision, recall, F1 of dedupe and of tags on the labelled texts, beside plain baselines; a minute.
# DATA: the directory of the development sets, for what is measured on public sets too.
eval: environment
	.venv/bin/python -m benchmarks.eval_dedupe
	.venv/bin/python -m benchmarks.eval_topics $(DATA)
	.venv/bin/python -m benchmarks.eval_tags $(DATA)
	.venv/bin/python -m benchmarks.eval_quotes

# Writes the topic model anew, byte for byte what is in the repository, from the ANT Corpus below DATA.
model: environment
	@test -n "$(DATA)" || { echo "make model DATA=DIR, where DIR holds ant-corpus" >&2; exit 2; }
	.venv/bin/python -m training.topics "$(DATA)/ant-corpus" > streams/tag/data/topic_model.tsv.new
	mv streams/tag/data/topic_model.tsv.new streams/tag/data/topic_model.tsv

# Licences of everything that is installed and shipped: out/marsad.cdx.json, CycloneDX 1.6.
sbom: environment
	@mkdir -p out
	.venv/bin/python docker/sbom.py > out/marsad.cdx.json

# Writes anew what is made from our tables: KafkaTopic, KafkaUser, logins, PrometheusRule, docs/metrics.md, docs/security.md.
manifests: environment
	.venv/bin/python -m tests.deploy.generate

environment:
	@if [ "$$(cat .venv/ready 2>/dev/null)" != "$(KEY)" ] || ! .venv/bin/python -c '' 2>/dev/null; then \
		$(MAKE) --no-print-directory fresh-environment; fi

fresh-environment:
	@if [ -z "$(PYTHON)" ]; then \
		echo "marsad needs Python 3.11, 3.12 or 3.13 with its venv module, and none of python3.13, python3.12, python3.11," >&2; \
		echo "python3 and python is one. Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install" >&2; \
		echo "python@3.13), or name one: make PYTHON=/path/to/python run" >&2; exit 1; fi
	@echo "making .venv with $(PYTHON), once; this takes about a minute" >&2
	@rm -rf .venv
	@"$(PYTHON)" -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@printf '%s\n' "$(KEY)" > .venv/ready

# Needs uv (pip install uv). --universal: one lock for Python 3.11 to 3.13 on every system; hashes, no index, no path.
# The image's own lock is the same without the tools of development.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --all-extras --no-emit-index-url \
		--custom-compile-command "make lock" --quiet --upgrade --output-file requirements.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra build --extra fulltext --no-emit-index-url \
		--custom-compile-command "make lock" --quiet --constraint requirements.lock \
		--output-file docker/requirements.lock pyproject.toml

clean:
	rm -rf .venv
