"""The element kinds; :mod:`views.elements.catalogue` lists them."""
