"""Developer tools: the source of the database, its migrations, and the gates of CI."""
