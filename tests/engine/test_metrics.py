"""The figures: a closed set, each explained, each there from the start, in Prometheus' own format."""

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from events.rejected import REASONS
from streams.engine.metrics import (
    METRICS,
    OF_STAGE,
    OUTCOMES,
    Counts,
    Durations,
    Reading,
    StageCollector,
    registry,
)

BUILD = {"version": "0", "rules_version": 'a"b\\c', "python": "3"}


def told(counts: Counts, reading: Reading) -> dict[str, dict[str, float]]:
    """Sample values by name and label values but the stage's, as a scraper reads them."""
    text = generate_latest(registry(StageCollector(counts, BUILD, lambda: reading))).decode()
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values = [value for label, value in sorted(sample.labels.items()) if label != "stage"]
            found.setdefault(sample.name, {})["/".join(values)] = sample.value
    return found


FULL = Reading(2, True, False, {("news.articles.raw.v1", 3): 9}, 1, 4, 0, 1_000, 1, 2)


def test_everything_in_the_table_is_told_and_nothing_else_is() -> None:
    both = told(Counts("dedupe"), FULL) | told(Counts("tag"), FULL)
    names = {name.removesuffix("_bucket") for name in both}
    ours = {name for name in names if not name.startswith("process_")}
    beside = {f"{name}{end}" for name in METRICS if name.endswith("_seconds") for end in ("_count", "_sum")}
    assert ours == set(METRICS) | beside


def test_each_outcome_and_reason_is_there_before_it_first_happens() -> None:
    for stage, outcomes in OF_STAGE.items():
        found = told(Counts(stage), FULL)
        assert found["news_events_total"] == dict.fromkeys(outcomes, 0.0)
        assert found["news_dead_letters_total"] == dict.fromkeys(REASONS, 0.0)
    assert {outcome for outcomes in OF_STAGE.values() for outcome in outcomes} == set(OUTCOMES)


def test_what_was_counted_is_told() -> None:
    counts = Counts("tag")
    counts.add("copy")
    counts.add("copy")
    counts.refuse("not_json")
    counts.duration.add(0.003)
    found = told(counts, FULL)
    assert found["news_events_total"]["copy"] == 2
    assert found["news_dead_letters_total"]["not_json"] == 1
    assert found["news_stage_duration_seconds_count"][""] == 1
    assert found["news_backlog_records"] == {"3/news.articles.raw.v1": 9}
    assert (found["news_state_entries"][""], found["news_assignments_total"][""]) == (1_000, 2)
    assert found["news_heap_blocks"][""] > 1_000
    assert (found["news_alive"][""], found["news_ready"][""]) == (1, 0)
    assert '3/a"b\\c/0' in found["news_build_info"]
    assert counts.snapshot() == {"copy": 2}


def test_without_an_answer_of_the_broker_there_is_no_backlog_rather_than_none() -> None:
    assert "news_backlog_records" not in told(Counts("tag"), Reading(0, True, True))


def test_a_bucket_holds_its_own_bound_and_all_below() -> None:
    durations = Durations((0.1, 1.0))
    for seconds in (0.1, 0.5, 7.0):
        durations.add(seconds)
    assert durations.cumulated() == ([("0.1", 1.0), ("1.0", 2.0), ("+Inf", 3.0)], 7.6)
