"""One file a command group, each with `register(app)`; cli.py finds them by itself.

A file here imports nothing heavy at its top (Faust, aiokafka, feedparser): all of them are read for `marsad
--help`, which shall answer within 0.3 s.
"""
