"""The rehearsal: a whole site of its own on this machine, a synthetic crowd, and what became of every signature.

It never touches an installation: database, keys and files are made in a folder of their own, every address is on
127.0.0.1, and mail goes to a server that this process runs and that delivers nothing.
"""
