"""Kafka's jars: fetched once by jgo into a per-user cache, and checked against pinned hashes at every start.

`jars.tsv` pins every jar by size and SHA-256, as requirements.lock does for wheels. So no POM is resolved
on a user's machine, a half-downloaded or altered jar is never started (jgo itself only warns on a wrong
checksum), and a start with a full cache needs no network.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from marsad.errors import Failure

KAFKA_VERSION = "4.3.0"
SCRATCH = "fetching-"
ATTEMPTS = 3
PARALLEL = 6
"""Downloads at once: a registry is shared, and six already fill an ordinary line."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One pinned jar: its Maven coordinate, length in bytes and SHA-256 in hex."""

    coordinate: str
    size: int
    sha256: str

    @property
    def filename(self) -> str:
        """Give the file's name as Maven does: artifact and version."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"

    def is_whole(self, path: Path) -> bool:
        """Tell whether the file is there, complete and unaltered."""
        try:
            return path.stat().st_size == self.size and _sha256(path) == self.sha256
        except OSError:  # what cannot be read is fetched, and that says why it cannot be written either
            return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pinned() -> tuple[Jar, ...]:
    """Read the table of pinned jars."""
    lines = resources.files("marsad.kafka").joinpath("jars.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(Jar(coordinate, int(size), sha256) for coordinate, size, sha256 in rows)


def jar_dir(cache: Path) -> Path:
    """Give the folder of the cache that holds the jars of our Kafka version."""
    return cache / f"kafka-{KAFKA_VERSION}"


def unfit(cache: Path, jars: tuple[Jar, ...] | None = None) -> list[Jar]:
    """List the pinned jars that are missing from the cache, cut short or altered."""
    folder = jar_dir(cache)
    return [jar for jar in (pinned() if jars is None else jars) if not jar.is_whole(folder / jar.filename)]


def classpath(cache: Path, say: Say | None = None, jars: tuple[Jar, ...] | None = None) -> list[Path]:
    """Give the paths of the jars (by default the broker's), fetching what the cache lacks.

    Raises Failure where a jar cannot be had: no network, no room, or a registry that serves something else.
    """
    jars = pinned() if jars is None else jars
    if unfit(cache, jars):
        _fill(cache, jars, say or _to_stderr)
    return [jar_dir(cache) / jar.filename for jar in jars]


def _fill(cache: Path, jars: tuple[Jar, ...], say: Say) -> None:
    try:
        with _locked(cache, say):
            missing = unfit(cache, jars)  # another first run may have filled it while we waited
            if missing:
                _fetch_all(cache, missing, say)
    except OSError as error:
        raise Failure(
            f"cannot keep Kafka's jars in {cache}: {error.strerror or error}. Free some 100 MB there, or "
            "name another folder with MARSAD_CACHE."
        ) from error


@contextmanager
def _locked(cache: Path, say: Say) -> Iterator[None]:
    """Hold the cache for one filler at a time; the lock goes with the process, however it ends."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"kafka-{KAFKA_VERSION}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another first start, which is filling {cache}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch_all(cache: Path, missing: list[Jar], say: Say) -> None:
    folder = jar_dir(cache)
    folder.mkdir(parents=True, exist_ok=True)
    megabytes = sum(jar.size for jar in missing) // 1_000_000 + 1
    say(f"fetching Kafka {KAFKA_VERSION} into {folder}: {len(missing)} jars, {megabytes} MB, once")
    for left in cache.glob(f"{SCRATCH}*"):  # of a first start that was killed; we hold the lock
        shutil.rmtree(left, ignore_errors=True)
    # Beside the jars, so that the last step is a rename: a jar is there whole or not at all.
    scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=cache))
    try:
        with ThreadPoolExecutor(PARALLEL) as pool:
            coming = [pool.submit(_fetch_into, folder, jar, scratch) for jar in missing]
            try:
                for one in coming:
                    one.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)  # one that cannot be had is enough to give up
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fetch_into(folder: Path, jar: Jar, scratch: Path) -> None:
    _fetched(jar, scratch).replace(folder / jar.filename)


def _fetched(jar: Jar, scratch: Path) -> Path:
    """Fetch one jar until it has the pinned hash, at most ATTEMPTS times."""
    reason = ""
    for attempt in range(ATTEMPTS):
        try:
            path = _by_jgo(jar, scratch / f"{attempt}-{jar.filename}")
        except RuntimeError as error:  # jgo: found in no repository
            reason = str(error)
        except OSError as error:  # requests' errors are OSErrors too, those of our own disk are not its
            if not _is_network(error):
                raise
            reason = f"{type(error).__name__}: {error}"
        else:
            if jar.is_whole(path):
                return path
            reason = f"got {path.stat().st_size} bytes that are not the {jar.size} pinned in jars.tsv"
            path.unlink()
    raise Failure(
        f"cannot fetch {jar.coordinate} for the embedded Kafka ({reason[:300]}). The first start needs "
        "Maven Central: check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE, or name a mirror as `central` "
        "under [repositories] in ~/.config/jgo.conf, then start again; what was fetched is kept. Or use a "
        "Kafka that runs already: --broker HOST:PORT."
    )


def _is_network(error: OSError) -> bool:
    import requests  # noqa: PLC0415  (only a first start pays for it)

    return isinstance(error, requests.RequestException | ConnectionError | TimeoutError)


def _by_jgo(jar: Jar, repo: Path) -> Path:
    """Download one jar as jgo is set up on this machine: its repositories, and requests' proxies."""
    from jgo.config import GlobalSettings  # noqa: PLC0415  (0.3 s, and only a first start needs it)
    from jgo.maven import MavenContext  # noqa: PLC0415
    from jgo.maven._core import DEFAULT_REMOTE_REPOS  # noqa: PLC0415

    if os.environ.get("SSL_CERT_FILE"):  # pip and OpenSSL follow it, requests has a name of its own for it
        os.environ.setdefault("REQUESTS_CA_BUNDLE", os.environ["SSL_CERT_FILE"])
    remotes = DEFAULT_REMOTE_REPOS | GlobalSettings.load().repositories
    context = MavenContext(repo_cache=repo, remote_repos=remotes, timeout=30)
    return Path(context.create_dependency(jar.coordinate).artifact.resolve())


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
