"""What scripts/check-stack is made of: images, services, and what they must show."""
