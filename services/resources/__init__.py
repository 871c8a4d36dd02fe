"""resources: lessons, rooms and equipment that schools share."""
