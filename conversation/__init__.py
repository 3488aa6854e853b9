"""The memory: the record (append-only, encrypted), the inbox, recordings."""
