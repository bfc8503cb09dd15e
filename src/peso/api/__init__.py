"""The Python API: one line for each promise; the commands and the portal call the same lines.

One file for each noun. Each function finds the workspace, hands its ports to the service that does
the work and returns that service's record. It decides nothing and prints nothing.
"""
