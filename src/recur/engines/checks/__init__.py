"""What fits together: refused here in one sentence each, for every engine alike."""
