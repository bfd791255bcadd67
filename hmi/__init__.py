"""The application: the headless station, the desktop, the link between them and the command line."""
