"""Many series in one array, what stands beside them, and how they become numbers for a network."""
