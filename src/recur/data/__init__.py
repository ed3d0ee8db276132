"""From a file, a frame or an array to a checked panel of series, and windows over it."""
