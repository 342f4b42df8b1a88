"""A model is a callable, Request to Reply: remembered, budgeted, retried, paced; wrapped and not configured."""
