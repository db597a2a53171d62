"""Training of the meaning rating: what two vectors say of a translation's rating (mtqa.modeling.meaning_rating)."""
