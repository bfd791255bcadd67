"""The command line: one module per group of commands, plain text for people, JSON for programs."""
