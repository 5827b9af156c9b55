"""Numbers of this machine: ours and a rival's, measured in the same run."""
