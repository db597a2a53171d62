"""Scripts that build the shipped tables from open data; they take folders as arguments."""
