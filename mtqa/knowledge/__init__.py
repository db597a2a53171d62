"""Facts that rules look up: offices and their holders, names, places, calques, honorifics, word lists."""
