"""The service and what keeps it honest: schedule, watcher, doctor, operating instructions."""
