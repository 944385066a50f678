"""LapStyle Studio's window (PyQt5): a photo and a painting are dropped, and the photo is painted."""
