"""The headless station: tags, alarms and history of one project, served to any number of clients."""
