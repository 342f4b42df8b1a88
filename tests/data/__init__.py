"""The labelled set: rows with a known fault, clean rows, and look-alikes."""
