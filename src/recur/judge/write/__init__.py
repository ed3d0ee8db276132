"""Writing judged, beside counting."""
