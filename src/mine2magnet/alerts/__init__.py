"""Watches, their inbox and webhooks."""
