"""What every Tongxing service needs and none owns."""
