"""What a file is by its bytes, what is not taken, how the protocol of uploads is read."""
