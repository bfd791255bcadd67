"""Draw screens: the one look, bindings, elements and the canvas that paints them."""
