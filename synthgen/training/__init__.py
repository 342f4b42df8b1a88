"""A job to run: what the trainer of a format needs beside the rows, and what it will take."""
