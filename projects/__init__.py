"""Projects: what a project is, how its text files load, validate and save."""
