"""recur as other libraries' own estimators: a file a library, imported on its own."""
