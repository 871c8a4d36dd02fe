"""Ways to an item that its audiences do not give: asking for access, and links that end."""
