"""The kernel: finds plugins, loads each step contained, freezes what they contribute, runs their migrations."""
