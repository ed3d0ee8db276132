"""The experiments of a university course on recurrent networks, each one command.

`recur lab NAME` runs one. "The course" and "the slides" are that course's; what it prints is told
beside what comes out here.
"""
