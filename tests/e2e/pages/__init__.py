"""What people do on the pages, in their words; one file a role."""
