"""What runs a network: a protocol, and the engines that answer it."""
