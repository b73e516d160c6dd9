"""Docker Compose files, judged as `docker compose config` judges them."""
