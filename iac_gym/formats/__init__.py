"""Text formats: text becomes a tree with positions. They import nothing of ours."""
