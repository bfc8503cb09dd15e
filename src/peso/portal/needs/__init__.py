"""The register of needs in the portal: its events as rows, and what somebody sees of it."""
