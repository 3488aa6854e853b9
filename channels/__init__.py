"""The tongues: each module binds one channel to the inbox; they look alike."""
