"""What a school or a person wants to hear, how and when."""
