"""Electronic invoices (Decree 123/2020/ND-CP as amended by Decree 70/2025): the port, and what is in use."""
