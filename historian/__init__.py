"""The historian: append, query and replay of everything on one time axis."""
