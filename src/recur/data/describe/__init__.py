"""What a series is before anyone models it."""
