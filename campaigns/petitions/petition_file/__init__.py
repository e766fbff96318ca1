"""Petition files: petitions with their texts, what became of them, and the signatures of a demonstration, as JSON.

A file is read and checked wholly (`reading`), then its words are written in one transaction, by key (`writing`).
After that petitions open, and signatures of a demonstration are given like anybody's (`demo_signing`).
"""
