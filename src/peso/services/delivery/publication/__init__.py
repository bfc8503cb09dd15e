"""Publication: the publisher's side: a release enters a folder that verifies at every moment."""
