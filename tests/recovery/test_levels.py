"""The verdict of the soak: it must be able to fail, and must not fail for a saw or a spike."""

import random
from xml.etree import ElementTree

import pytest

from benchmarks.chart import Panel, svg
from benchmarks.levels import level, peaks, slope


@pytest.mark.parametrize("share", [0.002, 0.01])
def test_a_slow_leak_is_noticed_under_noise(share: float) -> None:
    dice = random.Random(1)
    values = [100 * (1 + share * minute) + dice.uniform(-2, 2) for minute in range(60)]
    assert not level("leak", values, allowed=0.03).ok


def test_noise_saws_spikes_and_what_came_early_are_level() -> None:
    dice = random.Random(2)
    noise = [100 + dice.uniform(-5, 5) for _ in range(60)]
    saw = [100 + 3 * (minute % 6) for minute in range(60)]
    spike = [100.0] * 45 + [900.0] + [100.0] * 14
    filling = [min(100.0, 10.0 * minute) for minute in range(60)]
    falling = [200 - minute for minute in range(60)]
    for values in (noise, saw, spike, filling, falling):
        assert level("flat", values, allowed=0.05).ok


def test_the_rise_is_told_as_a_share() -> None:
    found = level("line", [10.0] * 10 + [100 + minute for minute in range(11)], allowed=0.05)
    assert (found.middle, round(found.growth, 3), found.ok) == (105, 0.095, False)
    assert slope([1, 2, 3, 100, 5]) == 1


def test_a_handful_of_points_says_nothing() -> None:
    assert not level("short", [100.0] * 8, allowed=0.05).ok


def test_what_is_nothing_all_along_is_level() -> None:
    assert level("nothing", [0.0] * 60, allowed=0.05).ok


def test_what_is_swept_now_and_then_is_judged_by_its_peaks() -> None:
    saw = [50.0 + 50 * (minute % 6) for minute in range(60)]
    assert level("swept", peaks(saw, 6), allowed=0.05).ok
    rising = [value + 2 * minute for minute, value in enumerate(saw)]
    assert not level("swept", peaks(rising, 6), allowed=0.05).ok


def test_the_plot_is_xml_and_shows_every_line() -> None:
    drawn = svg(
        "A & B", [Panel("Memory <MB>", "MB", {"one": [1.0, 2.0], "two": [3.0, 0.0]}), Panel("0", "", {})]
    )
    tree = ElementTree.fromstring(drawn)
    lines = tree.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 2
    assert all(len(line.attrib["points"].split()) == 2 for line in lines)
    texts = {text.text for text in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {"A & B", "Memory <MB>", "one", "two"} <= texts
