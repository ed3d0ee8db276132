"""The policy of training: schedule, loop, rescue, checkpoints, history, progress."""
