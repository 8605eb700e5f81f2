"""Alerts on their way out: from `news.alerts.v1` to webhooks, Alertmanager, PagerDuty and Apprise.

config.py     a sinks file (TOML) -> sinks, secrets read from where they stand
requests.py   an alert -> the bytes for one receiver; pure
post.py       one attempt over HTTP, guarded as feeds are
notify.py     one attempt by Apprise, in a process of its own
progress.py   which alerts are done with, as it stands in Kafka
worker.py     the loop of one sink: take, wait, try again, commit
"""
