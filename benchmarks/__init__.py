"""One file a figure, printed as ratios measured in one run."""
