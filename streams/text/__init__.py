"""Text that every stage reads alike: the display form, the match form and the map between them."""
