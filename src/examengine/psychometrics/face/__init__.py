"""What a psychometrician types: any data, any name of a model or method, one line each.

A module here turns what was given into what the library works on, asks it, and gives its result
back. No figure is worked out here. Nothing in the library imports from here.
"""
