"""Pages of HTML for people who decide: each is one file that needs nothing else, neither a network nor a script."""
