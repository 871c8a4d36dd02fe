"""A small service, installed like any other, that publishes and reads its own events."""
