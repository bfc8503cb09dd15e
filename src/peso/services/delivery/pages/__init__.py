"""Pages: what a publication says to people, made from the evidence its releases ship."""
