"""What a desk sets up and schedules."""
