"""Reads a reply as its customer does: which figure says what, from the words around it alone."""
