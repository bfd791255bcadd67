"""The operator's window: the Qt application that shows a station and acts on it over the link."""
