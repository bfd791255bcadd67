"""Drivers: each one speaks one protocol behind the same seam (tags.drivers.base)."""
