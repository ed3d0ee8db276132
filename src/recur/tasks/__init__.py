"""What a user does with a network: one task a package, from data to a judged, saved model."""
