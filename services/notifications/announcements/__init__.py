"""What a coordinator tells schools: written, looked at, sent, and confirmed by each of them."""
