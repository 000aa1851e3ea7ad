"""What holds when processes die and when many people act at once: over HTTP, with the real server and worker."""
