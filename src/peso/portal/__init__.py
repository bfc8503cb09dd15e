"""The portal: where people meet what PESO knows. Only here is the web known, and the database."""
