"""Public services of the school: canonical states of dossiers and what a plugin offers for them."""
