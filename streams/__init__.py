"""What happens to an article: stages as pure functions, and the engine that runs them on Kafka."""
