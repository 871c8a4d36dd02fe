"""Items, their versions, and who may see them."""
