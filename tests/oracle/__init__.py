"""The independent oracle: histories and plain figures that share no code with the program."""
