"""The ecosystem's own catalogs: read without loss, merged with what people edit, written back."""
