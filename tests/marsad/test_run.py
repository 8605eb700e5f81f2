"""What `run` refuses before it starts anything."""

import socket
import subprocess
import sys
from pathlib import Path

from marsad.kafka.ports import HOST


def test_a_taken_page_port_is_said_at_once(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds.opml"
    feeds.write_text("<opml version='2.0'><body/></opml>")
    with socket.create_server((HOST, 0)) as holder:
        port = str(holder.getsockname()[1])
        command = [sys.executable, "-m", "marsad", "run", "--port", port, "--feeds", str(feeds)]
        done = subprocess.run(
            [*command, "--data", str(tmp_path / "data")],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"port {port} on {HOST} is taken" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()
