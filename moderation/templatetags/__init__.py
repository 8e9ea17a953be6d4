"""What the desk's templates say in words."""
