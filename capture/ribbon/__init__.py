"""Strips of film as ribbons of lines, read in windows whatever their file, and joined."""
