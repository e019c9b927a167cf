"""The operations as users call them: PyTorch's names and arguments, checked, and handed to the rows of the table."""
