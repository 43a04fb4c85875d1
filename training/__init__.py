"""How the line reader is made: lines drawn and worn, a network trained, its model written.

Nothing of chartroom imports this folder; the wheel does not have it.
"""
