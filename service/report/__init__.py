"""What people and machines take away: files, a page to read, and a summary that closes."""
