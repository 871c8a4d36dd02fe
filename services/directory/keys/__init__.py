"""The key that signs tokens, and its public half for all who verify."""
