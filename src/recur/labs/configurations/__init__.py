"""What a recurrent network can map to what."""
