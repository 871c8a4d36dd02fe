"""What compose runs before anything else: secrets, databases, and who may do what at Kafka."""
