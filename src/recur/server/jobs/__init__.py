"""Jobs: trainings and verdicts that take their time, in processes of their own."""
