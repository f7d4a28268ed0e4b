"""What the files of models say without being loaded: format, tensors with their shapes, number of parameters.

`reading` recognises them; it is imported by those who name a file, since it takes all formats along.
"""
