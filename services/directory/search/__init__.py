"""One search box over all that services know."""
