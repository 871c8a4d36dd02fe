"""Processes: what `tongxing up`, `web` and `worker` start, and what has to be so before they do.

`holding` keeps a data directory to one process · `listening` takes the port · `preparing` migrates, applies
topics, brings demonstration data · `demonstration` remembers that · `wiring` brings pages, worker, health and
gauges of some services together · `server` is gunicorn around it.
"""
