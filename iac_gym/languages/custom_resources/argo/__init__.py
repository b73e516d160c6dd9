"""Argo Workflows: the view of a workflow that rules and requirements read, and its validation."""
