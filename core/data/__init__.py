"""The ground of every domain: sessions, tenancy, base models, folding, imports."""
