"""Tests of the room of QTI."""
