"""The ground floor: doors to the outside and plain words. Knows nothing of PESO's own nouns."""
