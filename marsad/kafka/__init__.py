"""The embedded Kafka 4.3.0: no Java, Maven or Docker needed beforehand.

jars.py       which jars, whole and unaltered, in the per-user cache       jars.tsv, pin.py java.py
which Java ports.py      which ports store.py      its folder: lock, cluster id, ports of the last run
config.py     what it is told watchdog.py   the parent of each Java process, which ends it when we go away
wire.py       the question "which cluster are you?" process.py    one node: format, start, ready, stop
embedded.py   EmbeddedKafka: all of it together
"""

from marsad.kafka.embedded import EmbeddedKafka

__all__ = ["EmbeddedKafka"]
