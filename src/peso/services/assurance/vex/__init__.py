"""VEX: what people say of a vulnerability in an exact product, until when, and on what ground."""
