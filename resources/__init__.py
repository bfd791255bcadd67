"""Themes, icons, fonts and symbols: data only, found by the package that draws."""
