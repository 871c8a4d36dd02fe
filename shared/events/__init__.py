"""Events: from a committed change of one service to an effect, applied once, in another.

`contract` says what may be published, `outbox` and `relay` bring it to the broker in order,
`consumer`, `inbox` and `parking` bring it from the broker into a service's own database.
"""
