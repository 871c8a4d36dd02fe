"""What is open to everybody, told to machines: OAI-PMH, schema.org, and a page that needs no sign-in."""
