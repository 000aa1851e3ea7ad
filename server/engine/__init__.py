"""Runs diagrams: definitions, instances, variables, user tasks, jobs, history. The room of SpiffWorkflow."""
