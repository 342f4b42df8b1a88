"""synthgen: from thirty seed examples to a proven, leak-free, published fine-tuning dataset."""

__version__ = "0.1.0"
