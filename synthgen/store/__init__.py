"""What a run keeps: the ledger (what cost something), and the folder of views that are made from it."""
