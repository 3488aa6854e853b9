"""The ear and the mouth: voice activity, segments, recognisers; and text to speech. Knows nothing of menus or calls."""
