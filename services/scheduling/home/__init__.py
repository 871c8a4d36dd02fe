"""What scheduling shows on pages of others: a card on the home page, hits of a search."""
