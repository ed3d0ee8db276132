"""The compiled engine against PyTorch, on the same networks in the same process."""
