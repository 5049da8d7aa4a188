"""The verbs of the command, one module each: `run(context, …)` takes the options and returns the exit code."""
