"""What batches are gathered from: windows, aligned sequences, streams of symbols."""
