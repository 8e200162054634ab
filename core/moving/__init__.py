"""An installation, or one school, on its way to another server; what arrives is proved equal before it counts."""
