"""What goes beyond one painting: noise around it, whole folders, contact sheets, and the presets that keep it all."""
