"""One module for each subcommand: it reads flags, calls the machine, prints. No more."""
