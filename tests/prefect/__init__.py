"""The night under Prefect: a real server, from the command."""
