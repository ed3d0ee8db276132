"""The recurrent cells, a file each; their names are those of the files."""

CELLS = ("gru", "lstm", "rnn")
