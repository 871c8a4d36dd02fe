"""Taking files in, examining and reading them, and giving them their places."""
