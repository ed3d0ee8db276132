"""Stock prices, next day."""
