"""Kafka's jars against a registry of our own on this machine: fetched once, whole or not at all."""

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from marsad.errors import Failure
from marsad.kafka import jars
from marsad.settings import cache_dir

Serve = Callable[[bytes], bytes]


class Registry(ThreadingHTTPServer):
    """Serves the jars of the user's cache in Maven's layout, through `serve`; notes what was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.serve: Serve = bytes
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[1]
        source = jars.jar_dir(cache_dir()) / name
        if not name.endswith(".jar") or not source.exists():
            self.send_error(404)
            return
        self.server.asked.append(name)
        content = self.server.serve(source.read_bytes())
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def registry(kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry that jgo takes for Maven Central, by the file in which a user names a mirror."""
    assert kafka, "a broker runs, so the user's cache is full"
    with Registry() as server:
        mirror = tmp_path / "jgo.conf"
        mirror.write_text(f"[repositories]\ncentral = http://127.0.0.1:{server.server_port}\n")
        monkeypatch.setenv("JGO_CONFIG_FILE", str(mirror))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache of this test alone, full for the broker; the user's may hold Connect's jars too."""
    folder = jars.jar_dir(tmp_path / "cache")
    folder.mkdir(parents=True)
    for jar in jars.pinned():
        shutil.copy(jars.jar_dir(cache_dir()) / jar.filename, folder)
    return tmp_path / "cache"


def test_a_full_cache_asks_nobody(registry: Registry, cache: Path) -> None:
    said: list[str] = []
    assert len(jars.classpath(cache, said.append)) == len(jars.pinned())
    assert registry.asked == [] and said == []


def test_a_first_start_fetches_all_and_leaves_nothing_else(registry: Registry, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    paths = jars.classpath(fresh, lambda line: None)
    assert all(path.exists() for path in paths)
    assert jars.unfit(fresh) == []
    assert {path.name for path in fresh.iterdir()} == {"kafka-4.3.0", "kafka-4.3.0.lock"}
    assert sorted(registry.asked) == sorted(jar.filename for jar in jars.pinned())


def test_a_half_downloaded_an_altered_and_a_missing_jar_are_fetched_anew(
    registry: Registry, cache: Path
) -> None:
    half, altered, missing = sorted(jars.jar_dir(cache).glob("*.jar"), key=lambda path: path.stat().st_size)[
        :3
    ]
    half.write_bytes(half.read_bytes()[:-100])
    altered.write_bytes(bytes(byte ^ 1 for byte in altered.read_bytes()))
    missing.unlink()
    (cache / "fetching-left-by-a-kill").mkdir()
    jars.classpath(cache, lambda line: None)
    assert jars.unfit(cache) == []
    assert sorted(registry.asked) == sorted(path.name for path in (half, altered, missing))
    assert not list(cache.glob("fetching-*"))


def test_a_registry_that_serves_something_else_is_named_and_nothing_of_it_kept(
    registry: Registry, cache: Path
) -> None:
    registry.serve = lambda content: content[: len(content) // 2]
    jar = min(jars.pinned(), key=lambda jar: jar.size)
    path = jars.jar_dir(cache) / jar.filename
    path.unlink()
    with pytest.raises(Failure, match=f"cannot fetch {jar.coordinate}.*not the {jar.size} pinned.*--broker"):
        jars.classpath(cache, lambda line: None)
    assert not path.exists()
    assert len(registry.asked) == jars.ATTEMPTS


def test_no_registry_is_one_clear_failure(registry: Registry, cache: Path) -> None:
    registry.shutdown()
    registry.server_close()
    next(jars.jar_dir(cache).glob("*.jar")).unlink()
    with pytest.raises(Failure, match="Maven Central: check the network"):
        jars.classpath(cache, lambda line: None)


def test_two_first_starts_at_once_fetch_once(registry: Registry, cache: Path) -> None:
    missing = sorted(jars.jar_dir(cache).glob("*.jar"), key=lambda path: path.stat().st_size)[:5]
    for path in missing:
        path.unlink()
    starts = [threading.Thread(target=jars.classpath, args=(cache, lambda line: None)) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert jars.unfit(cache) == []
    assert sorted(registry.asked) == sorted(path.name for path in missing)


def test_a_cache_that_cannot_be_written_is_a_clear_failure(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="MARSAD_CACHE"):
        jars.classpath(tmp_path / "file" / "cache", lambda line: None)
