"""What runs: settings, wiring, jobs, the outbox, the web app, the demo and the command line."""
