"""What a trial used and what came back: CPU and memory by component, host facts, samples."""
