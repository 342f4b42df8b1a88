"""The tests: with real servers, a real model, real files."""
