"""What is said: every update in, every reply out. The only room with Dutch sentences."""
