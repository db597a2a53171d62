"""Training of the word cover: which words of one side the other side says (mtqa.modeling.word_cover)."""
