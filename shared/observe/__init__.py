"""What a running process tells: log lines, metrics, traces and whether it is well.

`logs` JSON lines with the ids that tie them together · `metrics` every metric, declared once · `traces` W3C
trace context from the request to the last consumer · `health` checks with sentences · `endpoints` /healthz,
/readyz and /metrics as WSGI · `web` the instruments of a Flask application.
"""
