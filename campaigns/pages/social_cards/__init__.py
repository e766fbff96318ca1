"""Social cards: the picture and the words that other sites show beside a link to a public page."""
