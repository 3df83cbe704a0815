"""The whole product on a laptop: an in-memory Bot API and a phone page."""
