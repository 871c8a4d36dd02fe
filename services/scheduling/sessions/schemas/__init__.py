"""The shape of sessions as JSON and as forms: shape only; what a plan may be is for `Plan` to say."""
