"""directory: who is who, who may do what, sign-in, and the home page."""
