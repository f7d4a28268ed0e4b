"""The HTTP endpoint: SPARQL Protocol and saved questions, answered by confined workers on snapshots of the index."""
