"""The tag database and all that feeds it: status, definitions, drivers, acquisition.

This package and the headless packages above it run without Qt; the drivers' protocol libraries are imported
only by the driver that needs them.
"""
